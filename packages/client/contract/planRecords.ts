// The workflow `planRecords`: what a load would do to each record, before anything is sent.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { ENGINES } from './operations.ts'
import { errorCountSchema, missingReportSchema, runOperation, skippedSchema, sourceReadingSchema } from './runReport.ts'
import { count, type DeepReadonly, optional, utcTime } from './scalars.ts'
import { runSettings, syncName, undoOf } from './syncRecords.ts'
import { changedFieldSchema, type Verdict, type VerdictCounts, verdictCountsSchema } from './verdicts.ts'

/** What the workflow checks itself. The sync spec is checked when it is resolved, with the sync that it changes. */
export const planRecordsInputSchema = strictShape({
  sync: optional(syncName),
  spec: optional(z.record(z.string(), z.unknown())),
  ...runSettings,
  undoOf: optional(undoOf),
})
export type PlanRecordsInput = Readonly<z.output<typeof planRecordsInputSchema>>

/** Verdicts of records that would be sent. */
export const CHANGES = ['create', 'update', 'delete'] as const satisfies readonly Verdict[]

/** Records that a load would send. */
export const pendingChanges = (verdicts: VerdictCounts | undefined): number =>
  CHANGES.reduce((sum, change) => sum + (verdicts?.[change] ?? 0), 0)

const fieldChange = z.object({
  field: z.string().describe('API name of the field'),
  old: z.string().exactOptional().describe('As the org holds it; absent for a create'),
  new: z.string().exactOptional().describe('As it would be written; absent for a delete'),
})

const plannedChangeSchema = z.object({
  row: z.int().min(1).describe('Number of the record in the source, from 1'),
  verdict: z.enum(CHANGES).describe('What the load would do to it'),
  id: z.string().describe('Salesforce record Id; empty for a create'),
  identity: z.array(z.string()).describe('Values of the identity fields, in the order of the sync'),
  fields: z.array(fieldChange).describe('The fields that change'),
})
/** A change of one record, with its values. */
export type PlannedChange = DeepReadonly<z.output<typeof plannedChangeSchema>>

const PLAN_OUTCOMES = ['planned', 'skipped'] as const

export const planReportSchema = z.object({
  runId: z.string().describe('Names the plan, and the run that applies it, in the run store'),
  outcome: z.enum(PLAN_OUTCOMES).describe('skipped: there is nothing to load'),
  skipped: skippedSchema.exactOptional().describe('Present when the outcome is skipped'),
  records: count.describe('Records that were read from the source; plan.csv has as many lines'),
  missing: missingReportSchema
    .exactOptional()
    .describe('Present when the sync looks for records that the source does not have'),
  verdicts: verdictCountsSchema.describe('Records by verdict'),
  changedFields: z.array(changedFieldSchema).describe('The fields that updates change, the most frequent first'),
  errors: z.array(errorCountSchema).describe('Why records are rejected or ambiguous, the most frequent first'),
  changes: z
    .array(plannedChangeSchema)
    .exactOptional()
    .describe(
      'The first changes, up to 20, in source order. Absent with plan.values: false; the workflow returns them if inlineResults is set',
    ),
  files: z
    .object({ plan: z.string().exactOptional().describe('plan.csv'), report: z.string().describe('plan.report.json') })
    .describe('Paths or URIs; absent files were not written'),
  connection: z.string().describe('Name of the connection'),
  object: z.string().describe('API name of the object'),
  operation: runOperation,
  engine: z.enum(ENGINES).exactOptional().describe('Through which the records would be sent'),
  reading: sourceReadingSchema.exactOptional().describe('How the file was read; absent for inline records'),
  startedAt: utcTime,
  finishedAt: utcTime,
  warnings: z.array(z.string()).describe('What is to be checked'),
})
export type PlanReport = DeepReadonly<z.output<typeof planReportSchema>>
