// The sync that a process of Data Loader becomes.

import { contentField } from '../../loader/plan/fileFields.ts'
import { encodingOf } from '../../packages/client/contract/encodings.ts'
import { isTimeZone, present } from '../../packages/client/contract/scalars.ts'
import {
  hasAssignmentRules,
  isAssignmentRuleId,
  MOST_REQUEST_RECORDS,
} from '../../packages/client/contract/sendingSpec.ts'
import type { DataLoaderProcess, Operation } from './dataLoaderProcess.ts'
import type { ImportedSync, Note } from './imported.ts'
import type { MappingFile } from './mappingFile.ts'

type LoadOf<T> = T extends { readonly load: unknown } ? T : never

export type SyncParts = {
  readonly operation: LoadOf<Operation>
  readonly connection: string
  readonly source: Readonly<Record<string, unknown>>
  readonly mapping: MappingFile
}

export function syncOf(process: DataLoaderProcess, parts: SyncParts): Pick<ImportedSync, 'entry' | 'notes'> {
  const { operation, connection, source, mapping } = parts
  const { setting, isOn } = process
  const key = keyOf(process, operation)
  const fields = withFiles(fieldsOf(operation, key, mapping), setting('sfdc.entity'))
  const entry = present({
    connection,
    object: setting('sfdc.entity') || undefined,
    operation: operation.name,
    hardDelete: operation.load === 'hard_delete' ? true : undefined,
    source,
    ...key,
    fields,
    blank: isOn('sfdc.insertNulls') && !isBulk(process) ? 'clear' : undefined,
    formats: formatsOf(process),
    ...sizesOf(process),
    concurrency: isOn('sfdc.bulkApiSerialMode') ? 1 : undefined,
    duplicateRules: !isBulk(process) && isOn('pilot.sfdc.duplicateRule.allowSave') ? 'allowSave' : undefined,
    assignmentRule: assignmentRuleOf(process),
    ...resultsOf(fields),
  })
  return { entry, notes: [...notesOf(process, operation), ...fileNotes(fields), ...mapping.notes] }
}

const isBulk = ({ isOn }: DataLoaderProcess): boolean => isOn('sfdc.useBulkApi') || isOn('sfdc.useBulkV2Api')

/** A smaller batch mostly spares the triggers of the object. A job gives them 200 records at a time, so requests keep its size. */
function sizesOf(process: DataLoaderProcess) {
  if (isBulk(process)) return { engine: 'bulk' }
  const batch = Number(process.setting('sfdc.loadBatchSize'))
  const isSmall = Number.isInteger(batch) && batch > 0 && batch < MOST_REQUEST_RECORDS
  return isSmall ? { engine: 'collections', collections: { recordsPerRequest: batch } } : {}
}

function assignmentRuleOf({ setting }: DataLoaderProcess): string | undefined {
  const rule = setting('sfdc.assignmentRule')
  return isAssignmentRuleId(rule) && hasAssignmentRules(setting('sfdc.entity')) ? rule : undefined
}

type Key = { readonly externalIdField?: string; readonly keyField?: string }

/** The field that finds the records; without one, update and delete go by Id. */
function keyOf({ setting, isOn }: DataLoaderProcess, { load }: SyncParts['operation']): Key {
  const externalId = setting('sfdc.externalIdField')
  if (externalId === '') return {}
  if (load === 'upsert') return { externalIdField: externalId }
  const finds =
    (load === 'update' && isOn('sfdc.updateWithExternalId')) || (load === 'delete' && isOn('sfdc.deleteWithExternalId'))
  return finds ? { keyField: externalId } : {}
}

/** Of a record that is deleted only the key is used, and one that is found by another field has no Id. */
function fieldsOf({ name }: SyncParts['operation'], { keyField }: Key, { fields }: MappingFile) {
  const isKey = (field: string) => field.toLowerCase() === (keyField ?? 'Id').toLowerCase()
  const wanted = [...fields].filter(([field]) => {
    if (name === 'delete') return isKey(field)
    return keyField === undefined || isKey(field) || field.toLowerCase() !== 'id'
  })
  return Object.fromEntries(wanted)
}

type MappedFields = Readonly<Record<string, string | { readonly value: string } | { readonly file: string }>>

/** Data Loader reads the content of a file from the path in its column. */
function withFiles(fields: ReturnType<typeof fieldsOf>, object: string): MappedFields {
  const content = contentField(object)?.toLowerCase()
  return Object.fromEntries(
    Object.entries(fields).map(([field, mapped]) =>
      field.toLowerCase() === content && typeof mapped === 'string' ? [field, { file: mapped }] : [field, mapped],
    ),
  )
}

/** Every column that is loaded, Id and outcome, as in the success and error files of Data Loader. */
function resultsOf(fields: MappedFields) {
  const columns = Object.values(fields).flatMap(mapped => {
    if (typeof mapped === 'string') return [mapped]
    return 'file' in mapped ? [mapped.file] : []
  })
  const identityFields = [...new Set(columns)]
  return { identityFields, resultColumns: ['id', 'outcome'].filter(name => !identityFields.includes(name)) }
}

function formatsOf({ setting, isOn }: DataLoaderProcess) {
  const day = isOn('process.useEuropeanDates') ? 'dd/MM/yyyy' : 'MM/dd/yyyy'
  const zone = setting('sfdc.timezone')
  return {
    dates: [day, `${day} HH:mm`, `${day} HH:mm:ss`, 'yyyyMMdd'],
    ...(isTimeZone(zone) ? { timeZone: zone } : {}),
  }
}

/** How Data Loader is set to read the file. */
export function readingOf({ setting, settings, isOn }: DataLoaderProcess) {
  const isAllowed = (key: string) => (settings.has(key) ? isOn(key) : true)
  const delimiters = [
    isAllowed('loader.csvComma') ? ',' : '',
    isAllowed('loader.csvTab') ? '\t' : '',
    isOn('loader.csvOther') ? setting('loader.csvOtherValue') : '',
  ].join('')
  const encoding = isOn('dataAccess.readUTF8') ? 'utf-8' : encodingOf(setting('dataAccess.readCharset'))
  return present({ delimiter: delimiters.length === 1 ? delimiters : undefined, encoding })
}

function fileNotes(fields: MappedFields): readonly Note[] {
  return Object.entries(fields).flatMap(([field, mapped]) =>
    typeof mapped === 'object' && 'file' in mapped
      ? [
          {
            kind: 'toDo' as const,
            subject: `the column ${mapped.file}`,
            text: `has the paths of the files for ${field}: they are inside dataDirectories, and relative ones begin at the directory of the source`,
          },
        ]
      : [],
  )
}

type AddNote = (kind: Note['kind'], subject: string, text: string) => void

function notesOf(process: DataLoaderProcess, { name }: SyncParts['operation']): readonly Note[] {
  const notes: Note[] = []
  const add: AddNote = (kind, subject, text) => notes.push({ kind, subject, text })
  addReadingNotes(process, add)
  if (name !== 'delete') addValueNotes(process, add)
  addSendingNotes(process, add)
  return notes
}

function addReadingNotes({ setting, isOn }: DataLoaderProcess, add: AddNote): void {
  const zone = setting('sfdc.timezone')
  if (zone === '') {
    add(
      'toDo',
      'sfdc.timezone',
      'is not set: Data Loader reads times in the zone of its machine, sflink in UTC; set formats.timeZone if the source has times without an offset',
    )
  } else if (!isTimeZone(zone)) {
    add('toDo', 'sfdc.timezone', `${zone} is no IANA time zone; set formats.timeZone to one, such as Europe/Berlin`)
  }
  const charset = setting('dataAccess.readCharset')
  if (charset !== '' && encodingOf(charset) === undefined && !isOn('dataAccess.readUTF8')) {
    add(
      'toDo',
      'dataAccess.readCharset',
      `${charset} is not known here; the encoding of the source is detected, check it`,
    )
  }
  if (setting('process.initialLastRunDate') !== '') {
    add(
      'notNeeded',
      'process.initialLastRunDate',
      'no run depends on the time of the one before; send: changed sends what the org does not have yet',
    )
  }
}

/** Data Loader changes values in ways that its settings do not show: two are on unless set to false, and with the Bulk API others apply. */
function addValueNotes(process: DataLoaderProcess, add: AddNote): void {
  const isLeftOn = (key: string) => process.setting(key).toLowerCase() !== 'false'
  const bulk = isBulk(process)
  if (!bulk && isLeftOn('sfdc.truncateFields')) {
    add(
      'notCarried',
      'sfdc.truncateFields',
      'is on unless set to false: Data Loader cuts a text that is too long for its field; here its row is rejected before anything is sent',
    )
  }
  if (isLeftOn('sfdc.load.preserveWhitespaceInRichText')) {
    add(
      'notCarried',
      'sfdc.load.preserveWhitespaceInRichText',
      'is on unless set to false: in rich text fields Data Loader writes line ends as <br/> and repeated blanks as &nbsp;; a sync sends the value as it is',
    )
  }
  if (!bulk) return
  add(
    'toDo',
    '#N/A',
    'with the Bulk API, Data Loader clears a field whose value is #N/A; here such a row is rejected. Leave the value blank and set blank: clear, which then clears every field with a blank value',
  )
  if (process.isOn('sfdc.insertNulls')) {
    add(
      'notNeeded',
      'sfdc.insertNulls',
      'has no effect with the Bulk API: a blank value leaves its field unchanged, here too',
    )
  }
}

function addSendingNotes(process: DataLoaderProcess, add: AddNote): void {
  const { setting, isOn } = process
  if (setting('sfdc.assignmentRule') !== '' && assignmentRuleOf(process) === undefined) {
    const words = 'is left out: it is the Id of a rule of Lead or Case, and begins with 01Q'
    add('toDo', 'sfdc.assignmentRule', words)
  }
  if (isOn('sfdc.bulkApiSerialMode')) {
    add(
      'toDo',
      'sfdc.bulkApiSerialMode',
      'Bulk API 2.0 has no serial mode; concurrency: 1 sends one job at a time, and records of one parent never lock each other (groupBy)',
    )
  }
  const batch = setting('sfdc.loadBatchSize')
  if ('collections' in sizesOf(process)) {
    add(
      'toDo',
      'sfdc.loadBatchSize',
      `each request has ${batch} records, as with Data Loader; if the triggers and flows of the object accept ${MOST_REQUEST_RECORDS}, leave engine and collections out, which needs fewer calls`,
    )
  } else if (batch !== '') {
    add('notNeeded', 'sfdc.loadBatchSize', 'sflink chooses the size of requests and jobs: engine, chunk')
  }
}
