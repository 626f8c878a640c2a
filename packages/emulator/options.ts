import type { BulkSpeed } from './bulk/batches.ts'
import type { EmulatorLimits } from './emulatorState.ts'
import type { AssignmentRuleDeclaration } from './records/assignmentRules.ts'
import type { DuplicateRuleDeclaration } from './records/duplicateRules.ts'
import type { RecordTypeDeclaration } from './records/recordTypes.ts'
import type { ObjectAccessDeclaration } from './schema/access.ts'

/** A user of the emulated org, with restrictions. */
export type UserDeclaration = {
  readonly username: string
  readonly password: string
  readonly securityToken: string
  /** @default 'Integration' */
  readonly firstName?: string
  /** @default 'User' */
  readonly lastName?: string
  /** @default the username */
  readonly email?: string
  /** @default true */
  readonly isActive?: boolean
  /** Whether the user is frozen: no login succeeds. @default false */
  readonly isFrozen?: boolean
  /** Whether the user has the permission "Bulk API Hard Delete". @default false, as for an administrator of an org */
  readonly hardDelete?: boolean
  /** Restrictions of full access, by object name. @default no restrictions */
  readonly access?: { readonly [objectName: string]: ObjectAccessDeclaration }
}

/** A connected app or External Client App of the emulated org; users are named by username. */
export type AppDeclaration = {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: string
  /** @default ['api', 'refresh_token'] */
  readonly scopes?: readonly string[]
  /** PEM of the public key or certificate that checks JWT bearer assertions. @default the emulator's own key, see `credentials` */
  readonly certificate?: string
  /**
   * Whether the app is an External Client App: as the audience of a JWT bearer assertion it accepts the org's My Domain and rejects
   * login.salesforce.com and test.salesforce.com with `app_not_found`, and it has no username-password flow. @default false
   */
  readonly isExternalClientApp?: boolean
  /** Whether each use of a refresh token replaces it; the reuse of a replaced one ends all tokens. @default false */
  readonly rotatesRefreshTokens?: boolean
  /** Whether the client credentials flow is enabled. @default true when there is a `runAs` */
  readonly clientCredentials?: boolean
  /** Username that the client credentials flow runs as. */
  readonly runAs?: string
  /** Users approved by the admin. @default any user who approved the app */
  readonly approvedUsers?: readonly string[]
  readonly consentedUsers?: readonly string[]
}

/** Options of an emulated org. */
export type EmulatorOptions = {
  /** @default 0: any free port */
  readonly port?: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /** Seed of everything that is random in a real org: the order of results, their spelling. @default 1 */
  readonly seed?: number
  /** The first one owns the default records. @default one integration user, see DEFAULT_USER */
  readonly users?: readonly UserDeclaration[]
  /** @default one app for every flow, see DEFAULT_APP */
  readonly apps?: readonly AppDeclaration[]
  /** @default 31.0 to 68.0 */
  readonly apiVersions?: readonly string[]
  readonly limits?: Partial<EmulatorLimits>
  /** Record types besides the master record type. @default three of Account and three of Opportunity, see DEFAULT_RECORD_TYPES */
  readonly recordTypes?: readonly RecordTypeDeclaration[]
  /** @default none */
  readonly duplicateRules?: readonly DuplicateRuleDeclaration[]
  /** @default none: the owner is the user, unless the record names another */
  readonly assignmentRules?: readonly AssignmentRuleDeclaration[]
  /** Whether an account may be a person: LastName in place of Name. @default false */
  readonly personAccounts?: boolean
  /** Whether countries and states are picklists, with codes. @default false: free text */
  readonly addressPicklists?: boolean
  /** Minimum milliseconds of a bulk job. @default 0 */
  readonly processingDelayMs?: number
  /** Speed of ingest jobs, such as SALESFORCE_SPEED. @default as fast as the machine */
  readonly bulkSpeed?: BulkSpeed
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number
  /** Whether the org starts with some accounts and contacts, see seedOrg.ts. @default true */
  readonly seedRecords?: boolean
  /** The setting "Allow OAuth Username-Password Flows". @default true */
  readonly passwordFlowAllowed?: boolean
  /** Whether a password needs no security token. @default false */
  readonly addressTrusted?: boolean
  /** Hosts with port that act as login.salesforce.com instead of the org's My Domain. @default no host */
  readonly loginHosts?: readonly string[]
  /** Whether answers are compressed for callers that accept it. @default true, as in an org; false saves CPU on both sides */
  readonly compress?: boolean
  /** Called with errors of the emulator itself. @default console.error */
  readonly onError?: (error: unknown) => void
}

/** The user of an emulator that declares no users. */
export const DEFAULT_USER: UserDeclaration = {
  username: 'integration@emulator.example',
  password: 'emulator-password',
  securityToken: 'EmulatorToken',
}

/** The app of an emulator that declares no apps: it allows every OAuth flow. */
export const DEFAULT_APP: AppDeclaration = {
  name: 'Salesforce Link',
  clientId: 'emulator-client-id',
  clientSecret: 'emulator-client-secret',
  runAs: DEFAULT_USER.username,
  approvedUsers: [DEFAULT_USER.username],
}

/** The refresh token of the first user and the first app. */
export const DEFAULT_REFRESH_TOKEN = 'emulator-refresh-token'

/** The limits of an emulator that sets no others. */
export const DEFAULT_LIMITS: EmulatorLimits = { dailyApiRequests: 100_000 }
