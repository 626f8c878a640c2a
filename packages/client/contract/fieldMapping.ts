// The mapping of one field, as a person writes it under `fields:` of a sync.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { type DeepReadonly, limitedRecord, MAX_NAME, name, scalarText } from './scalars.ts'

/** Characters of a column's name; surveys have whole questions as names. */
const MAX_COLUMN_NAME = 1_000

/** Fields that find a record together. */
export const MAX_KEY_FIELDS = 10

/** Characters; no text field of Salesforce accepts more. */
const MAX_VALUE = 131_072

export const columnName = z
  .string()
  .min(1)
  .max(MAX_COLUMN_NAME)
  .describe('A column of the source, as its header spells it.')

/** Entries of one value map, and bytes of all maps of a sync as JSON: each worker that sends records reads them, and inputs have them. */
export const MAX_LISTED = 5_000
export const MAX_LISTED_BYTES = 256_000

/** What happens to a value that `values` does not list. */
const UNLISTED_ACTIONS = ['reject', 'keep'] as const

const fieldText = scalarText.refine(
  value => value.length <= MAX_VALUE,
  `is longer than ${MAX_VALUE} characters, the longest text of Salesforce`,
)

const mappedColumn = strictShape({
  column: columnName,
  values: limitedRecord(
    z.record(z.string().min(1, 'is blank; give default for blank cells').max(MAX_COLUMN_NAME), fieldText, {
      error: 'expected values such as { Herr: Mr., Frau: Ms. }',
    }),
    MAX_LISTED,
    'put them into a file, and join it by source.sql and source.tables',
  )
    .exactOptional()
    .describe('The value of the field by the value of the column; an empty text is a blank value.'),
  unlisted: z
    .union([z.enum(UNLISTED_ACTIONS), strictShape({ value: fieldText.describe('The value of the field.') })], {
      error: 'expected reject, keep or {value: TEXT}',
    })
    .exactOptional()
    .describe(
      'With values: what happens to a value that they do not list. If absent its record is rejected; keep reads it as it is; {value: TEXT} replaces it.',
    ),
  default: fieldText.exactOptional().describe('The value of the field where the cell is blank.'),
  separator: z
    .string()
    .min(1)
    .max(10)
    .exactOptional()
    .describe('Of a multi-select picklist: what separates the values of a cell; a semicolon if absent.'),
})

/** One or several names; several as one list. */
const listOf = (one: z.ZodType<string, string>, most: number, example: string) =>
  z
    .union([one, z.array(one).min(1).max(most)], {
      error: `expected a name, or a list of at most ${most} such as ${example}`,
    })
    .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given))

const fromColumns = listOf(columnName, MAX_KEY_FIELDS, '[last, mail]').describe(
  'The columns whose values find the parent, in the order of by.',
)

/** What happens to a record whose parent is not found. */
const NONE_ACTIONS = ['reject', 'blank'] as const

const none = z
  .enum(NONE_ACTIONS)
  .default('reject')
  .describe('What happens to a record whose parent is not found: it is rejected, or its field is blank.')

/** Objects that one lookup may search, one after the other. */
const MAX_LOOKUP_OBJECTS = 5

/** Which of several parents is taken. */
const MANY_ACTIONS = ['reject', 'first'] as const

const lookupMapping = strictShape({
  lookup: listOf(name, MAX_LOOKUP_OBJECTS, '[Contact, Lead]').describe(
    'The object of the parent, or several: the first one that has it counts.',
  ),
  by: listOf(name, MAX_KEY_FIELDS, '[LastName, Email]').describe('The fields of the parent that find it together.'),
  from: fromColumns,
  where: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The conditions of a WHERE clause; a record that does not meet them is no parent.'),
  none,
  many: z
    .enum(MANY_ACTIONS)
    .default('reject')
    .describe('What happens when several parents are found: the record is rejected, or gets the oldest of them.'),
})

/** The value of `sync` for a row of the same source. */
export const SELF = 'self'

const syncMapping = strictShape({
  sync: name
    .max(MAX_NAME)
    .describe('The sync whose run wrote the parent; self for a row of the same source, loaded before this one.'),
  by: listOf(columnName, MAX_KEY_FIELDS, '[last, mail]')
    .exactOptional()
    .describe("Columns of that sync's source; if absent its only identity field."),
  from: fromColumns,
  none,
})

const fileMapping = strictShape({
  file: columnName.describe(
    'The column with the path of a file, or its file: or s3: URI, inside dataDirectories; a path is relative to the directory of the source.',
  ),
})

const base64Mapping = strictShape({ base64: columnName.describe('The column with the content of a file in base64.') })

export const fieldMapping = z
  .union(
    [
      z
        .string()
        .min(1)
        .max(MAX_COLUMN_NAME)
        .transform((column): z.output<typeof mappedColumn> => ({ column })),
      mappedColumn,
      lookupMapping,
      syncMapping,
      fileMapping,
      base64Mapping,
      strictShape({ value: fieldText.describe('The value for every record.') }),
    ],
    {
      error:
        'expected a source column, {column: NAME}, {value: TEXT}, {lookup: OBJECT, by: FIELD, from: COLUMN}, {sync: NAME, by: COLUMN, from: COLUMN}, {file: COLUMN} or {base64: COLUMN}',
    },
  )
  .describe(
    'A source column, the same value for every record, the parent that values of the source find, or the content of a file.',
  )

export type FieldMapping = DeepReadonly<z.output<typeof fieldMapping>>
export type ColumnMapping = Extract<FieldMapping, { readonly column: string }>
/** The parent that values of the source find. */
export type ParentMapping = Extract<FieldMapping, { readonly from: readonly string[] }>
export type LookupMapping = Extract<ParentMapping, { readonly lookup: readonly string[] }>
export type SyncMapping = Extract<ParentMapping, { readonly sync: string }>
/** The content of a file. */
export type FileMapping = Extract<FieldMapping, { readonly file: string } | { readonly base64: string }>

/** The columns of the source that a mapping reads. */
export function sourceColumns(mapping: FieldMapping): readonly string[] {
  if ('from' in mapping) return mapping.from
  if (isFileMapping(mapping)) return [fileColumn(mapping)]
  return 'column' in mapping ? [mapping.column] : []
}

export const isFileMapping = (mapping: FieldMapping): mapping is FileMapping => 'file' in mapping || 'base64' in mapping

export const fileColumn = (mapping: FileMapping): string => ('file' in mapping ? mapping.file : mapping.base64)
