import { generateKeyPair } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { IngestJobs } from './bulk/ingestJobs.ts'
import { QueryJobs } from './bulk/queryJobs.ts'
import { Callers } from './callers.ts'
import type { EmulatorState } from './emulatorState.ts'
import { FaultBook } from './faults/faultBook.ts'
import { createEmulatorServer } from './http/emulatorServer.ts'
import type { OAuthState } from './oauth/types.ts'
import { createOAuthState, createUsers } from './oauthOrg.ts'
import { DEFAULT_APP, DEFAULT_LIMITS, DEFAULT_REFRESH_TOKEN, DEFAULT_USER, type EmulatorOptions } from './options.ts'
import { Org } from './records/org.ts'
import { DEFAULT_API_VERSIONS } from './rest/apiVersions.ts'
import { QueryCursors } from './rest/query.ts'
import { insertOrganization, seedOrg } from './seedOrg.ts'
import { type EmulatorStats, Statistics } from './statistics.ts'

/** What a client needs for each way to log in, of the first user and the first app. */
export type EmulatorCredentials = {
  readonly username: string
  readonly password: string
  readonly securityToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  /** A live session, for the flow that is given one. */
  readonly accessToken: string
  /** PEM (PKCS #8) to sign JWT bearer assertions with, for apps that brought no certificate. */
  readonly privateKey: string
}

/** A running emulator. */
export type Emulator = {
  /** `http://127.0.0.1:54321`: login URL and instance URL in one. */
  readonly url: string
  readonly org: Org
  readonly faults: FaultBook
  readonly credentials: EmulatorCredentials
  /** The logins, sessions and settings behind the token endpoint. */
  readonly oauth: OAuthState
  stats(): EmulatorStats
  /** Ends every session, as a password change or an expiry would. */
  expireSessions(): void
  /** Breaks all connections and frees the port. */
  close(): Promise<void>
}

// Not one of the declared apps: their sixth login ends their oldest session, and this one is to stay.
const OWN_APP = 'emulator'

function createKeyPair() {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

// One for all emulators of a process: to make one takes a good part of a second.
let keyPair: ReturnType<typeof createKeyPair> | undefined
function sharedKeyPair() {
  keyPair ??= createKeyPair()
  return keyPair
}

function createState(
  org: Org,
  organizationId: string,
  callers: Callers,
  credentials: () => EmulatorCredentials,
  options: EmulatorOptions,
): EmulatorState {
  const clock = options.clock ?? Date.now
  const statistics = new Statistics()
  const state: EmulatorState = {
    org,
    organizationId,
    callers,
    credentials,
    statistics,
    stats: () => statistics.snapshot(state.ingestJobs.all().map(job => job.state)),
    faults: new FaultBook(),
    cursors: new QueryCursors(),
    // Jobs look at the state only when they are used, and it is complete by then.
    ingestJobs: new IngestJobs(() => state),
    queryJobs: new QueryJobs(),
    apiVersions: options.apiVersions ?? DEFAULT_API_VERSIONS,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    clock,
    startedAt: clock(),
    seed: options.seed ?? 1,
    processingDelayMs: options.processingDelayMs ?? 0,
    compress: options.compress ?? false,
    report: options.onError ?? (error => console.error(error)),
  }
  return state
}

function credentialsFor(
  oauth: Omit<OAuthState, 'instanceUrl' | 'loginUrl' | 'audiences'>,
  { username, password, securityToken } = DEFAULT_USER,
  privateKey = '',
): EmulatorCredentials {
  const [user] = oauth.users
  const [app] = oauth.apps
  const { clientId = '', clientSecret = '' } = app ?? {}
  const userId = user?.id ?? ''
  return {
    username,
    password,
    securityToken,
    clientId,
    clientSecret,
    refreshToken: oauth.refreshTokens.issue(userId, clientId, DEFAULT_REFRESH_TOKEN).token,
    accessToken: oauth.sessions.issue(userId, OWN_APP).accessToken,
    privateKey,
  }
}

/**
 * Starts a Salesforce org on a port of this machine. Throws when the port is taken, or when an app names a user that is not declared.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', users = [DEFAULT_USER], apps = [DEFAULT_APP], clock = Date.now } = options
  const { publicKey, privateKey } = await sharedKeyPair()
  const org = new Org()
  const orgUsers = createUsers(org, users, clock())
  const organizationId = insertOrganization(org, clock())
  if (options.seedRecords !== false) seedOrg(org, clock())
  const oauthBase = createOAuthState(organizationId, orgUsers.users, apps, { ...options, clock, ownKey: publicKey })
  const callers = new Callers(oauthBase.sessions, orgUsers.callers)
  const credentials = credentialsFor(oauthBase, users[0], privateKey)
  const state = createState(org, organizationId, callers, () => credentials, options)

  let oauth: OAuthState = { ...oauthBase, instanceUrl: '', loginUrl: '', audiences: [] }
  const server = createEmulatorServer(state, () => oauth)
  server.listen(port, host)
  await once(server, 'listening')
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
  oauth = { ...oauthBase, instanceUrl: url, loginUrl: url, audiences: ['https://login.salesforce.com', url] }

  return {
    url,
    org,
    faults: state.faults,
    credentials,
    oauth,
    stats: state.stats,
    expireSessions: () => state.callers.expireAll(),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
