// Where the records of a load come from, as a person writes it under `source:` of a sync or a service sends it.
import { z } from 'zod'
import { ENCODINGS, type Encoding, encodingOf } from './encodings.ts'
import { strictShape } from './issues.ts'
import { nearestName } from './nearestName.ts'
import { MAX_INLINE_BYTES } from './operations.ts'
import { type DeepReadonly, type Duration, limitedRecord, plainText, scalarText, tableProblem } from './scalars.ts'

/** What a run without a source does. */
const MISSING_POLICIES = ['fail', 'skip'] as const

/** What a run does whose source is byte for byte that of the sync's last completed run. */
const UNCHANGED_POLICIES = ['load', 'skip', 'fail'] as const

/** How the bytes of a source are read. */
const SOURCE_FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'parquet'] as const
export type SourceFormat = (typeof SOURCE_FORMATS)[number]

/** How a source is read: as a file of some format, or as rows of a database. */
export const READ_FORMATS = [...SOURCE_FORMATS, 'postgresql'] as const
export type ReadFormat = (typeof READ_FORMATS)[number]

/** Characters; a presigned address holds a token. */
const MAX_URI = 8_000

/** Of Excel; other programs allow longer names. */
const MAX_SHEET_NAME = 255
/** Of Excel. */
const MAX_ROW = 1_048_576

/** Characters of the path of the records in a JSON document. */
const MAX_RECORDS_PATH = 1_000

/** Characters; the workflow's history holds it. */
const MAX_QUERY = 100_000

const MAX_TABLES = 20

const tableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a name of letters, digits and _, such as countries')
  .max(60)

/** Any label of the WHATWG Encoding Standard, as the encoding that it names. */
const encoding = z
  .string()
  .min(1)
  .max(100)
  .transform((label, context): Encoding => {
    const found = encodingOf(label)
    if (found !== undefined) return found
    const nearest = nearestName(label, ENCODINGS)
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
    context.addIssue(`expected one of ${ENCODINGS.join(', ')}; given ${JSON.stringify(label)}${hint}`)
    return z.NEVER
  })
  .describe(
    'Any label of the WHATWG Encoding Standard, such as windows-1250; detected if absent. A byte order mark wins.',
  )

/** What happens to a row with fewer values than the header has names. */
const SHORT_ROWS = ['reject', 'fill'] as const

const fileSource = (time: Duration) =>
  strictShape({
    uri: z
      .string()
      .min(1)
      .max(MAX_URI)
      .describe(
        'file:, s3: or https: URI inside one of the data directories, file: relative to the configuration; or database: and a name under databases.',
      ),
    format: z
      .enum(SOURCE_FORMATS)
      .exactOptional()
      .describe('How the file is read; if absent, by the extension of its name, else csv.'),
    delimiter: z
      .string()
      .length(1, 'expected one character in double quotes, such as ";" or "\\t"')
      .exactOptional()
      .describe('One character; detected from the header and the first records if absent.'),
    encoding: encoding.exactOptional(),
    sheet: z
      .string()
      .min(1)
      .max(MAX_SHEET_NAME)
      .exactOptional()
      .describe('With xlsx: the name of the sheet; if absent, the only visible sheet with rows.'),
    headerRow: z
      .int()
      .min(1)
      .max(MAX_ROW)
      .exactOptional()
      .describe('With xlsx: the row of the column names, from 1; if absent, the first row with a value.'),
    records: z
      .string()
      .min(1)
      .max(MAX_RECORDS_PATH)
      .exactOptional()
      .describe('With JSON: the path of the array in the document, such as data.contacts.'),
    query: z
      .string()
      .min(1)
      .max(MAX_QUERY)
      .exactOptional()
      .describe('With database: one SELECT whose rows are the records. May have {date} and other placeholders.'),
    table: z
      .string()
      .regex(/^[^."]+(\.[^."]+)?$/, 'expected the name of a table, such as contacts or public.contacts')
      .max(200)
      .exactOptional()
      .describe('With database: the table or view whose rows are the records, such as public.contacts.'),
    sql: z
      .string()
      .min(1)
      .max(MAX_QUERY)
      .exactOptional()
      .describe('One SELECT over the table source; its rows are the records. May have {date} and other placeholders.'),
    tables: limitedRecord(z.record(tableName, z.string().min(1).max(MAX_URI)), MAX_TABLES)
      .exactOptional()
      .describe('With sql: further files by the names of their tables, such as {countries: file:data/countries.csv}.'),
    shortRows: z
      .enum(SHORT_ROWS)
      .default('reject')
      .describe(
        'A row with fewer values than columns: reject it (it may be cut), or fill it with blank values at its end.',
      ),
    blankValues: z
      .array(z.string().min(1).max(100))
      .max(100)
      .default([])
      .describe(String.raw`Values that count as blank, such as \N or NULL.`),
    waitFor: time
      .exactOptional()
      .describe('How long the source may arrive after the scheduled time (or the start of the run), such as 2h.'),
    // Longer than an upload pauses.
    stableFor: time
      .default(30_000)
      .describe('With waitFor: how long the source must stay unchanged before it counts as complete.'),
    missing: z.enum(MISSING_POLICIES).default('fail').describe('What a run without a source does.'),
    // Many sources do not change every night, and loading one again does no harm; the report warns.
    unchanged: z
      .enum(UNCHANGED_POLICIES)
      .default('load')
      .describe('What a run does whose source is byte for byte that of the last completed run.'),
  })

const inlineRecords = z
  .array(z.record(plainText, scalarText.nullable()))
  .transform(records => records.map(withoutNulls))
  .superRefine((records, context) => {
    const problem = tableProblem(
      records,
      bytes => `has ${bytes} bytes; the maximum is ${MAX_INLINE_BYTES}; put the records into a file and give its uri`,
    )
    if (problem !== undefined) context.addIssue(problem)
  })
  .describe('The records themselves, at most 1 MB; null is a blank value.')

const inlineSource = strictShape({ inline: inlineRecords })

/** @param time of a duration: a person writes it with a unit */
export const source = (time: Duration) =>
  z
    .union([fileSource(time), inlineSource], { error: 'expected {uri: file:data/contacts.csv} or {inline: [records]}' })
    .describe('The file to load, or the records themselves.')

export type SourceSpec = DeepReadonly<z.output<ReturnType<typeof source>>>
/** A source that is read from outside the run, not given inline. */
export type ExternalSource = Extract<SourceSpec, { readonly uri: string }>
type InlineSource = Extract<SourceSpec, { readonly inline: unknown }>
/** What says where an external source is and how it is read. */
export type OpenedExternal = Pick<ExternalSource, 'uri'> &
  Partial<
    Pick<
      ExternalSource,
      | 'format'
      | 'delimiter'
      | 'encoding'
      | 'sheet'
      | 'headerRow'
      | 'records'
      | 'query'
      | 'table'
      | 'sql'
      | 'tables'
      | 'shortRows'
    >
  >
export type OpenedSource = OpenedExternal | InlineSource
/** One source record as text by column name; a column may be absent. */
export type SourceRecord = InlineSource['inline'][number]

const withoutNulls = (record: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([column, value]) => [column, value ?? '']))
