// Reads sflink.yaml and reports every problem at once.

import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Retention } from '../loader/runs/runSummary.ts'
import { type ConnectionSettings, DEFAULT_REQUEST_TIMEOUT } from '../loader/salesforce/settings.ts'
import type { Schedule } from '../loader/schedule/scheduleSchema.ts'
import { resolvedDataDirectory } from '../loader/sources/dataDirectory.ts'
import type { DatabaseSettings } from '../loader/sources/postgres/databaseSettings.ts'
import type { CallerRules } from '../loader/spec/callerRules.ts'
import { lostAnswerWaitProblem } from '../loader/spec/lostAnswerWait.ts'
import { check, isObject, type Problem, type ShowGiven } from '../packages/client/contract/issues.ts'
import { present } from '../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import { allowProblems, callerRules } from './allow.ts'
import { readBounded } from './boundedFile.ts'
import {
  configSchema,
  DEFAULT_DATA_DIRECTORIES,
  DEFAULT_MAX_SOURCE_BYTES,
  DEFAULT_RUN_STORE,
  type WrittenConfig,
} from './configSchema.ts'
import { connectionProblem } from './connectionSchema.ts'
import { connectionSettings, PrivateKeyFileError } from './connectionSettings.ts'
import { certificateFilesOf, readDatabases } from './databases.ts'
import { type ConfigDocument, locate, parseConfigDocument } from './document.ts'
import { readKeyRing } from './encryptionSettings.ts'
import { envFileOf, withEnvFile } from './envFile.ts'
import { type Flow, parentProblems, readFlows } from './flows.ts'
import { type NotificationRules, notificationProblems, notificationRules } from './notifications.ts'
import { parentOrgProblems } from './parentOrgs.ts'
import { type ConfigPath, type ConfigProblem, ConfigurationError, pathText } from './problems.ts'
import { mappingAt, readSyncs } from './syncs.ts'

/** The content of sflink.yaml, validated and with every default applied. */
export type Configuration = {
  /** Absolute path of sflink.yaml. */
  readonly file: string
  /** Absolute paths of all files that were read: this file, `.env` beside it, private keys, certificates. Some may not exist. */
  readonly files: readonly string[]
  /** Directory of the file; relative paths in the file start here. */
  readonly baseDirectory: string
  /** URI of the run store, as written. @default file:runs */
  readonly runStore: string
  /** Directories that may hold sources: absolute paths, and URIs as written. @default data */
  readonly dataDirectories: readonly string[]
  /** Most bytes of a source, unpacked. @default 20 GB */
  readonly maxSourceBytes: number
  /** How long the run store keeps runs. @default forever */
  readonly retention?: Retention
  /** What callers may load. @default anything */
  readonly allow?: CallerRules
  readonly connections: ReadonlyMap<string, ConnectionSettings>
  /** Databases of sources. */
  readonly databases: ReadonlyMap<string, DatabaseSettings>
  readonly syncs: ReadonlyMap<string, SyncSpec>
  readonly flows: ReadonlyMap<string, Flow>
  /** By the name of the sync or of the flow: no flow has the name of a sync. */
  readonly schedules: ReadonlyMap<string, Schedule>
  /** Where notifications about a sync are sent. */
  readonly notifications: NotificationRules
  /** Keys that encrypt payloads. @default none: payloads are not encrypted */
  readonly encryptionKeys: KeyRing
}

export type ReadOptions = {
  readonly environment: NodeJS.ProcessEnv
  /**
   * `optional` for commands that do not log in: variables in `connections` and `databases` may be unset and key files missing.
   * @default required
   */
  readonly credentials?: 'required' | 'optional'
  /** Variables that are not yet in `.env`. @default none */
  readonly variables?: Readonly<Record<string, string>>
  /** Read in place of the content of the file, before it is written. @default the content of the file */
  readonly text?: string
}

/** Reads the file at the path. Throws ConfigurationError with every problem found. */
export async function readConfiguration(path: string, options: ReadOptions): Promise<Configuration> {
  const file = resolve(path)
  const shownFile = shownPath(file)
  const failure = (problems: readonly ConfigProblem[]) => new ConfigurationError(shownFile, ordered(problems))
  const text =
    options.text ??
    (await readConfigurationText(file).catch((error: Error) => {
      throw failure([{ path: [], message: error.message }])
    }))
  const optional = options.credentials === 'optional'
  const envFile = envFileOf(file)
  const document = parseConfigDocument(text, {
    environment: { ...(await withEnvFile(options.environment, envFile, shownPath(envFile))), ...options.variables },
    mayBeUnset: place => optional && (place[0] === 'connections' || place[0] === 'databases'),
  })
  if (document.value === undefined || document.value === null) {
    throw failure(document.problems.length > 0 ? document.problems : [{ path: [], message: EMPTY }])
  }
  const show = shownValue(document)
  const { syncs, schedules, problems: syncProblems } = readSyncs(document, show)
  const configured = { syncs, names: Object.keys(mappingAt(document.value, 'syncs')) }
  const flows = readFlows(mappingAt(document.value, 'flows'), configured, show)
  const rejected = (problems: readonly ConfigProblem[]) =>
    failure([
      ...document.problems.filter(({ path }) => !problems.some(other => isBelowKey(path, other))),
      ...problems.map(problem => ({ ...problem, message: document.withoutVariables(problem.message) })),
    ])
  const unindented = unindentedSection(document.value)
  if (unindented !== undefined) throw failure([locate(document, unindented)])
  const checked = check(configSchema, document.value, show)
  if (!checked.ok) {
    const found = checked.problems.map(problem => locate(document, problem))
    throw rejected([...found, ...syncProblems])
  }
  const written = checked.value
  const baseDirectory = dirname(file)
  const { connections, problems } = await readConnections(written, document, baseDirectory, optional)
  const isNeeded = (name: string) => !optional || document.isLiteral(['databases', name, 'url'])
  const read = await readDatabases(written.databases, baseDirectory, isNeeded)
  const syncNames = configured.names
  const keyRing = readKeyRing(written.encryption)
  const otherProblems = [
    ...allowProblems(written.allow, syncNames),
    ...notificationProblems(written.notifications, [...syncNames, ...flows.flows.keys()]),
    ...flows.problems,
    ...parentProblems(configured, new Set(schedules.keys())),
    ...parentOrgProblems(syncs, connections),
    ...keyRing.problems,
    ...read.problems,
  ].map(problem => locate(document, problem))
  const waits = waitProblems(syncs, connections).map(problem => locate(document, problem))
  const found = [...problems, ...syncProblems, ...otherProblems, ...waits]
  if (document.problems.length + found.length > 0) throw rejected(found)
  return {
    file,
    files: [
      ...[file, envFile, ...keyFilesOf(written, baseDirectory)],
      ...certificateFilesOf(written.databases, baseDirectory),
    ],
    baseDirectory,
    runStore: written.runStore ?? DEFAULT_RUN_STORE,
    dataDirectories: (written.dataDirectories ?? DEFAULT_DATA_DIRECTORIES).map(path =>
      resolvedDataDirectory(path, baseDirectory),
    ),
    maxSourceBytes: written.maxSourceBytes ?? DEFAULT_MAX_SOURCE_BYTES,
    ...retentionOf(written),
    ...(written.allow === undefined ? {} : { allow: callerRules(written.allow, syncNames) }),
    connections,
    databases: read.databases,
    syncs,
    flows: flows.flows,
    schedules: new Map([...schedules, ...flows.schedules]),
    notifications: notificationRules(written.notifications),
    encryptionKeys: keyRing.keys,
  }
}

function keyFilesOf({ connections }: WrittenConfig, baseDirectory: string): readonly string[] {
  return Object.values(connections).flatMap(({ auth }) =>
    auth.flow === 'jwt_bearer' && auth.privateKeyFile !== undefined
      ? [resolve(baseDirectory, auth.privateKeyFile)]
      : [],
  )
}

function retentionOf({ retention: completed, retentionUnfinished: unfinished }: WrittenConfig) {
  return completed === undefined && unfinished === undefined ? {} : { retention: present({ completed, unfinished }) }
}

/** Whether the path leads below an unknown key, whose content can't be judged. */
function isBelowKey(path: ConfigPath, { path: above, key }: ConfigProblem): boolean {
  return key !== undefined && [...above, key].every((step, index) => step === path[index])
}

/** A section without a value, and keys beside it that belong below it: the rest of the file can't be judged. */
function unindentedSection(value: unknown): Problem | undefined {
  if (!isObject(value)) return undefined
  const empty = (['connections', 'syncs'] as const).find(key => value[key] === null)
  const stray = Object.keys(value).find(key => !Object.hasOwn(configSchema.shape, key))
  if (empty === undefined || stray === undefined) return undefined
  return {
    path: [],
    key: stray,
    message: `${JSON.stringify(stray)} stands beside ${empty}, which is empty; indent it with what belongs to it, if it is one of the ${empty}`,
  }
}

const EMPTY = 'the file is empty; it needs at least connections:, see "A real org" in README.md'

/** The path relative to the working directory, if the file is inside it. */
export function shownPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path
}

const ANOTHER = 'name another with --config or SFLINK_CONFIG'

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist; create it by sflink init (sflink emulator prints one for an org to try), or',
  EISDIR: 'is a directory; name the file in it, or',
  EFBIG: 'is larger than 1 MB, which no configuration is; shorten it, or',
}

/** The content of the file. Throws Error with a message that says what to do. */
export async function readConfigurationText(file: string): Promise<string> {
  const bytes = await readBounded(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${UNREADABLE[error.code ?? ''] ?? `cannot be read (${error.code});`} ${ANOTHER}`)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('is not UTF-8 text; save it as UTF-8, or name another with --config or SFLINK_CONFIG')
  }
}

async function readConnections(
  written: WrittenConfig,
  document: ConfigDocument,
  baseDirectory: string,
  keyFilesOptional: boolean,
): Promise<Pick<Configuration, 'connections'> & { readonly problems: readonly ConfigProblem[] }> {
  const connections = new Map<string, ConnectionSettings>()
  const problems: ConfigProblem[] = []
  for (const [name, connection] of Object.entries(written.connections)) {
    const broken = connectionProblem(connection)
    if (broken !== undefined) {
      problems.push(locate(document, { path: ['connections', name, broken.key], message: broken.message }))
    }
    try {
      connections.set(name, await connectionSettings(name, connection, baseDirectory, keyFilesOptional))
    } catch (error) {
      if (!(error instanceof PrivateKeyFileError)) throw error
      const path = ['connections', name, 'auth', 'privateKeyFile']
      problems.push(locate(document, { path, message: error.message }))
    }
  }
  return { connections, problems }
}

/** Waits of syncs that are shorter than a request of their connection. */
function waitProblems(syncs: Configuration['syncs'], connections: Configuration['connections']): readonly Problem[] {
  return [...syncs].flatMap(([name, spec]) => {
    const settings = connections.get(spec.connection)
    const { requestTimeout = DEFAULT_REQUEST_TIMEOUT } = settings ?? {}
    const message = settings && lostAnswerWaitProblem(spec, requestTimeout)
    return message === undefined ? [] : [{ path: ['syncs', name, 'resend', 'lostAnswerWait'], message }]
  })
}

/** In the order of the file, one problem per place: an unset variable also breaks the rules for its value. */
function ordered(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Set<string>()
  const first = problems.filter(({ path, key }) => {
    const place = pathText(key === undefined ? path : [...path, key])
    const isNew = place === '' || !seen.has(place)
    seen.add(place)
    return isNew
  })
  return first.toSorted((a, b) => compare(a.position, b.position))
}

const compare = (a: ConfigProblem['position'], b: ConfigProblem['position']): number =>
  (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)

/** Longest value that an error shows, in characters. */
const MAX_SHOWN = 60

/** Shows values of the configuration in errors, but no secret and nothing from an environment variable. */
function shownValue(document: ConfigDocument): ShowGiven {
  return (path, value) => {
    if (Array.isArray(value)) return 'a list'
    if (typeof value === 'object' && value !== null) return 'a mapping'
    if (!document.isLiteral(path) || mayBeSecret(path, value)) return undefined
    const text = String(value)
    return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : value)
  }
}

const SECRET_NOTIFICATION_KEYS: readonly string[] = ['url', 'secret', 'smtp']

/** Credentials, also in the wrong place: everything under `auth`, and addresses with a user or a signature. */
function mayBeSecret(path: ConfigPath, value: unknown): boolean {
  if (path[0] === 'connections' && path[2] === 'auth') return true
  if (path[0] === 'notifications' && SECRET_NOTIFICATION_KEYS.includes(String(path.at(-1)))) return true
  if (path[0] === 'notifications') return false
  return path[0] === 'encryption' || /@|^[a-z][a-z0-9+.-]*:.*\?/i.test(String(value))
}
