// A process of Data Loader: its settings in process-conf.xml, above those of config.properties.
import { dirname, join, win32 } from 'node:path'
import { readBounded } from '../../config/boundedFile.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { CommandError } from '../commandError.ts'
import type { ImportedFile, LeftOut } from './imported.ts'
import { firstFile } from './importedSource.ts'
import { readProperties } from './javaProperties.ts'
import { type Bean, readBeans } from './springBeans.ts'

export type DataLoaderProcess = {
  /** The id of its bean, by which `process.bat` names it. */
  readonly id: string
  /** `conf/process-conf.xml:12` */
  readonly place: string
  readonly settings: ReadonlyMap<string, string>
  /** A setting without blanks at its ends; empty when there is none. */
  setting(key: string): string
  isOn(key: string): boolean
}

export type ProcessFile = {
  readonly processes: readonly DataLoaderProcess[]
  /** Beans that are no process. */
  readonly leftOut: readonly LeftOut[]
}

/** Throws CommandError when a file cannot be read. */
export async function readProcesses({ path, bytes, shown }: ImportedFile): Promise<ProcessFile> {
  const beans = [...readBeans(bytes, shown).values()].filter(({ isAbstract }) => !isAbstract)
  const general = await readGeneral(dirname(path), dirname(shown))
  const others = beans.filter(bean => !isProcess(bean))
  return {
    processes: beans.filter(isProcess).map(bean => processOf(bean, general, shown)),
    leftOut: others.map(({ id, className }) => ({
      origin: id,
      reason: `its class ${className || '(none)'} is no process of Data Loader; write what it does, such as a schedule, into sflink.yaml`,
    })),
  }
}

const isProcess = ({ className }: Bean): boolean => className.endsWith('.ProcessRunner')

function processOf(bean: Bean, general: ReadonlyMap<string, string>, shown: string): DataLoaderProcess {
  const settings = new Map(
    [...general, ...bean.entries('configOverrideMap')].map(([key, value]) => [key, value.trim()]),
  )
  const setting = (key: string) => settings.get(key) ?? ''
  return {
    id: bean.id,
    place: `${shown}:${bean.line}`,
    settings,
    setting,
    isOn: key => setting(key).toLowerCase() === 'true',
  }
}

/** The settings that config.properties beside process-conf.xml has for all processes. */
async function readGeneral(directory: string, shown: string): Promise<ReadonlyMap<string, string>> {
  const name = 'config.properties'
  const path = await firstFile([join(directory, name)])
  if (path === undefined) return new Map()
  const { properties } = readProperties(await readBounded(path), join(shown, name))
  return new Map(properties.map(({ key, value }) => [key, value]))
}

/** Operations that load, as a sync names them. */
const LOADS = {
  insert: 'create',
  update: 'update',
  upsert: 'upsert',
  delete: 'delete',
  hard_delete: 'delete',
} as const
type LoadOperation = keyof typeof LOADS

const OTHERS: Readonly<Record<string, string>> = {
  extract: 'reads records out of Salesforce, and sflink writes them into it; use sf data export bulk',
  extract_all:
    'reads records out of Salesforce, and sflink writes them into it; use sf data export bulk with --all-rows',
  undelete: 'restores deleted records, which Data Loader does by SOAP alone; restore them from the recycle bin',
}

export type Operation =
  | { readonly load: LoadOperation; readonly name: (typeof LOADS)[LoadOperation] }
  | { readonly reason: string }

/** The operation, or why it is left out. Throws CommandError for one that Data Loader does not have. */
export function operationOf({ id, place, setting }: DataLoaderProcess): Operation {
  const written = setting('process.operation') || 'insert'
  const operation = written.toLowerCase().replace(/^extractall$/, 'extract_all')
  if (operation in LOADS) return { load: operation as LoadOperation, name: LOADS[operation as LoadOperation] }
  const other = OTHERS[operation]
  if (other !== undefined) return { reason: `the operation ${written} ${other}` }
  const allowed = [...Object.keys(LOADS), ...Object.keys(OTHERS)]
  const hint = didYouMean(written, allowed)
  throw new CommandError(
    `${place}: the process ${id} has the unknown process.operation ${JSON.stringify(written)}; allowed: ${allowed.join(', ')}${hint}. Correct it, or name the processes to import with --only`,
  )
}

/**
 * Reads a file that a process names: at its path, else by its name beside process-conf.xml. Throws CommandError when it is at neither place.
 * @param key the setting that names it
 */
export async function readNamedFile(
  { id, place, setting }: DataLoaderProcess,
  key: string,
  directory: string,
): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
  const written = setting(key)
  if (written === '') {
    throw new CommandError(`${place}: the process ${id} has no ${key}, so that nothing is loaded; add it`)
  }
  const name = win32.basename(written)
  const path = await firstFile([
    written,
    join(dirname(directory), written),
    join(directory, written),
    join(directory, name),
  ])
  if (path !== undefined) return { path, bytes: await readBounded(path) }
  throw new CommandError(
    `${place}: the process ${id} names ${key} ${written}, which is neither there nor, as ${name}, in ${directory}; copy it there`,
  )
}
