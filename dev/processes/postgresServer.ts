// A PostgreSQL server on this machine, with an empty database that is deleted afterwards.
import { globSync } from 'node:fs'
import { access, chown, constants, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './freePort.ts'
import type { Processes } from './processes.ts'

/** Install folders of Debian, Red Hat, Homebrew, and of a build from source. A `*` is a version. */
const FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/usr/local/pgsql/bin',
] as const

/** Users to run the server as when this process is root: PostgreSQL does not run as root. */
const SYSTEM_USERS = ['postgres', 'nobody'] as const

/** Thrown when there is no PostgreSQL to start. */
class PostgresMissingError extends Error {
  override readonly name = 'PostgresMissingError' as const

  constructor() {
    super(
      `PostgreSQL is not installed: initdb is neither on PATH nor in ${FOLDERS.join(', ')}. Install it (Debian: apt-get install postgresql; macOS: brew install postgresql), then run the command again.`,
    )
  }
}

/** Listens on this port of 127.0.0.1. */
export type Postgres = { readonly port: number }

/** The folder of `initdb` and `postgres`. Throws PostgresMissingError. */
export async function findPostgres(
  environment: NodeJS.ProcessEnv = process.env,
  folders: readonly string[] = FOLDERS,
): Promise<string> {
  const onPath = (environment['PATH'] ?? '').split(delimiter).filter(folder => folder !== '')
  for (const folder of [...onPath, ...folders.flatMap(matching)]) {
    const programs = ['initdb', 'postgres'].map(name => access(join(folder, name), constants.X_OK))
    if ((await Promise.allSettled(programs)).every(({ status }) => status === 'fulfilled')) return folder
  }
  throw new PostgresMissingError()
}

/** Folders that match the pattern, the newest version first. */
const matching = (pattern: string): readonly string[] =>
  globSync(pattern).sort((one, other) => other.localeCompare(one, 'en', { numeric: true }))

type Place = {
  /** The superuser of the server. */
  readonly user: string
  readonly password: string
  /** Path of the log of a program. @default only the end of its output is kept, for messages */
  readonly logOf?: (program: string) => string
  /** Settings of the server, such as `ssl=on`. */
  readonly settings?: readonly string[]
}

/** Starts PostgreSQL on 127.0.0.1. Throws PostgresMissingError, ProcessEndedError. */
export async function startPostgres(
  processes: Processes,
  { user, password, logOf, settings = [] }: Place,
): Promise<Postgres> {
  const programs = await findPostgres()
  const account = await serverAccount()
  const folder = await mkdtemp(join(tmpdir(), 'sflink-postgres-'))
  processes.removeAfterwards(folder)
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password)
  if (account !== undefined) for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid)
  const job = (program: string) => ({
    folder,
    environment: process.env,
    ...(account === undefined ? {} : { user: account }),
    ...(logOf === undefined ? {} : { log: logOf(program) }),
  })
  const data = join(folder, 'data')
  // Nothing outlives the server, so no write has to reach the disk.
  const login = ['-U', user, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  await processes.runToEnd({
    ...{ ...job('postgres-setup'), name: 'Setting up PostgreSQL', program: join(programs, 'initdb') },
    args: ['-D', data, ...login, '-E', 'UTF8', '--no-locale', '--no-sync'],
  })
  const port = await freePort()
  const place = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off']
  await processes.start({
    ...{ ...job('postgres'), name: 'PostgreSQL', program: join(programs, 'postgres') },
    args: ['-D', data, ...[...place, ...settings].flatMap(setting => ['-c', setting])],
    ready: /ready to accept connections/,
    // SIGTERM waits until every client has disconnected.
    stopSignal: 'SIGINT',
  })
  return { port }
}

async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map(line => line.split(':'))
  for (const user of SYSTEM_USERS) {
    const [, , uid, gid] = accounts.find(([name]) => name === user) ?? []
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    `PostgreSQL does not run as root, and the user ${SYSTEM_USERS.join(' or ')} does not exist. Run the command as another user.`,
  )
}
