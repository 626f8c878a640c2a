// Data Loader's process-conf.xml, with the mappings and the config.properties that belong to it.
import { dirname, join, relative } from 'node:path'
import { present } from '../../packages/client/contract/scalars.ts'
import { readDatabase } from './databaseConf.ts'
import { dataLoaderNote } from './dataLoaderKeys.ts'
import { type DataLoaderProcess, operationOf, readNamedFile, readProcesses } from './dataLoaderProcess.ts'
import { readingOf, type SyncParts, syncOf } from './dataLoaderSync.ts'
import {
  type Imported,
  type ImportedDatabase,
  type ImportedFile,
  type ImportedProxy,
  type ImportPlaces,
  isWanted,
  type LeftOut,
  type Note,
  syncName,
} from './imported.ts'
import { collectOrgs, type ImportedOrgs, type Org } from './importedOrgs.ts'
import { importedSource } from './importedSource.ts'
import { readMappingFile } from './mappingFile.ts'

/** Reads the processes of a process-conf.xml. Throws CommandError when a file is broken or missing. */
export async function importDataLoader(file: ImportedFile, places: ImportPlaces): Promise<Imported> {
  const { processes, leftOut: others } = await readProcesses(file)
  const orgs = collectOrgs(places)
  const read: (ReadProcess | LeftOut)[] = [...others.filter(({ origin }) => isWanted(places, origin))]
  for (const process of processes.filter(({ id }) => isWanted(places, id))) {
    read.push(await readProcess(process, { file, places, orgs }))
  }
  const loads = read.filter(one => 'entry' in one)
  return {
    tool: 'Data Loader',
    origins: [...processes.map(({ id }) => id), ...others.map(({ origin }) => origin)],
    connections: orgs.connections(),
    databases: uniqueDatabases(loads.flatMap(({ database }) => database ?? [])),
    syncs: loads,
    flows: [],
    leftOut: read.filter(one => 'reason' in one),
    dataDirectories: [...new Set(loads.flatMap(({ dataDirectory }) => dataDirectory ?? []))],
  }
}

type Added = { readonly dataDirectory?: string; readonly database?: ImportedDatabase }

type ReadProcess = Imported['syncs'][number] & Added

type Context = { readonly file: ImportedFile; readonly places: ImportPlaces; readonly orgs: ImportedOrgs }

async function readProcess(
  process: DataLoaderProcess,
  { file, places, orgs }: Context,
): Promise<ReadProcess | LeftOut> {
  const { id } = process
  const operation = operationOf(process)
  if ('reason' in operation) return { origin: id, reason: operation.reason }
  const read = await sourceOf(process, file, places)
  if ('reason' in read) return { origin: id, reason: read.reason }
  const { source, header, added, notes } = read
  const directory = dirname(file.path)
  const mappingFile = await readNamedFile(process, 'process.mappingFile', directory)
  const shown = join(dirname(file.shown), relative(directory, mappingFile.path))
  const mapping = readMappingFile(mappingFile.bytes, shown, header)
  const sync = syncOf(process, { operation, connection: orgs.connectionTo(orgOf(process)), source, mapping })
  const all = [...notes, ...sync.notes, ...keyNotes(process)]
  return { name: syncName(id), origin: id, entry: sync.entry, notes: all, ...added }
}

type ReadSource = {
  readonly source: SyncParts['source']
  readonly header: readonly string[] | undefined
  readonly added: Added
  readonly notes: readonly Note[]
}

async function sourceOf(
  process: DataLoaderProcess,
  file: ImportedFile,
  places: ImportPlaces,
): Promise<ReadSource | { readonly reason: string }> {
  const { setting } = process
  const type = setting('dataAccess.type')
  if (type === 'databaseRead') {
    const read = await readDatabase(process, file)
    if ('reason' in read) return read
    const { database, query, header, notes } = read
    return { source: { uri: `database:${database.name}`, query }, header, added: { database }, notes }
  }
  if (type !== 'csvRead') {
    return { reason: `its dataAccess.type is ${type || 'missing'}; a load has csvRead or databaseRead` }
  }
  if (setting('dataAccess.name') === '') return { reason: 'it has no dataAccess.name; add the path of its CSV file' }
  const directory = dirname(file.path)
  const reading = readingOf(process)
  const directories = [dirname(directory), directory]
  const written = { path: setting('dataAccess.name'), key: 'dataAccess.name', directories, ...reading }
  const { uri, header, dataDirectory, notes } = await importedSource(written, places)
  return { source: { uri, ...reading }, header, added: present({ dataDirectory }), notes }
}

const uniqueDatabases = (databases: readonly ImportedDatabase[]): readonly ImportedDatabase[] => [
  ...new Map(databases.map(database => [database.name, database])).values(),
]

const keyNotes = ({ settings }: DataLoaderProcess): readonly Note[] =>
  [...settings].flatMap(([key, value]) => dataLoaderNote(key, value) ?? [])

/** Data Loader uses this address when none is set. */
const GENERAL_LOGIN = 'https://login.salesforce.com'

function orgOf({ setting }: DataLoaderProcess): Org {
  const environment = setting('sfdc.oauth.environment').toLowerCase() === 'sandbox' ? 'sandbox' : 'production'
  const address = setting('sfdc.endpoint') || setting(`sfdc.endpoint.${environment}`) || GENERAL_LOGIN
  return { address, ...present({ username: setting('sfdc.username') || undefined, proxy: proxyOf(setting) }) }
}

function proxyOf(setting: DataLoaderProcess['setting']): ImportedProxy | undefined {
  const host = setting('sfdc.proxyHost')
  if (host === '') return undefined
  const port = setting('sfdc.proxyPort')
  const username = setting('sfdc.proxyUsername') || undefined
  return { host: port === '' ? host : `${host}:${port}`, ...present({ username }) }
}
