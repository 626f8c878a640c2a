// What a run reports: the result of every record, and the report of the whole run.
import { z } from 'zod'
import { ENCODINGS } from './encodings.ts'
import { ENGINES, OPERATIONS, RUN_OUTCOMES } from './operations.ts'
import { count, type DeepReadonly, utcTime } from './scalars.ts'
import { READ_FORMATS } from './sourceSpec.ts'
import { changedFieldSchema, verdictCountsSchema } from './verdicts.ts'

/** Outcome of one source record. */
export const RECORD_OUTCOMES = ['created', 'updated', 'deleted', 'unchanged', 'failed', 'in_doubt'] as const

export const recordResultSchema = z.object({
  row: z.int().min(1).describe('Number of the record in the source, from 1'),
  operation: z.enum([...OPERATIONS, '']).describe('Empty when the source names no valid operation'),
  outcome: z
    .enum(RECORD_OUTCOMES)
    .describe(
      'unchanged: the org already has these values, or existing leaves its record as it is, so the record was not sent; in_doubt: unknown, and never sent again on its own',
    ),
  id: z.string().describe('Salesforce record Id; empty if there is none'),
  errorCode: z.string().describe('Salesforce status code, or a code of Salesforce Link; empty on success'),
  errorMessage: z.string().describe("Salesforce's own words; empty on success"),
  timestamp: utcTime,
  identity: z.array(z.string()).describe('Values of the identity fields, in the order of the sync'),
})
export type RecordResult = DeepReadonly<z.output<typeof recordResultSchema>>

export const tallySchema = z.object({
  created: count.describe('Records created'),
  updated: count.describe('Records updated'),
  deleted: count.describe('Records deleted'),
  unchanged: count.describe(
    'Records that the org already has with these values, or that existing leaves as they are; they were not sent',
  ),
  failed: count.describe('Records rejected'),
  inDoubt: count.describe('Records whose outcome is unknown'),
})
/** Records by outcome. */
export type Tally = Readonly<z.output<typeof tallySchema>>

export const errorCountSchema = z.object({
  errorCode: z.string().describe('Salesforce status code, or a code of Salesforce Link'),
  count: count.describe('Records with this error'),
  exampleRow: count.describe('Number of one of them in the source, from 1'),
  exampleMessage: z.string().describe('Its message, without values of the record'),
})
/** The number of records rejected for one reason, with the first of them as an example. */
export type ErrorCount = Readonly<z.output<typeof errorCountSchema>>

export type RunOutcome = (typeof RUN_OUTCOMES)[number]

/** Why a run loaded nothing by choice: no source, or the source of the last completed run. */
export const skippedSchema = z.object({
  reason: z.enum(['missing', 'unchanged']).describe('No source, or that of the last completed run'),
  message: z.string().describe('The reason in words'),
  loadedBy: z.string().exactOptional().describe('The last completed run, which has loaded the same source'),
})
export type SkippedRun = Readonly<z.output<typeof skippedSchema>>

const ENCODING_DECISIONS = ['declared', 'byte order mark', 'detected', 'guessed'] as const
const DELIMITER_DECISIONS = ['declared', 'detected'] as const

const textReadingSchema = z.object({
  encoding: z.enum(ENCODINGS).describe('Name of the WHATWG Encoding Standard'),
  encodingBy: z
    .enum(ENCODING_DECISIONS)
    .describe('detected: the bytes prove it; guessed: they do not, so that letters may be wrong'),
  samples: z
    .array(z.string())
    .describe(
      'Up to 5 words with letters beyond ASCII, where the encoding is declared or guessed and the bytes do not prove it',
    ),
  delimiter: z.string().describe('One character'),
  delimiterBy: z.enum(DELIMITER_DECISIONS).describe('Whether the sync declares it'),
})
export type TextReading = DeepReadonly<z.output<typeof textReadingSchema>>

/** How the source was read. */
export const sourceReadingSchema = z.object({
  source: z.string().describe('Its file or address, without a signature'),
  format: z.enum(READ_FORMATS).describe('The format of the file, or the kind of the database'),
  text: textReadingSchema.exactOptional().describe('Present for CSV'),
  emptyRows: count.describe('Rows without a value; they were passed over and are not records'),
  files: z
    .array(z.object({ source: z.string().describe('One of its files'), text: textReadingSchema }))
    .exactOptional()
    .describe('CSV files that a pattern matches or SQL reads, at most 20 of them, guessed encodings first'),
  notes: z.array(z.string()).exactOptional().describe('What else to know, such as hidden rows of a workbook'),
})
export type SourceReading = DeepReadonly<z.output<typeof sourceReadingSchema>>

export const runOperation = z
  .union([z.enum(OPERATIONS), z.object({ column: z.string().describe('A column of the source') })])
  .describe('For every record, or the column that names it per record')

export const missingReportSchema = z.object({
  action: z.enum(['report', 'delete', 'update']).describe('What the sync does with them'),
  found: count.describe('Records of the org in the scope that the source does not have'),
  inScope: count.describe('Records of the org in the scope'),
  file: z.string().exactOptional().describe('missing.csv, where they are only reported'),
})
/** The records of a scope that a source does not have. */
export type MissingReport = Readonly<z.output<typeof missingReportSchema>>

const comparedReportSchema = z.object({
  verdicts: verdictCountsSchema.describe('Records by verdict'),
  changedFields: z.array(changedFieldSchema).describe('The fields that updates change, the most frequent first'),
})
export type ComparedReport = DeepReadonly<z.output<typeof comparedReportSchema>>

export const runReportSchema = z.object({
  runId: z.string().describe('Names the run in the run store'),
  outcome: z.enum(RUN_OUTCOMES).describe('How the run ended'),
  retryOf: z.string().exactOptional().describe('The run whose failed records were loaded again'),
  undoOf: z.string().exactOptional().describe('The run that was undone'),
  skipped: skippedSchema.exactOptional().describe('Present when the outcome is skipped'),
  connection: z.string().describe('Name of the connection'),
  object: z.string().describe('API name of the object'),
  operation: runOperation,
  engine: z.enum(ENGINES).describe('Bulk API 2.0 or sObject Collections'),
  records: count.describe('Records in the source, and missing ones that are changed; results.csv has as many results'),
  compared: comparedReportSchema
    .exactOptional()
    .describe('What the org held before anything was sent; of a run that compares'),
  missing: missingReportSchema
    .exactOptional()
    .describe('Present when the sync looks for records that the source does not have'),
  tally: tallySchema.describe('Records by outcome'),
  reading: sourceReadingSchema.exactOptional().describe('How the file was read; absent for inline records'),
  errors: z.array(errorCountSchema).describe('The most frequent first'),
  files: z
    .object({
      results: z.string().describe('results.csv'),
      rejected: z.string().exactOptional().describe('rejected.csv'),
      inDoubt: z.string().exactOptional().describe('in_doubt.csv'),
      report: z.string().describe('report.json'),
    })
    .describe('Paths or URIs; absent files were not written'),
  startedAt: utcTime,
  finishedAt: utcTime,
  warnings: z.array(z.string()).describe('What is to be checked'),
  results: z
    .array(recordResultSchema)
    .exactOptional()
    .describe('In source order; if requested, and for up to 200 records'),
})
export type RunReport = DeepReadonly<z.output<typeof runReportSchema>>

/** Maximum of records whose results a report carries: they must fit into a Temporal payload. */
export const MAX_INLINE_RESULTS = 200
