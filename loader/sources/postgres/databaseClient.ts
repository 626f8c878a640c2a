// One session with a database. Everything comes from the configuration: variables and files of libpq are not read.
import { connect as connectSocket, type Socket } from 'node:net'
import { Client, type ClientConfig } from 'pg'
import type { DatabaseSettings } from './databaseSettings.ts'
import { limitRows } from './rowLimit.ts'

/** What pg has, and its types have not. */
type Hidden = {
  readonly connectionParameters: object
  readonly processID: number | null
  readonly secretKey: number | null
  /** Whether no command is running. */
  readonly readyForQuery: boolean
}

/** Milliseconds until TCP checks whether a silent server is still there. */
const KEEP_ALIVE = 30_000

/** Milliseconds for the end of a session, of which nothing is needed any more: a server that is away does not answer. */
const END_TIMEOUT = 2_000

/** Milliseconds for the request that ends a query. */
const CANCEL_TIMEOUT = 5_000

export type Session = {
  readonly client: Client
  /** The socket below; another one after TLS has begun. */
  socket(): Socket
  /** Ends the session; a query that is running is cancelled. */
  close(): Promise<void>
}

/** Logs in. Rejects with the errors of pg and Node, and with the reason of the signal. */
export async function openSession(settings: DatabaseSettings, signal: AbortSignal | undefined): Promise<Session> {
  signal?.throwIfAborted()
  const client = new Client(clientConfig(settings))
  // pg takes them from PGOPTIONS and PGREPLICATION when the configuration has none.
  Object.assign(hiddenIn(client).connectionParameters, { options: undefined, replication: undefined })
  // A session that breaks between two queries; the next query rejects.
  client.on('error', () => {})
  const socket = () => client.connection.stream as Socket
  const abort = () => {
    cancelQuery(settings, client)
    socket().destroy()
  }
  signal?.addEventListener('abort', abort, { once: true })
  const close = async () => {
    signal?.removeEventListener('abort', abort)
    if (!hiddenIn(client).readyForQuery) return abort()
    const timer = setTimeout(() => socket().destroy(), END_TIMEOUT)
    await client.end()
    clearTimeout(timer)
  }
  try {
    await client.connect()
    limitRows(socket())
    return { client, socket, close }
  } catch (error) {
    signal?.removeEventListener('abort', abort)
    socket().destroy()
    throw signal?.aborted ? signal.reason : error
  }
}

const hiddenIn = (client: Client): Hidden => client as unknown as Hidden

function clientConfig(settings: DatabaseSettings): ClientConfig {
  const { host, port, user, database, password, sslMode, caCertificate: ca, connectTimeout } = settings
  const isUnchecked = sslMode === 'require' && ca === undefined
  const anyHost = sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }
  return {
    ...{ host, port, user, database },
    // A function: for a blank password pg would read PGPASSWORD and ~/.pgpass.
    password: () => password.reveal(),
    ssl:
      sslMode === 'disable'
        ? false
        : { rejectUnauthorized: !isUnchecked, ...anyHost, ...(ca === undefined ? {} : { ca }) },
    sslnegotiation: 'postgres',
    application_name: 'salesforce-link',
    client_encoding: 'UTF8',
    connectionTimeoutMillis: connectTimeout,
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE },
  }
}

const CANCEL_REQUEST = 80_877_102

/**
 * Asks the server to end the query that is running: without it the query would run on until it has a row to send. Does not wait.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
function cancelQuery({ host, port }: DatabaseSettings, client: Client): void {
  const { processID, secretKey } = hiddenIn(client)
  if (processID === null || secretKey === null) return
  const request = Buffer.alloc(16)
  request.writeInt32BE(request.length, 0)
  request.writeInt32BE(CANCEL_REQUEST, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  const socket = connectSocket(port, host, () => socket.end(request))
  socket.setTimeout(CANCEL_TIMEOUT, () => socket.destroy())
  socket.on('error', () => {})
  socket.unref()
}
