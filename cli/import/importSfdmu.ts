// SFDMU's export.json: the objects that it loads from CSV files.
import { dirname, join } from 'node:path'
import { encodingOf } from '../../packages/client/contract/encodings.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { MOST_REQUEST_RECORDS } from '../../packages/client/contract/sendingSpec.ts'
import {
  type Imported,
  type ImportedFile,
  type ImportPlaces,
  isWanted,
  type LeftOut,
  type Note,
  syncName,
} from './imported.ts'
import { collectOrgs, type Org } from './importedOrgs.ts'
import { type ImportedSource, importedSource } from './importedSource.ts'
import { noteOfKey } from './keyRules.ts'
import { splittingSql } from './sfdmuComposites.ts'
import { sfdmuFields } from './sfdmuFields.ts'
import { type OrderedLoad, parentsFirst } from './sfdmuFlow.ts'
import { OBJECT_KEYS, SCRIPT_KEYS } from './sfdmuKeys.ts'
import type { SfdmuMapping, SfdmuSource } from './sfdmuLookups.ts'
import { keepsExisting, keyEntry, keysOf, type Load, operationOf } from './sfdmuOperation.ts'
import { readScript, type SfdmuObject, type SfdmuScript } from './sfdmuScript.ts'
import { type SfdmuValues, sfdmuValues, withValues } from './sfdmuValues.ts'

/** Reads the objects of an export.json. Throws CommandError when the file is broken, or an operation is unknown. */
export async function importSfdmu(file: ImportedFile, places: ImportPlaces): Promise<Imported> {
  const { script, objects } = readScript(file)
  const orgs = collectOrgs(places)
  const wanted = objects.filter(({ origin }) => isWanted(places, origin))
  const opened = await Promise.all(wanted.map(object => openObject(object, script, file, places)))
  const sources = opened.filter(one => 'header' in one)
  const loads = await Promise.all(
    sources.map(async one => {
      const { entry, ...load } = await readObject(one, { script, objects, sources, file })
      return { ...load, entry: { connection: orgs.connectionTo(orgOf(script)), ...entry } }
    }),
  )
  const shared = scriptNotes(script)
  return {
    tool: 'SFDMU',
    origins: objects.map(({ origin }) => origin),
    connections: orgs.connections(),
    databases: [],
    syncs: loads.map(load => ({ ...load, notes: [...load.notes, ...shared] })),
    flows: loads.length < 2 ? [] : [{ name: FLOW, syncs: parentsFirst(loads) }],
    leftOut: opened.filter(one => 'reason' in one),
    dataDirectories: [...new Set(loads.flatMap(({ dataDirectory }) => dataDirectory ?? []))],
  }
}

/** The flow with all objects. */
const FLOW = 'sfdmu'

type OpenedObject = SfdmuSource & { readonly operation: Load; readonly source: ImportedSource }

async function openObject(
  object: SfdmuObject,
  script: SfdmuScript,
  file: ImportedFile,
  places: ImportPlaces,
): Promise<OpenedObject | LeftOut> {
  const { origin } = object
  const operation = operationOf(object, file.shown)
  if ('reason' in operation) return { origin, reason: operation.reason }
  const written = { path: `${object.object}.csv`, key: 'query', directories: [object.directory], ...readingOf(script) }
  const source = await importedSource(written, places)
  if (source.header === undefined) return { origin, reason: noFile(object) }
  return { object, name: syncName(origin), operation: operation.name, source, header: source.header }
}

type ReadObject = Imported['syncs'][number] & OrderedLoad & { readonly dataDirectory?: string }

type Context = {
  readonly script: SfdmuScript
  /** All objects of the script, and those that become syncs. */
  readonly objects: readonly SfdmuObject[]
  readonly sources: readonly SfdmuSource[]
  readonly file: ImportedFile
}

async function readObject(opened: OpenedObject, context: Context): Promise<ReadObject> {
  const { object, source, operation, header, name } = opened
  const { script, file } = context
  const { origin, useFieldMapping, fieldMapping = [] } = object
  const reading = readingOf(script)
  const keys = keysOf(object)
  const { fields, composites, parents, notes } = sfdmuFields(object, header, keys, context)
  const target =
    (useFieldMapping && fieldMapping.find(({ targetObject }) => targetObject)?.targetObject) || object.object
  const columns = [...new Set([...fields.values()].flatMap(columnsOf))]
  const replaced = await replacedValues(object, file, reading)
  const mapped = withValues(fields, replaced, keys.length === 1 ? keys[0] : undefined)
  const entry = present({
    object: target,
    operation,
    source: { uri: source.uri, ...reading, ...present({ sql: splittingSql(composites) }) },
    ...keyEntry(operation, keys, object),
    fields: mapped.fields,
    blank: script.csvInsertNulls === false ? undefined : 'clear',
    formats: script.csvUseEuropeanDateFormat ? { dates: ['dd/MM/yyyy', 'dd/MM/yyyy HH:mm:ss'] } : undefined,
    collections: requestSize(object.restApiBatchSize ?? script.restApiBatchSize),
    concurrency: script.concurrencyMode === 'Serial' ? 1 : undefined,
    send: operation === 'create' || object.skipRecordsComparison ? undefined : 'changed',
    identityFields: columns,
    resultColumns: ['id', 'outcome'].filter(name => !columns.includes(name)),
  })
  const all = [...source.notes, ...notes, ...replaced.notes, ...mapped.notes, ...objectNotes(object, operation)]
  const { dataDirectory } = source
  return { name, object: object.object, parents, origin, entry, notes: all, ...present({ dataDirectory }) }
}

/** Sizes below the largest one are set for the triggers of an object. */
const requestSize = (records = 0) =>
  Number.isInteger(records) && records > 0 && records < MOST_REQUEST_RECORDS
    ? { recordsPerRequest: records }
    : undefined

const columnsOf = (mapping: SfdmuMapping): readonly string[] =>
  typeof mapping === 'string' ? [mapping] : [mapping.from].flat()

function replacedValues(
  { object, useValuesMapping = false, useCSVValuesMapping = false }: SfdmuObject,
  { path }: ImportedFile,
  reading: ReturnType<typeof readingOf>,
): Promise<SfdmuValues> {
  const isUsed = useValuesMapping || useCSVValuesMapping
  if (!isUsed) return Promise.resolve({ fields: new Map(), notes: [] })
  return sfdmuValues(join(dirname(path), 'ValueMapping.csv'), object, reading)
}

const noFile = ({ object, directory }: SfdmuObject): string =>
  `SFDMU reads it from an org, or its ${object}.csv is not in ${directory}; sflink reads files and databases: export the records with sf data export bulk to ${object}.csv there, and import again`

const DELIMITERS: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t' }

function readingOf({ csvFileDelimiter, csvReadFileDelimiter, csvFileEncoding }: SfdmuScript) {
  const delimiter = csvFileDelimiter ?? csvReadFileDelimiter
  return present({
    delimiter: delimiter && (DELIMITERS[delimiter] ?? delimiter),
    encoding: encodingOf(csvFileEncoding?.replace(/^(?:utf16le|ucs-?2)$/i, 'utf-16le') ?? ''),
  })
}

/** The only org with an address, if there is one: `export.json` does not say which org is the target. */
function orgOf({ orgs = [], proxyUrl }: SfdmuScript): Org {
  const addressed = orgs.filter(({ instanceUrl }) => instanceUrl)
  const [org] = addressed.length === 1 ? addressed : []
  const proxy = proxyUrl && URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined
  return {
    address: org?.instanceUrl ?? 'https://login.salesforce.com',
    ...present({
      username: org?.orgUserName ?? org?.name,
      proxy: proxy && { host: proxy.host, ...present({ username: proxy.username || undefined }) },
    }),
  }
}

const shownValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? '' : 'list'
  return value === null || value === undefined ? '' : String(value)
}

function objectNotes(object: SfdmuObject, name: Load): readonly Note[] {
  const { conditions, useFieldMapping, fieldMapping = [], origin, directory, object: _, selected, ...settings } = object
  const notes = Object.entries(settings).flatMap(([key, value]) =>
    key === 'skipExistingRecords' && keepsExisting(object)
      ? []
      : (noteOfKey(OBJECT_KEYS, key, shownValue(value)) ?? []),
  )
  const add = (kind: Note['kind'], subject: string, text: string) => notes.push({ kind, subject, text })
  if (conditions !== '') {
    add(
      'toDo',
      'query',
      `${conditions} is not applied; leave the other records out of the source, or select with source.sql, before the first run`,
    )
  }
  if (useFieldMapping && fieldMapping.length === 0) {
    add('toDo', 'useFieldMapping', 'FieldMapping.csv is not read; write its fields under fields before the first run')
  }
  if (name === 'upsert') {
    add(
      'toDo',
      'externalId',
      `${keysOf(object).join()} must be flagged as External ID in the org; SFDMU compares the records itself and takes any field`,
    )
  }
  return notes
}

function scriptNotes(script: SfdmuScript): readonly Note[] {
  const notes = Object.entries(script).flatMap(([key, value]) => noteOfKey(SCRIPT_KEYS, key, shownValue(value)) ?? [])
  const add = (kind: Note['kind'], subject: string, text: string) => notes.push({ kind, subject, text })
  if (script.csvInsertNulls === undefined) {
    add(
      'toDo',
      'csvInsertNulls',
      'is on unless set to false: a blank value clears its field (blank: clear); remove that line if it should stay',
    )
  }
  if ((script.orgs ?? []).length !== 1) {
    add('toDo', 'orgs', 'SFDMU is given the org on its command line; check the address of the connection')
  }
  if ((script.orgs ?? []).length > 0) {
    add(
      'notNeeded',
      'orgs',
      'an access token is not copied; the connection logs in with the key and the secret of an app',
    )
  }
  return notes
}
