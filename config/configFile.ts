// Reads sflink.yaml and reports every problem at once.

import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Retention } from '../loader/runs/retention.ts'
import type { ConnectionSettings } from '../loader/salesforce/settings.ts'
import type { Schedule } from '../loader/schedule/schedule.ts'
import { resolvedDataDirectory } from '../loader/sources/dataDirectory.ts'
import { check, type Problem } from '../packages/client/contract/issues.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import { parseConfigDocument } from './configDocument.ts'
import { type ConfigProblem, ConfigurationError, pathText } from './configProblem.ts'
import { configSchema, DEFAULT_DATA_DIRECTORIES, DEFAULT_RUN_STORE, type WrittenConfig } from './configSchema.ts'
import { mappingAt, readSyncs } from './configSyncs.ts'
import { connectionConflict } from './connectionSchema.ts'
import { connectionSettings, PrivateKeyFileError } from './connectionSettings.ts'
import { readKeyRing } from './encryptionSettings.ts'
import { type NotificationRules, notificationProblems, notificationRules } from './notificationSettings.ts'
import { locate, shownIn } from './problems.ts'

export type Configuration = {
  /** Absolute path. */
  readonly file: string
  /** The directory of the file; relative paths start there. */
  readonly baseDirectory: string
  /** URI, as written. @default file:runs */
  readonly runStore: string
  /** Absolute paths, and URIs as written. @default data */
  readonly dataDirectories: readonly string[]
  /** How long runs are kept. @default unlimited */
  readonly retention?: Retention
  readonly connections: ReadonlyMap<string, ConnectionSettings>
  readonly syncs: ReadonlyMap<string, SyncSpec>
  /** By the name of their sync. */
  readonly schedules: ReadonlyMap<string, Schedule>
  /** Who is notified of the ends of runs. */
  readonly notifications: NotificationRules
  /** For payloads. @default none, nothing is encrypted */
  readonly encryptionKeys: KeyRing
}

export type ReadOptions = {
  readonly environment: NodeJS.ProcessEnv
  /**
   * `optional` for commands that never log in: variables of `connections` may be unset and key files missing.
   * @default required
   */
  readonly credentials?: 'required' | 'optional'
}

/** Throws ConfigurationError with every problem found. */
export async function readConfiguration(path: string, options: ReadOptions): Promise<Configuration> {
  const file = resolve(path)
  const shownFile = shownPath(file)
  const failure = (problems: readonly ConfigProblem[]) => new ConfigurationError(shownFile, ordered(problems))
  const text = await readText(file).catch((error: Error) => {
    throw failure([{ path: [], message: error.message }])
  })
  const optional = options.credentials === 'optional'
  const document = parseConfigDocument(text, {
    environment: options.environment,
    mayBeUnset: place => optional && place[0] === 'connections',
  })
  if (document.value === undefined || document.value === null) {
    throw failure(document.problems.length > 0 ? document.problems : [{ path: [], message: EMPTY }])
  }
  const { syncs, schedules, problems: syncProblems } = readSyncs(document)
  const checked = check(configSchema, document.value, { shown: shownIn(document) })
  if (!checked.ok) throw failure([...document.problems, ...locate(checked.problems, document), ...syncProblems])
  const written = checked.value
  const baseDirectory = dirname(file)
  const { connections, problems } = await readConnections(written, baseDirectory, optional)
  const syncNames = Object.keys(mappingAt(document.value, 'syncs'))
  const { keys: encryptionKeys, problems: keyProblems } = readKeyRing(written.encryption)
  const between = [...problems, ...notificationProblems(written.notifications, syncNames), ...keyProblems]
  const found = [...document.problems, ...locate(between, document), ...syncProblems]
  if (found.length > 0) throw failure(found)
  return {
    file,
    baseDirectory,
    runStore: written.runStore ?? DEFAULT_RUN_STORE,
    dataDirectories: (written.dataDirectories ?? DEFAULT_DATA_DIRECTORIES).map(path =>
      resolvedDataDirectory(path, baseDirectory),
    ),
    ...retentionOf(written),
    connections,
    syncs,
    schedules,
    notifications: notificationRules(written.notifications),
    encryptionKeys,
  }
}

function retentionOf({ retention, retentionUnfinished }: WrittenConfig): Pick<Configuration, 'retention'> {
  if (retention === undefined && retentionUnfinished === undefined) return {}
  return {
    retention: {
      ...(retention === undefined ? {} : { completed: retention }),
      ...(retentionUnfinished === undefined ? {} : { unfinished: retentionUnfinished }),
    },
  }
}

const EMPTY = 'the file is empty; it needs at least connections, see "A real org" in README.md'

/** Relative inside the working directory. */
function shownPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') || isAbsolute(path) ? file : path
}

/** Throws Error whose message says what to do. */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? 'the file does not exist; create it, or name another with --config or SFLINK_CONFIG'
        : `cannot be read (${error.code}); name another with --config or SFLINK_CONFIG`,
    )
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('is not UTF-8 text; save it as UTF-8, or name another with --config or SFLINK_CONFIG')
  }
}

type ReadConnections = {
  readonly connections: ReadonlyMap<string, ConnectionSettings>
  readonly problems: readonly Problem[]
}

async function readConnections(
  written: WrittenConfig,
  baseDirectory: string,
  keyFilesOptional: boolean,
): Promise<ReadConnections> {
  const connections = new Map<string, ConnectionSettings>()
  const problems: Problem[] = []
  for (const [name, connection] of Object.entries(written.connections)) {
    const conflict = connectionConflict(connection)
    if (conflict !== undefined) problems.push({ path: ['connections', name, conflict.key], message: conflict.message })
    try {
      connections.set(name, await connectionSettings(name, connection, baseDirectory, keyFilesOptional))
    } catch (error) {
      if (!(error instanceof PrivateKeyFileError)) throw error
      problems.push({ path: ['connections', name, 'auth', 'privateKeyFile'], message: error.message })
    }
  }
  return { connections, problems }
}

/** In the order of the file, one for each path: an unset variable also violates the rules for its value. */
function ordered(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Set<string>()
  const first = problems.filter(({ path }) => {
    const place = pathText(path)
    const isNew = place === '' || !seen.has(place)
    seen.add(place)
    return isNew
  })
  return first.toSorted((a, b) => compare(a.position, b.position))
}

function compare(a: ConfigProblem['position'], b: ConfigProblem['position']): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}
