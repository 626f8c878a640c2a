// The whole declaration of a load, as a person writes it under `syncs:` or a service sends it. Parsing applies every default.
import { z } from 'zod'
import { columnName, fieldMapping, MAX_KEY_FIELDS } from './fieldMapping.ts'
import { strictShape } from './issues.ts'
import { ENGINES, OPERATIONS } from './operations.ts'
import {
  type DeepReadonly,
  duration,
  durationText,
  integer,
  isTimeZone,
  limitedRecord,
  MAX_NAME,
  name,
  scalarText,
} from './scalars.ts'
import { assignmentRule, chunk, collections, duplicateRules, resend } from './sendingSpec.ts'
import { source } from './sourceSpec.ts'

/** What a blank source value does: leave the field unchanged, or clear it. */
const BLANK_POLICIES = ['ignore', 'clear'] as const

/** Which records are sent: all, or those that the org holds otherwise. */
const SENDS = ['all', 'changed'] as const

/** What happens to records that the org has already: they stay as they are, or only their blank fields are written. */
const EXISTING_POLICIES = ['keep', 'fill-blanks'] as const

/** When chunks are uploaded: also while later rows are read, or after all rows were checked. */
const UPLOADS = ['auto', 'after-checks'] as const

/** What a mirror does with records that the source does not have. */
const MISSING_ACTIONS = ['ignore', 'report', 'delete', 'update'] as const
export type MissingAction = Exclude<(typeof MISSING_ACTIONS)[number], 'ignore'>

/** Columns of results.csv beyond `status,errormessage,timestamp,<identity fields>`. */
const EXTRA_RESULT_COLUMNS = ['row', 'operation', 'outcome', 'id', 'created', 'errorcode'] as const
export type ExtraResultColumn = (typeof EXTRA_RESULT_COLUMNS)[number]

/** Fields that a sync maps, columns that results repeat. An object of Salesforce has at most 800 fields. */
const MAX_FIELDS = 1_000

const columnReference = strictShape({ column: columnName })

const operation = z
  .union([z.enum(OPERATIONS), columnReference], {
    error: ({ input }) =>
      `expected create, update, upsert, delete or {column: NAME}${input === 'insert' ? '; an insert is called create' : ''}`,
  })
  .describe('The operation for every record, or the source column that names it per record.')

// A list of patterns or words is tried for each value.
const MOST_FORMATS = 50
const formatText = z.string().min(1).max(100)

const word = z.union([formatText, z.number(), z.boolean()], { error: 'expected a word' }).transform(String)
const words = z.array(word, { error: 'expected a list such as [Ja, x]' }).max(MOST_FORMATS).default([])

const formats = strictShape(
  {
    dates: z
      .array(formatText, { error: 'expected a list such as [dd.MM.yyyy]' })
      .max(MOST_FORMATS)
      .default([])
      .describe(
        'Patterns such as dd.MM.yyyy HH:mm or MM/dd/yyyy hh:mm a, tried in order. ISO 8601 is always accepted.',
      ),
    decimalSeparator: z
      .enum(['.', ','])
      .exactOptional()
      .describe(
        'The mark before the decimals of a number. If absent a point, and a number such as 10.000, which may be grouped, is rejected.',
      ),
    groupSeparator: z
      .enum(['.', ',', ' ', "'"])
      .exactOptional()
      .describe('The mark between groups of digits. If absent, a grouped number is read if it has one reading only.'),
    checkbox: strictShape(
      { true: words.describe('Words for a set checkbox.'), false: words.describe('Words for a clear checkbox.') },
      '{ true: [Ja], false: [Nein] }',
    )
      .exactOptional()
      .describe('Words for a checkbox besides yes y true on 1 and no n false off 0, in any letter case.'),
    picklistLabels: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether the labels of a picklist, in the language of the integration user, are read as its API values. If absent they are rejected.',
      ),
    timeZone: z
      .string()
      .max(MAX_NAME)
      .refine(isTimeZone, {
        error: issue => `unknown time zone ${JSON.stringify(issue.input)}; write it like Europe/Berlin`,
      })
      .default('UTC')
      .describe('IANA name; the zone of datetimes without an offset.'),
  },
  '{ dates: [dd.MM.yyyy] }',
)

const plan = strictShape(
  {
    values: z
      .boolean()
      .default(true)
      .describe('Whether plan.csv and plan.report.json have the old and the new values of fields that change.'),
  },
  '{ values: false }',
)

const keyField = z.union([name, z.array(name).min(1).max(MAX_KEY_FIELDS)], {
  error: `expected a field, or a list of at most ${MAX_KEY_FIELDS} such as [LastName, Email]`,
})

const match = strictShape(
  {
    where: z
      .string()
      .describe('The conditions of a WHERE clause; a record of the org that does not meet them counts as not found.'),
  },
  '{ where: "IsConverted = false" }',
)

/** A sync with the keys that each needs, for messages. */
export const SYNC_EXAMPLE =
  '{ connection: production, object: Contact, operation: create, source: { uri: "file:data/contacts.csv" }, fields: { LastName: last_name } }'

/** The shape alone; `parseSyncSpec` adds the rules between fields. */
export const syncSpecSchema = strictShape(
  {
    connection: name.describe('Name of a connection.'),
    object: name.describe('API name of the object, such as Contact or Invoice__c.'),
    operation,
    source: source(duration),
    keyField: keyField
      .exactOptional()
      .describe(
        'The field that finds the existing record on update and delete, and on create with existing: keep, or a list of fields that do so together; Id if absent and mapped.',
      ),
    match: match
      .exactOptional()
      .describe('Which records of the org update and delete may find, and create with existing: keep.'),
    externalIdField: name.exactOptional().describe('The External ID field for upsert.'),
    existing: z
      .enum(EXISTING_POLICIES, { error: 'expected keep or fill-blanks' })
      .exactOptional()
      .describe(
        'What happens to records that the org has already; if absent they are written as the operation says. keep, for create and upsert: they are not sent, and their outcome is unchanged. fill-blanks, for update and upsert: only fields are written that are blank in the org.',
      ),
    hardDelete: z
      .boolean()
      .default(false)
      .describe(
        'Whether deleted records skip the recycle bin, so that no one can restore them. Needs the permission Bulk API Hard Delete, and Bulk API 2.0.',
      ),
    fields: limitedRecord(
      z.record(name, fieldMapping, { error: 'expected a mapping such as { LastName: last_name }' }),
      MAX_FIELDS,
    ).describe('Salesforce field, or Relationship.ExternalIdField, to source column.'),
    parentRuns: z
      .record(name, z.string().min(1).max(MAX_NAME), { error: 'expected runs by sync such as { accounts: RUN }' })
      .exactOptional()
      .describe(
        'For fields with sync: the run of each of these syncs whose records are the parents. A flow sets it; if absent the sync runs in a flow only.',
      ),
    identityFields: z
      .array(columnName, { error: 'expected a list such as [email]' })
      .max(MAX_FIELDS, `expected at most ${MAX_FIELDS} columns`)
      .default([])
      .describe('Source columns that each result repeats, in this order.'),
    blank: z.enum(BLANK_POLICIES).default('ignore').describe('What a blank source value does.'),
    formats: formats.prefault({}).describe('How values of the source are written.'),
    maxRejected: integer(0, Number.MAX_SAFE_INTEGER)
      .exactOptional()
      .describe('Records that may be rejected before anything is sent; with more, the run fails. Unlimited if absent.'),
    engine: z
      .enum([...ENGINES, 'auto'])
      .default('auto')
      .describe('Bulk API 2.0, sObject Collections, or by the number of records.'),
    chunk,
    collections,
    concurrency: integer(1, 100).default(4).describe('Chunks in progress at a time.'),
    upload: z
      .enum(UPLOADS)
      .default('auto')
      .describe(
        'When chunks are uploaded to ingest jobs: with auto from the third chunk on while later rows are read, with after-checks after the last row. Salesforce processes none of them before the last row was checked.',
      ),
    groupBy: name
      .default('auto')
      .describe(
        'The mapped lookup by which the records of a bulk load are grouped, so that no two jobs lock the same parent; auto chooses a required lookup, or one to an account or a campaign; none keeps the order of the source.',
      ),
    resend: resend(duration),
    resultColumns: z
      .array(z.enum(EXTRA_RESULT_COLUMNS), { error: 'expected a list such as [row, id]' })
      .max(EXTRA_RESULT_COLUMNS.length, 'expected each column at most once')
      .default([])
      .describe('More columns in results.csv.'),
    escapeFormulas: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether results.csv has an apostrophe before values that a spreadsheet would read as a formula, those that begin with = + - or @.',
      ),
    limit: integer(1, Number.MAX_SAFE_INTEGER)
      .exactOptional()
      .describe('Only the first so many records of the source are loaded; the whole source is read.'),
    plan: plan.prefault({}).describe('What plan.csv has.'),
    send: z
      .enum(SENDS)
      .default('all')
      .describe(
        'Which records are sent; with changed, a record that the org already holds as it would be written is not sent, and its outcome is unchanged.',
      ),
    undo: z
      .boolean()
      .default(false)
      .describe('Whether the run keeps the values that it overwrites or deletes, so that it can be undone.'),
    missing: z
      .enum(MISSING_ACTIONS)
      .default('ignore')
      .describe('What happens to records of the org in the scope that the source does not have.'),
    scope: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        "The conditions of a WHERE clause: which records of the org the source is to have, such as Region__c = 'EMEA'. Not all records of the object.",
      ),
    maxDeleted: integer(0, Number.MAX_SAFE_INTEGER)
      .default(0)
      .describe('Missing records that may be deleted; with more, the run fails before anything is sent.'),
    missingFields: limitedRecord(
      z.record(name, strictShape({ value: scalarText.describe('The value of the field in each missing record.') }), {
        error: 'expected values such as { Active__c: { value: false } }',
      }),
      MAX_FIELDS,
    )
      .exactOptional()
      .describe('What missing: update writes into missing records: mapped fields, each with its value.'),
    duplicateRules,
    assignmentRule,
  },
  SYNC_EXAMPLE,
)

/** The same as a person writes it in sflink.yaml and on the command line: durations have a unit. */
export const writtenSyncSpecSchema = syncSpecSchema.extend({
  source: source(durationText),
  resend: resend(durationText),
})

/** A sync spec as a person or a service writes it. */
export type SyncSpecInput = z.input<typeof syncSpecSchema>

/** A sync spec with every default applied and every field named. */
export type SyncSpec = DeepReadonly<z.output<typeof syncSpecSchema>>
export type BlankPolicy = SyncSpec['blank']
export type ExistingPolicy = NonNullable<SyncSpec['existing']>
export type ValueFormats = SyncSpec['formats']
