import { z } from 'zod'
import { isTimeZone } from '../../../loader/values/timeZone.ts'
import {
  DEFAULT_BLANK,
  DEFAULT_CHUNK,
  DEFAULT_CONCURRENCY,
  DEFAULT_ENGINE,
  DEFAULT_FORMATS,
  DEFAULT_MISSING,
  DEFAULT_RESEND,
  DEFAULT_STABLE_FOR,
  DEFAULT_UNCHANGED,
} from './defaults.ts'
import { duration, integer, scalarText } from './scalars.ts'
import { strictShape } from './strictShape.ts'
import {
  BLANK_POLICIES,
  ENCODINGS,
  ENGINES,
  EXTRA_RESULT_COLUMNS,
  MISSING_POLICIES,
  OPERATIONS,
  UNCHANGED_POLICIES,
} from './syncSpec.ts'

// The spec that a person writes under `syncs:`, or that a service sends as input. Parsing it returns a SyncSpec with every default.

const columnName = z.string().min(1).describe('A column of the source, as its header spells it.')

const columnReference = strictShape({ column: columnName })

const operation = z
  .union([z.enum(OPERATIONS), columnReference], {
    error: 'expected create, update, upsert or {column: NAME}',
  })
  .describe('The operation for every record, or the source column that holds the operation of each record.')

const fieldMapping = z
  .union(
    [
      z
        .string()
        .min(1)
        .transform(column => ({ column })),
      columnReference,
      strictShape({ value: scalarText }),
    ],
    { error: 'expected a source column, {column: NAME} or {value: TEXT}' },
  )
  .describe('A source column, or the same value for every record.')

const csvSource = strictShape({
  uri: z.string().min(1).describe('file:, s3: or https: URI, inside one of the data directories.'),
  delimiter: z.string().length(1).exactOptional().describe('One character; detected when absent.'),
  encoding: z.enum(ENCODINGS).exactOptional().describe('Detected when absent.'),
  waitFor: duration.exactOptional().describe('How long after the scheduled time the source may arrive, like 2h.'),
  stableFor: duration
    .default(DEFAULT_STABLE_FOR)
    .describe('How long a source that may arrive late must stay unchanged to count as complete.'),
  missing: z.enum(MISSING_POLICIES).default(DEFAULT_MISSING).describe('What a run does when its source is missing.'),
  unchanged: z
    .enum(UNCHANGED_POLICIES)
    .default(DEFAULT_UNCHANGED)
    .describe('What a run does when its source is identical to the last one.'),
})

const inlineSource = strictShape({
  inline: z
    .array(z.record(z.string(), scalarText.nullable()))
    .transform(records => records.map(withoutNulls))
    .describe('The records themselves, at most 1 MB; null is a blank value.'),
})

const formats = strictShape({
  dates: z.array(z.string().min(1)).default([...DEFAULT_FORMATS.dates]),
  decimalSeparator: z.enum(['.', ',']).default(DEFAULT_FORMATS.decimalSeparator),
  timeZone: z
    .string()
    .refine(isTimeZone, {
      error: issue => `unknown time zone ${JSON.stringify(issue.input)}; write it like Europe/Berlin`,
    })
    .default(DEFAULT_FORMATS.timeZone),
})

const chunk = strictShape({
  bulkRecords: integer(1, 150_000_000).default(DEFAULT_CHUNK.bulkRecords),
  bulkBytes: integer(10_000, 100_000_000).default(DEFAULT_CHUNK.bulkBytes),
  collectionsRecords: integer(1, 100_000).default(DEFAULT_CHUNK.collectionsRecords),
})

const resend = strictShape({
  maxAttempts: integer(1, 20).default(DEFAULT_RESEND.maxAttempts),
  delay: duration.default(DEFAULT_RESEND.delay),
  lostAnswerWait: duration.default(DEFAULT_RESEND.lostAnswerWait),
})

/** The shape; `parseSyncSpec` adds the rules between fields. Also the source of the published JSON Schema. */
export const syncSpecShape = strictShape({
  connection: z.string().min(1).describe('Name of a connection.'),
  object: z.string().min(1).describe('API name of the object, such as Contact or Invoice__c.'),
  operation,
  source: z.union([csvSource, inlineSource], { error: 'expected {uri: file:…} or {inline: [records]}' }),
  keyField: z.string().min(1).exactOptional().describe('The field that finds the record to update; Id when mapped.'),
  externalIdField: z.string().min(1).exactOptional().describe('The External ID field for upsert.'),
  fields: z.record(z.string().min(1), fieldMapping).describe('Salesforce field to source column.'),
  identityFields: z.array(columnName).default([]).describe('Source columns echoed in each result.'),
  blank: z.enum(BLANK_POLICIES).default(DEFAULT_BLANK).describe('What a blank source value does.'),
  formats: formats.prefault({}),
  maxRejected: integer(0, Number.MAX_SAFE_INTEGER)
    .exactOptional()
    .describe('Largest number of rejected records before the run fails with nothing sent.'),
  engine: z.enum([...ENGINES, 'auto']).default(DEFAULT_ENGINE),
  chunk: chunk.prefault({}),
  concurrency: integer(1, 100).default(DEFAULT_CONCURRENCY).describe('Chunks processed at a time.'),
  resend: resend.prefault({}),
  resultColumns: z.array(z.enum(EXTRA_RESULT_COLUMNS)).default([]).describe('Additional columns in results.csv.'),
  assignmentRules: z.boolean().default(false).describe('Whether assignment rules run (Lead, Case).'),
})

/** A sync spec as a person or a service writes it. */
export type SyncSpecInput = z.input<typeof syncSpecShape>

function withoutNulls(record: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([column, value]) => [column, value ?? '']))
}
