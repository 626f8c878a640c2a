// What this machine has: Node, the configuration, the directories of sources.

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { Configuration } from '../../config/configuration.ts'
import { loadConfiguration } from '../../config/environment.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { freeSpace, tryRunStores } from '../../loader/storage/tryRunStores.ts'
import type { WorkerCheck } from '../../packages/client/contract/maintenance.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { counted } from '../../workflows/page/markdown.ts'
import { fileSize } from '../columns.ts'
import { lineOfError } from '../commandError.ts'
import { type Finding, warning, well, wrong } from './finding.ts'

/** `engines` of package.json. */
const LEAST_NODE = [22, 18] as const

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = LEAST_NODE
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  if (isEnough) return well('Node', version)
  return wrong('Node', `${version} is too old; install ${LEAST_NODE.join('.')} or newer`)
}

export type CheckedConfiguration = {
  readonly configuration: Configuration | undefined
  /** One finding for each mistake. */
  readonly findings: readonly Finding[]
}

/** Secrets may be missing here: only workers need them. */
export async function checkConfiguration(config: string | undefined): Promise<CheckedConfiguration> {
  try {
    const configuration = await loadConfiguration(config, { credentials: 'optional' })
    return { configuration, findings: [well('Configuration', configurationFacts(configuration))] }
  } catch (error) {
    const lines = lineOfError(error).line.split('\n')
    return { configuration: undefined, findings: lines.map(line => wrong('Configuration', line)) }
  }
}

export function configurationFacts({
  file,
  connections,
  syncs,
  flows,
  schedules,
  encryptionKeys,
  retention,
}: Configuration): string {
  const facts = [counted(connections.size, 'connection'), counted(syncs.size, 'sync')]
  if (flows.size > 0) facts.push(counted(flows.size, 'flow'))
  if (schedules.size > 0) facts.push(counted(schedules.size, 'schedule'))
  facts.push(encryptionKeys.length > 0 ? counted(encryptionKeys.length, 'encryption key') : 'no encryption')
  facts.push(retention === undefined ? 'runs kept forever' : 'old runs removed')
  return `${file}: ${facts.join(', ')}`
}

/** Files with secrets that other users of this machine may read; empty when there is none, and on Windows. */
export async function checkSecretFiles({
  file,
  files,
}: Pick<Configuration, 'file' | 'files'>): Promise<readonly Finding[]> {
  const secrets = process.platform === 'win32' ? [] : files.filter(path => path !== file)
  const found = await Promise.all(
    secrets.map(async path => {
      const mode = (await stat(path).catch(() => undefined))?.mode ?? 0
      if ((mode & OTHERS) === 0) return []
      return [warning('Secrets', `${path} can be read by other users of this machine; run: chmod 600 ${path}`)]
    }),
  )
  return found.flat()
}

/** Rights of the group and of everyone. */
const OTHERS = 0o077

/** Checks directories of this machine; workers check buckets and web servers. */
export async function checkDataDirectories({ dataDirectories }: Configuration): Promise<readonly Finding[]> {
  return Promise.all(dataDirectories.filter(isAbsolute).map(checkDataDirectory))
}

async function checkDataDirectory(path: string): Promise<Finding> {
  const check = 'Data directory'
  try {
    if (!(await stat(path)).isDirectory()) return wrong(check, `${path} is a file; name a directory in dataDirectories`)
    await access(path, constants.R_OK | constants.X_OK)
    return well(check, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return wrong(check, `there is no ${path}; create it, or name another in dataDirectories`)
    return wrong(check, `${path} can't be read (${code}); let this user read it, or name another in dataDirectories`)
  }
}

const CHECK = 'Run store'

/** Bytes: a run of a million records takes about half of it. */
const LITTLE_SPACE = 1_000_000_000

/** Checks the run store from this machine, while no worker runs. */
export async function checkRunStore({ runStore, baseDirectory }: Configuration): Promise<Finding> {
  const stores = openRunStores(runStore, baseDirectory)
  const problem = await tryRunStores(stores)
  const free = await freeSpace(stores)
  return storeFinding({ location: stores.location, ...present({ free, error: problem }) })
}

/** The run store as the worker has tested it. */
export function workersRunStore(
  { runStore: worker }: Pick<WorkerCheck, 'runStore'>,
  { runStore, baseDirectory, file }: Configuration,
): Finding {
  const found = storeFinding(worker)
  const { location } = openRunStores(runStore, baseDirectory)
  if (found.state === 'wrong' || location === worker.location) return found
  return warning(
    CHECK,
    `the worker uses ${worker.location}, but ${file} names ${location}, which sflink runs and sync results read; make both the same`,
  )
}

function storeFinding({ location, free, error }: WorkerCheck['runStore']): Finding {
  if (error !== undefined)
    return wrong(CHECK, error.includes(location) ? error : `${location}: ${error}; set runStore to another location`)
  if (free === undefined) return well(CHECK, `${location} can be written`)
  const space = `${fileSize(free)} free`
  if (free >= LITTLE_SPACE) return well(CHECK, `${location} can be written, ${space}`)
  return warning(
    CHECK,
    `${location}: ${space}; free some space, remove old runs (retention: 90d), or set runStore to a larger disk`,
  )
}
