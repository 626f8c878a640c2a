// The workflows `runFlow` and `planFlow`: syncs one after the other, whose records may be parents of each other.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { RUN_OUTCOMES } from './operations.ts'
import { planReportSchema } from './planRecords.ts'
import { runReportSchema, tallySchema } from './runReport.ts'
import { count, type DeepReadonly, MAX_NAME, name, optional, utcTime } from './scalars.ts'
import { runSettings } from './syncRecords.ts'
import { verdictCountsSchema } from './verdicts.ts'

/** Syncs of one flow: its report has a report of each. */
export const MAX_FLOW_SYNCS = 50

const { scheduledTime, timeZone } = runSettings

/** Both workflows. Their workflow id is flow/NAME/LABEL; each sync runs as its child sync/SYNC/NAME.LABEL. */
export const runFlowInputSchema = strictShape({
  flow: name.describe("Name of a flow in the worker's configuration"),
  specs: optional(z.record(name, z.record(z.string(), z.unknown()))).describe(
    'By the name of a sync: keys that replace those of the sync; null removes a key',
  ),
  scheduledTime,
  timeZone,
  undoOf: optional(
    z
      .string()
      .max(MAX_NAME)
      .describe(
        'A run of the flow, NAME.LABEL: what its syncs wrote is taken back, the last one first. Leave out specs',
      ),
  ),
})
export type RunFlowInput = Readonly<z.output<typeof runFlowInputSchema>>

const flowRunId = z.string().describe('NAME.LABEL of the workflow flow/NAME/LABEL')
const ofFlow = {
  runId: flowRunId,
  flow: z.string().describe('Name of the flow'),
  undoOf: z.string().exactOptional().describe('The run of the flow that was undone'),
}
const times = { startedAt: utcTime, finishedAt: utcTime }
const syncNameOf = z.string().describe('Name of the sync')

export const flowReportSchema = z.object({
  ...ofFlow,
  outcome: z
    .enum(RUN_OUTCOMES)
    .describe('completed_with_rejected: a sync has rejected records; skipped: all syncs were'),
  records: count.describe('Records of all syncs'),
  tally: tallySchema.describe('Records of all syncs by outcome'),
  syncs: z
    .array(z.object({ sync: syncNameOf, report: runReportSchema }))
    .describe('The report of each sync, in the order in which they ran'),
  ...times,
})
export type FlowReport = DeepReadonly<z.output<typeof flowReportSchema>>

export const flowPlanSchema = z.object({
  ...ofFlow,
  outcome: z.enum(['planned', 'skipped']).describe('skipped: all syncs were'),
  records: count.describe('Records of all syncs'),
  verdicts: verdictCountsSchema.describe('Records of all syncs by verdict'),
  syncs: z
    .array(z.object({ sync: syncNameOf, report: planReportSchema }))
    .describe('The plan of each sync; a parent that an earlier one would create is named by its row'),
  ...times,
})
export type FlowPlan = DeepReadonly<z.output<typeof flowPlanSchema>>

const SYNC_STATES = ['waiting', 'running', ...RUN_OUTCOMES, 'planned'] as const

/** Answer of the query `progress` of both workflows. */
export const flowProgressSchema = z.object({
  runId: flowRunId,
  flow: z.string().describe('Name of the flow'),
  syncs: z
    .array(
      z.object({
        sync: syncNameOf,
        runId: z.string().describe('Its run; its own progress is asked from the workflow of the run'),
        state: z.enum(SYNC_STATES).describe('How far it is'),
        records: count.exactOptional().describe('Present when it has ended'),
        tally: tallySchema.exactOptional().describe('Present when it has ended'),
      }),
    )
    .describe('In the order in which they run; empty before the flow is validated'),
  step: z.object({ what: z.string().describe('In words'), since: utcTime }).describe('What the flow does now'),
})
export type FlowProgress = DeepReadonly<z.output<typeof flowProgressSchema>>
