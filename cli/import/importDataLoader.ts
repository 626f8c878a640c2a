// Data Loader's process-conf.xml, with the mappings and the config.properties that belong to it.
import { dirname, join, relative } from 'node:path'
import { present } from '../../packages/client/contract/scalars.ts'
import { dataLoaderNote } from './dataLoaderKeys.ts'
import { type DataLoaderProcess, operationOf, readNamedFile, readProcesses } from './dataLoaderProcess.ts'
import { readingOf, syncOf } from './dataLoaderSync.ts'
import {
  type Imported,
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
    syncs: loads,
    leftOut: read.filter(one => 'reason' in one),
    dataDirectories: [...new Set(loads.flatMap(({ dataDirectory }) => dataDirectory ?? []))],
  }
}

type ReadProcess = Imported['syncs'][number] & { readonly dataDirectory?: string }

type Context = { readonly file: ImportedFile; readonly places: ImportPlaces; readonly orgs: ImportedOrgs }

async function readProcess(
  process: DataLoaderProcess,
  { file, places, orgs }: Context,
): Promise<ReadProcess | LeftOut> {
  const { id, setting } = process
  const operation = operationOf(process)
  if ('reason' in operation) return { origin: id, reason: operation.reason }
  const directory = dirname(file.path)
  const type = setting('dataAccess.type')
  if (type !== 'csvRead') return { origin: id, reason: notCsv(process) }
  const reading = readingOf(process)
  const source = await importedSource(
    {
      path: setting('dataAccess.name'),
      key: 'dataAccess.name',
      directories: [dirname(directory), directory],
      ...reading,
    },
    places,
  )
  const mappingFile = await readNamedFile(process, 'process.mappingFile', directory)
  const mapping = readMappingFile(
    mappingFile.bytes,
    join(dirname(file.shown), relative(directory, mappingFile.path)),
    source.header,
  )
  const connection = orgs.connectionTo(orgOf(process))
  const sync = syncOf(process, { operation, connection, source: { uri: source.uri, ...reading }, mapping })
  const notes = [...source.notes, ...sync.notes, ...keyNotes(process)]
  return {
    name: syncName(id),
    origin: id,
    entry: sync.entry,
    notes,
    ...present({ dataDirectory: source.dataDirectory }),
  }
}

function notCsv({ setting }: DataLoaderProcess): string {
  const type = setting('dataAccess.type')
  if (type === '') return 'it has no dataAccess.type; add it: csvRead for a CSV file'
  return `its dataAccess.type ${type} is not csvRead; give its records as a CSV file`
}

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
