// SFDMU's export.json: the objects that it loads from CSV files.
import { dirname, join } from 'node:path'
import { encodingOf } from '../../packages/client/contract/encodings.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { CommandError } from '../commandError.ts'
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
import { importedSource } from './importedSource.ts'
import { noteOfKey } from './keyRules.ts'
import { splittingSql } from './sfdmuComposites.ts'
import { keyFieldOf, sfdmuFields } from './sfdmuFields.ts'
import { OBJECT_KEYS, SCRIPT_KEYS } from './sfdmuKeys.ts'
import type { SfdmuMapping } from './sfdmuLookups.ts'
import { readScript, type SfdmuObject, type SfdmuScript } from './sfdmuScript.ts'
import { type SfdmuValues, sfdmuValues, withValues } from './sfdmuValues.ts'

/** Reads the objects of an export.json. Throws CommandError when the file is broken, or an operation is unknown. */
export async function importSfdmu(file: ImportedFile, places: ImportPlaces): Promise<Imported> {
  const { script, objects } = readScript(file)
  const orgs = collectOrgs(places)
  const read: (ReadObject | LeftOut)[] = []
  for (const object of objects.filter(({ origin }) => isWanted(places, origin))) {
    const one = await readObject(object, { script, objects, file, places })
    if ('reason' in one) read.push(one)
    else read.push({ ...one, entry: { connection: orgs.connectionTo(orgOf(script)), ...one.entry } })
  }
  const loads = read.filter(one => 'entry' in one)
  const shared = scriptNotes(script, loads.length)
  return {
    tool: 'SFDMU',
    origins: objects.map(({ origin }) => origin),
    connections: orgs.connections(),
    databases: [],
    syncs: loads.map(load => ({ ...load, notes: [...load.notes, ...shared] })),
    leftOut: read.filter(one => 'reason' in one),
    dataDirectories: [...new Set(loads.flatMap(({ dataDirectory }) => dataDirectory ?? []))],
  }
}

type ReadObject = Imported['syncs'][number] & { readonly dataDirectory?: string }

type Context = {
  readonly script: SfdmuScript
  readonly objects: readonly SfdmuObject[]
  readonly file: ImportedFile
  readonly places: ImportPlaces
}

async function readObject(
  object: SfdmuObject,
  { script, objects, file, places }: Context,
): Promise<ReadObject | LeftOut> {
  const { origin, useFieldMapping, fieldMapping = [] } = object
  const operation = operationOf(object, file.shown)
  if ('reason' in operation) return { origin, reason: operation.reason }
  const reading = readingOf(script)
  const written = { path: `${object.object}.csv`, key: 'query', directories: [object.directory], ...reading }
  const source = await importedSource(written, places)
  if (source.header === undefined) return { origin, reason: noFile(object) }
  const keys = keysOf(object)
  const { fields, composites, notes } = sfdmuFields(object, source.header, keys, objects)
  const target =
    (useFieldMapping && fieldMapping.find(({ targetObject }) => targetObject)?.targetObject) || object.object
  const columns = [...new Set([...fields.values()].flatMap(columnsOf))]
  const replaced = await replacedValues(object, file, reading)
  const mapped = withValues(fields, replaced, keys.length === 1 ? keys[0] : undefined)
  const entry = present({
    object: target,
    operation: operation.name,
    source: { uri: source.uri, ...reading, ...present({ sql: splittingSql(composites) }) },
    ...keyEntry(operation.name, keys, object),
    fields: mapped.fields,
    blank: script.csvInsertNulls === false ? undefined : 'clear',
    formats: script.csvUseEuropeanDateFormat ? { dates: ['dd/MM/yyyy', 'dd/MM/yyyy HH:mm:ss'] } : undefined,
    concurrency: script.concurrencyMode === 'Serial' ? 1 : undefined,
    send: operation.name === 'create' || object.skipRecordsComparison ? undefined : 'changed',
    identityFields: columns,
    resultColumns: ['id', 'outcome'].filter(name => !columns.includes(name)),
  })
  const all = [...source.notes, ...notes, ...replaced.notes, ...mapped.notes, ...objectNotes(object, operation.name)]
  return { name: syncName(origin), origin, entry, notes: all, ...present({ dataDirectory: source.dataDirectory }) }
}

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

const DELETES =
  'deletes records that a query finds, and a sync those that a file names: write their Ids into a CSV file, and load it with operation: delete'

const OTHERS: Readonly<Record<string, string>> = {
  readonly:
    'is only read to find the parents of other objects, which sflink does by itself: AccountId: { lookup: Account, by: Name, from: column }',
  delete: DELETES,
  harddelete: DELETES,
  deletehierarchy: DELETES,
  deletesource: DELETES,
}

const LOADS = { insert: 'create', update: 'update', upsert: 'upsert' } as const
type Load = (typeof LOADS)[keyof typeof LOADS]

function operationOf(object: SfdmuObject, shown: string): { readonly name: Load } | { readonly reason: string } {
  const { operation = 'Readonly', origin, excluded } = object
  const written = operation.toLowerCase()
  if (excluded) return { reason: 'it is excluded' }
  const other = OTHERS[written]
  if (other !== undefined) return { reason: `the operation ${operation} ${other}` }
  if (!(written in LOADS)) {
    const allowed = [
      'Insert',
      'Update',
      'Upsert',
      'Readonly',
      'Delete',
      'HardDelete',
      'DeleteHierarchy',
      'DeleteSource',
    ]
    throw new CommandError(
      `${shown}: the object ${origin} has the unknown operation ${JSON.stringify(operation)}; allowed: ${allowed.join(', ')}${didYouMean(operation, allowed)}. Correct it, or name the objects to import with --only`,
    )
  }
  // Any fields find the records that are left as they are.
  if (keepsExisting(object)) return { name: 'create' }
  const name = LOADS[written as keyof typeof LOADS]
  const keys = keysOf(object)
  const isParents = object.externalId?.includes('.') === true
  if (name === 'upsert' && (keys.length > 1 || isParents)) {
    return {
      reason: `its externalId ${object.externalId} ${keys.length > 1 ? 'has several fields' : 'is a field of a parent'}, and an upsert goes by one External ID field: add such a field with all of them, or load with the operation Update`,
    }
  }
  return { name }
}

/** Whether only records are created that the org does not have. */
const keepsExisting = ({ operation = '', skipExistingRecords = false }: SfdmuObject): boolean =>
  skipExistingRecords && operation.toLowerCase() === 'upsert'

/** SFDMU finds records by Name when the object names no field. */
function keysOf({ externalId = 'Name', operation = '' }: SfdmuObject): readonly string[] {
  if (operation.toLowerCase() === 'insert') return []
  return externalId.split(';').map(name => keyFieldOf(name.trim()))
}

function keyEntry(name: Load, keys: readonly string[], object: SfdmuObject) {
  const mapped = (object.useFieldMapping ? (object.fieldMapping ?? []) : []).map(
    ({ sourceField, targetField }) => [sourceField, targetField] as const,
  )
  const targets = keys.map(key => mapped.find(([source]) => source === key)?.[1] ?? key)
  const [first] = targets
  if (name === 'upsert') return { externalIdField: first }
  const keyField = targets.length > 1 ? targets : first
  if (keepsExisting(object)) return { keyField, existing: 'keep' }
  return name === 'update' ? { keyField } : {}
}

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

function scriptNotes(script: SfdmuScript, loads: number): readonly Note[] {
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
  if (loads > 1) add('toDo', 'objects', 'each object is a sync of its own; run parents before their children')
  return notes
}
