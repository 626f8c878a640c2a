// What a run reports: the result of every record, and the report of the whole run.
import { z } from 'zod'
import { ENCODINGS } from './encodings.ts'
import { ENGINES, OPERATIONS } from './operations.ts'
import { count, type DeepReadonly, utcTime } from './scalars.ts'

/** Outcome of one source record. */
const RECORD_OUTCOMES = ['created', 'updated', 'failed', 'in_doubt'] as const

export const recordResultSchema = z.object({
  row: z.int().min(1).describe('Number of the record in the source, from 1'),
  operation: z.enum([...OPERATIONS, '']).describe('Empty when the source names no valid operation'),
  outcome: z.enum(RECORD_OUTCOMES),
  id: z.string().describe('Salesforce record Id; empty if there is none'),
  errorCode: z.string().describe('Salesforce status code, or a code of Salesforce Link; empty on success'),
  errorMessage: z.string().describe("Salesforce's own words; empty on success"),
  timestamp: utcTime,
  identity: z.array(z.string()).describe('Values of the identity fields, in the order of the sync'),
})
export type RecordResult = DeepReadonly<z.output<typeof recordResultSchema>>

export const tallySchema = z.object({ created: count, updated: count, failed: count, inDoubt: count })
/** Records by outcome. */
export type Tally = Readonly<z.output<typeof tallySchema>>

export const errorCountSchema = z.object({
  errorCode: z.string(),
  count,
  exampleRow: count,
  exampleMessage: z.string(),
})
/** The number of records rejected for one reason, with the first of them as an example. */
export type ErrorCount = Readonly<z.output<typeof errorCountSchema>>

export const RUN_OUTCOMES = ['completed', 'completed_with_rejected', 'skipped', 'cancelled', 'failed'] as const
export type RunOutcome = (typeof RUN_OUTCOMES)[number]

/** Why a run loaded nothing by choice: no source, or the source of the last completed run. */
const skippedSchema = z.object({ reason: z.enum(['missing', 'unchanged']), message: z.string() })
export type SkippedRun = Readonly<z.output<typeof skippedSchema>>

const ENCODING_DECISIONS = ['declared', 'byte order mark', 'detected', 'guessed'] as const
const DELIMITER_DECISIONS = ['declared', 'detected'] as const

/** How the file of a source was read. */
export const sourceReadingSchema = z.object({
  source: z.string().describe('Its file or address, without a signature'),
  encoding: z.enum(ENCODINGS),
  encodingBy: z
    .enum(ENCODING_DECISIONS)
    .describe('detected: the bytes prove it; guessed: they do not, so that letters may be wrong'),
  samples: z
    .array(z.string())
    .describe(
      'Up to 5 words with letters beyond ASCII, where the encoding is declared or guessed and the bytes do not prove it',
    ),
  delimiter: z.string(),
  delimiterBy: z.enum(DELIMITER_DECISIONS),
  emptyRows: count.describe('Rows without a value; they were passed over and are not records'),
})
export type SourceReading = DeepReadonly<z.output<typeof sourceReadingSchema>>

export const runReportSchema = z.object({
  runId: z.string(),
  outcome: z.enum(RUN_OUTCOMES),
  skipped: skippedSchema.exactOptional().describe('Present when the outcome is skipped'),
  connection: z.string(),
  object: z.string(),
  operation: z.union([z.enum(OPERATIONS), z.object({ column: z.string() })]),
  engine: z.enum(ENGINES),
  records: count.describe('Records in the source; results.csv has as many results'),
  tally: tallySchema,
  reading: sourceReadingSchema.exactOptional().describe('How the file was read; absent for inline records'),
  errors: z.array(errorCountSchema).describe('The most frequent first'),
  files: z
    .object({
      results: z.string(),
      rejected: z.string().exactOptional(),
      inDoubt: z.string().exactOptional(),
      report: z.string(),
    })
    .describe('Paths or URIs; absent files were not written'),
  startedAt: utcTime,
  finishedAt: utcTime,
  warnings: z.array(z.string()),
  results: z
    .array(recordResultSchema)
    .exactOptional()
    .describe('In source order; if requested, and for up to 200 records'),
})
export type RunReport = DeepReadonly<z.output<typeof runReportSchema>>

/** Maximum of records whose results a report carries: they must fit into a Temporal payload. */
export const MAX_INLINE_RESULTS = 200
