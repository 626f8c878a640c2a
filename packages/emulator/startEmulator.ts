import { generateKeyPair } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { IngestJobs } from './bulk/ingestJobs.ts'
import { QueryJobs } from './bulk/queryJobs.ts'
import { Callers } from './callers.ts'
import type { EmulatorCredentials, EmulatorState } from './emulatorState.ts'
import { FaultBook } from './faults/faultBook.ts'
import { createEmulatorServer } from './http/emulatorServer.ts'
import type { OAuthState } from './oauth/types.ts'
import { createOAuthState, createUsers } from './oauthOrg.ts'
import {
  DEFAULT_APP,
  DEFAULT_LIMITS,
  DEFAULT_REFRESH_TOKEN,
  DEFAULT_USER,
  type EmulatorOptions,
  type UserDeclaration,
} from './options.ts'
import { Org } from './records/org.ts'
import { DEFAULT_RECORD_TYPES, PERSON_RECORD_TYPE } from './records/recordTypes.ts'
import { DEFAULT_API_VERSIONS } from './rest/apiVersions.ts'
import { QueryCursors } from './rest/queryCursors.ts'
import { standardSchema } from './schema/catalog.ts'
import { insertAssignmentRules, insertOrganization, insertRecordTypes, seedOrg } from './seedOrg.ts'
import { type EmulatorStats, Statistics } from './statistics.ts'

/** A running emulator. */
export type Emulator = {
  /** `http://127.0.0.1:54321`: the login URL and the instance URL. */
  readonly url: string
  /** The records. A reset replaces this object, as it does `faults` and `oauth`. */
  readonly org: Org
  readonly faults: FaultBook
  readonly credentials: EmulatorCredentials
  /** The logins, sessions and settings behind the token endpoint. */
  readonly oauth: OAuthState
  stats(): EmulatorStats
  /** Ends every session, as a password change or an expiry does. */
  expireSessions(): void
  /**
   * Resets the org to its start: seed records, no jobs, no faults, no query cursors, statistics at zero, no login history. `credentials`
   * stay valid, the access token included; every other access token and refresh token ends.
   */
  reset(): void
  /** Closes all connections and frees the port. */
  close(): Promise<void>
}

// Not one of the declared apps: a sixth login ends an app's oldest session, and this session must stay.
const OWN_APP = 'emulator'

function createKeyPair() {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

// One key pair for all emulators of a process: its generation takes a large part of a second.
let keyPair: ReturnType<typeof createKeyPair> | undefined
function sharedKeyPair() {
  keyPair ??= createKeyPair()
  return keyPair
}

type KeyPair = Awaited<ReturnType<typeof createKeyPair>>

/** The parts of an org that a reset keeps. */
type OrgIdentity = { readonly url: string; readonly keys: KeyPair; readonly accessToken?: string }

function credentialsFor(
  { users: [user], apps: [app], refreshTokens, sessions }: OAuthState,
  { username, password, securityToken }: UserDeclaration = DEFAULT_USER,
  { keys, accessToken }: OrgIdentity,
): EmulatorCredentials {
  const { clientId = '', clientSecret = '' } = app ?? {}
  const userId = user?.id ?? ''
  return {
    username,
    password,
    securityToken,
    clientId,
    clientSecret,
    refreshToken: refreshTokens.issue(userId, clientId, DEFAULT_REFRESH_TOKEN).token,
    accessToken: sessions.issue(userId, OWN_APP, accessToken).accessToken,
    privateKey: keys.privateKey,
  }
}

function addresses(url: string): Pick<OAuthState, 'instanceUrl' | 'loginUrl' | 'audiences'> {
  return { instanceUrl: url, loginUrl: url, audiences: ['https://login.salesforce.com', url] }
}

function recordTypesOf({ recordTypes = DEFAULT_RECORD_TYPES, personAccounts = false }: EmulatorOptions) {
  return personAccounts ? [...recordTypes, PERSON_RECORD_TYPE] : recordTypes
}

/** A new org. Throws when an app names a user that is not declared. */
function createState(options: EmulatorOptions, identity: OrgIdentity, reset: () => void): EmulatorState {
  const { users = [DEFAULT_USER], apps = [DEFAULT_APP], clock = Date.now, seed = 1, processingDelayMs = 0 } = options
  const { url, keys } = identity
  const org = new Org(standardSchema(options))
  const orgUsers = createUsers(org, users, clock())
  const organizationId = insertOrganization(org, clock())
  insertRecordTypes(org, recordTypesOf(options), clock())
  if (options.seedRecords !== false) seedOrg(org, clock())
  insertAssignmentRules(org, options.assignmentRules ?? [], clock())
  for (const rule of options.duplicateRules ?? []) org.duplicateRules.add(rule)
  const oauth: OAuthState = {
    ...createOAuthState(organizationId, orgUsers.users, apps, { ...options, clock, ownKey: keys.publicKey }),
    ...addresses(url),
  }
  const [faults, statistics] = [new FaultBook(), new Statistics()]
  const { bulkSpeed } = options
  const ingestJobs = new IngestJobs({ org, clock, seed, faults, processingDelayMs, bulkSpeed, statistics })
  return {
    org,
    organizationId,
    oauth,
    credentials: credentialsFor(oauth, users[0], identity),
    callers: new Callers(oauth.sessions, orgUsers.callers),
    statistics,
    stats: () => statistics.snapshot(ingestJobs.all().map(job => job.state)),
    faults,
    cursors: new QueryCursors(),
    ingestJobs,
    queryJobs: new QueryJobs(),
    apiVersions: options.apiVersions ?? DEFAULT_API_VERSIONS,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    clock,
    startedAt: clock(),
    processingDelayMs,
    compress: options.compress ?? true,
    report: options.onError ?? (error => console.error(error)),
    reset,
  }
}

/**
 * Starts a Salesforce org on a port of this machine. Throws when the port is taken, or when an app names a user that is not declared.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1' } = options
  const keys = await sharedKeyPair()
  let state = createState(options, { url: '', keys }, reset)
  const server = createEmulatorServer(() => state)
  server.listen(port, host)
  await once(server, 'listening')
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
  // Requests are read in a later turn of the event loop: the URL is set before the first one.
  state = { ...state, oauth: { ...state.oauth, ...addresses(url) } }
  const { credentials } = state

  function reset(): void {
    state.ingestJobs.abortAll()
    state.queryJobs.abortAll()
    state.org.bodies.close()
    state = createState(options, { url, keys, accessToken: credentials.accessToken }, reset)
  }

  return {
    url,
    credentials,
    get org() {
      return state.org
    },
    get faults() {
      return state.faults
    },
    get oauth() {
      return state.oauth
    },
    stats: () => state.stats(),
    expireSessions: () => state.callers.expireAll(),
    reset,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      state.org.bodies.close()
    },
  }
}
