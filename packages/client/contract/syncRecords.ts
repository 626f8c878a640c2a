// The workflow `syncRecords`: loads a source.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { pausedSchema } from './runControl.ts'
import { sourceReadingSchema, tallySchema } from './runReport.ts'
import { count, type DeepReadonly, MAX_NAME, name, optional, utcTime } from './scalars.ts'

export const syncName = name.describe("Name of a sync in the worker's configuration")

/** Characters; the run store names directories by it. */
const MAX_RUN_ID = 200

const runId = z.string().max(MAX_RUN_ID)

export const retryOf = runId.describe(
  'A run of the run store that has ended: its failed records are loaded again, by its own spec. Those in doubt are searched for first. Leave out spec',
)

export const undoOf = runId.describe(
  'A run of the run store that has ended, with undo: true if it overwrote or deleted records: what it wrote is taken back, where the org still holds it. Leave out spec',
)

/** What an input may set beside the sync. */
export const runSettings = {
  runId: optional(
    runId.describe(
      'Names the run in the run store; a run started again under the same name continues and sends nothing twice. ' +
        'NAME.LABEL of a configured sync belongs to the workflow sync/NAME/LABEL. Default: NAME.LABEL when the workflow id is sync/NAME/LABEL, else the id of the first execution',
    ),
  ),
  scheduledTime: optional(
    z
      .string()
      .max(MAX_NAME)
      .describe(
        'ISO 8601 with an offset, such as 2026-11-25T01:00:00Z: fills {date} and the other placeholders in the source. ' +
          'Default: the time for which a Temporal schedule started the workflow',
      ),
  ),
  timeZone: optional(
    z
      .string()
      .max(MAX_NAME)
      .describe(
        "IANA name of the zone in which the scheduled time is read. Default: that of the sync's schedule, else UTC",
      ),
  ),
  inlineResults: optional(
    z
      .boolean()
      .describe(
        'Whether the report carries the result of every record, up to 200; only for the workflow that began the run. ' +
          'Default: true for an inline source, else false',
      ),
  ),
}

/** Names the plan that a run applies. */
export const plan = z
  .string()
  .min(1)
  .max(MAX_RUN_ID)
  .describe(
    'A run of planRecords: the load applies exactly this plan, under its run id. A record that has changed in the org since is rejected (PLAN_STALE). ' +
      'The plan has the spec and the source: leave out spec, scheduledTime and timeZone',
  )

/** What the workflow checks itself. The sync spec is checked when it is resolved, with the sync that it changes. */
export const syncRecordsInputSchema = strictShape({
  sync: optional(syncName),
  spec: optional(z.record(z.string(), z.unknown())),
  plan: optional(plan),
  ...runSettings,
  retryOf: optional(retryOf),
  undoOf: optional(undoOf),
})
export type SyncRecordsInput = Readonly<z.output<typeof syncRecordsInputSchema>>

const SYNC_STAGES = [
  'waiting',
  'connecting',
  'planning',
  'staging',
  'matching',
  'sending',
  'aggregating',
  'done',
] as const
export type SyncStage = (typeof SYNC_STAGES)[number]

/** Answer of the query `progress`. Records are 0 until the source has been read. */
export const syncProgressSchema = z.object({
  runId: z.string().describe('Names the run in the run store'),
  stage: z.enum(SYNC_STAGES).describe('What the run is doing'),
  records: count.describe('Records in the source; 0 until it has been read'),
  settled: count.describe('Records that have their result'),
  ...tallySchema.shape,
  chunks: count.describe('Parts that are sent one by one'),
  chunksDone: count.describe('Parts that are settled'),
  reading: sourceReadingSchema.exactOptional().describe('How the file was read, once it was'),
  warnings: z
    .array(z.string())
    .exactOptional()
    .describe('What is to be known of the source before its records are sent'),
  overBudget: z
    .string()
    .exactOptional()
    .describe('What the run waits for, in words, while it is over the budget of its org'),
  paused: pausedSchema.exactOptional().describe('Present while the run is paused'),
  step: z
    .object({ what: z.string().describe('In words'), since: utcTime })
    .exactOptional()
    .describe('What the run does now or waits for; while it sends, the chunk that has waited longest'),
})
export type SyncProgress = DeepReadonly<z.output<typeof syncProgressSchema>>
