// The state of a run inside its workflow, and what is derived from it. `advance` changes it.
import { defineQuery, setHandler, workflowInfo } from '@temporalio/workflow'
import { z } from 'zod'
import type { RunSettings } from '../activities/runSettings.ts'
import type { StagedChunk, StagedSource } from '../loader/protocol/staged.ts'
import { mergeRejections } from '../loader/results/errorCounts.ts'
import { addTallies, EMPTY_TALLY, type PaceMark } from '../loader/results/tally.ts'
import { strictShape } from '../packages/client/contract/issues.ts'
import { flowRunNameOf, PROGRESS_QUERY, syncOfRun } from '../packages/client/contract/names.ts'
import type { PlanReport } from '../packages/client/contract/planRecords.ts'
import { type Paused, pausedSchema } from '../packages/client/contract/runControl.ts'
import {
  type ErrorCount,
  errorCountSchema,
  type RunReport,
  type Tally,
  tallySchema,
} from '../packages/client/contract/runReport.ts'
import { count } from '../packages/client/contract/scalars.ts'
import type { SyncProgress, SyncRecordsInput, SyncStage } from '../packages/client/contract/syncRecords.ts'
import type { EndedRun } from './page/nextSteps.ts'

const progressQuery = defineQuery<SyncProgress>(PROGRESS_QUERY)

/** Answers how far the run is, from here on. */
export function answerProgress(state: RunState): void {
  setHandler(progressQuery, () => progressOf(state), {
    description: 'How far the run is, and what it does or waits for.',
  })
}

/** Input of the workflow, from a caller or from its own previous history. */
export type SyncRecordsRun = SyncRecordsInput & {
  /** Set by continue-as-new; callers leave it out. */
  readonly resume?: SyncRecordsResume
}

/**
 * Where a run continues in a new history, because its previous one has grown long enough. It holds counts only, and whether the run is
 * paused: what is sent, and how, comes from the run store.
 */
export type SyncRecordsResume = SentChunks & { readonly paused?: Paused }

/** A caller may give anything. */
export const resumeSchema = strictShape({
  tally: tallySchema,
  rejections: z.array(errorCountSchema),
  done: count,
  paused: pausedSchema.exactOptional(),
})

export type SentChunks = {
  readonly tally: Tally
  /** Why records were rejected, without their values. */
  readonly rejections: readonly ErrorCount[]
  /** Chunks settled, in sending order. */
  readonly done: number
}

type ChunkStep = {
  readonly chunk: StagedChunk
  /** `waits for Salesforce to process job 750…` */
  readonly words: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** What the progress query and Temporal's UI show. */
export type RunState = {
  readonly runId: string
  /** Start of the first execution, milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether it plans and sends nothing. */
  readonly plans: boolean
  /** Whether it applies a plan. */
  readonly appliesPlan: boolean
  /** The run of the flow that it is a part of. */
  readonly flow: string | undefined
  stage: SyncStage
  /** What the run does now, or waits for, before and after it sends. */
  step: { readonly what: string; readonly since: number }
  /** `searched` is unknown until the sync is planned. */
  settings: Omit<RunSettings, 'searched'> | undefined
  staged: StagedSource | undefined
  sent: SentChunks | undefined
  /** Where sending began in this history. */
  begin: PaceMark | undefined
  readonly inProgress: Map<number, ChunkStep>
  /** What it waits for because it is over the budget of the org, in words, by what waits. */
  readonly overBudget: Map<string, string>
  /** While it is paused, no chunk is started or committed. */
  paused: Paused | undefined
  /** Set when the results are written. */
  report: RunReport | undefined
  /** Set when the plan is written. */
  planned: PlanReport | undefined
  /** Why the notification of the end was not sent. */
  notificationError: string | undefined
  failure: { readonly outcome: 'cancelled' | 'failed'; readonly message: string } | undefined
}

export function newRunState(
  runId: string,
  startedAt: number,
  {
    paused,
    plans = false,
    appliesPlan = false,
    flow,
  }: Partial<Pick<RunState, 'paused' | 'plans' | 'appliesPlan' | 'flow'>> = {},
): RunState {
  return {
    runId,
    startedAt,
    plans,
    appliesPlan,
    flow,
    stage: 'connecting',
    step: { what: 'validates the input and the sync', since: startedAt },
    settings: undefined,
    staged: undefined,
    sent: undefined,
    begin: undefined,
    inProgress: new Map(),
    overBudget: new Map(),
    paused,
    report: undefined,
    planned: undefined,
    notificationError: undefined,
    failure: undefined,
  }
}

/** The run of the flow whose workflow has started this one. */
export function flowOfParent(): string | undefined {
  const { parent } = workflowInfo()
  const flow = parent === undefined ? undefined : flowRunNameOf(parent.workflowId)
  return flow?.workflowId === parent?.workflowId ? flow?.runId : undefined
}

/** Why records were rejected so far, before sending and after. */
export function rejectionsSoFar({ staged, sent }: Pick<RunState, 'staged' | 'sent'>): readonly ErrorCount[] {
  return mergeRejections(staged?.rejections ?? [], sent?.rejections ?? [])
}

/** What a person's next steps depend on. */
export function endedRun(state: RunState, outcome: EndedRun['outcome']): EndedRun {
  const { runId, settings, staged, report, plans, appliesPlan, flow, planned } = state
  return {
    ...{ runId, outcome, plans, appliesPlan, flow },
    sync: settings === undefined ? syncOfRun(runId) : settings.title.sync,
    isPrepared: settings !== undefined,
    isStaged: staged !== undefined,
    tally: report?.tally,
    undoes: report?.undoOf !== undefined,
    verdicts: planned?.verdicts,
    parentRuns: settings?.parentRuns,
  }
}

export function progressOf(state: RunState): SyncProgress {
  const { runId, stage, staged, sent, overBudget, paused } = state
  const [waits] = overBudget.values()
  const tally = addTallies(staged?.known ?? EMPTY_TALLY, sent?.tally ?? EMPTY_TALLY)
  const rejected = staged?.rejected ?? 0
  return {
    runId,
    stage,
    records: staged?.records ?? 0,
    settled: rejected + Object.values(tally).reduce((sum, records) => sum + records, 0),
    ...tally,
    failed: rejected + tally.failed,
    chunks: staged?.chunks.length ?? 0,
    chunksDone: sent?.done ?? 0,
    ...(staged?.reading === undefined ? {} : { reading: staged.reading }),
    ...(staged?.warnings === undefined ? {} : { warnings: staged.warnings }),
    ...(waits === undefined ? {} : { overBudget: waits }),
    ...(paused === undefined ? {} : { paused }),
    step: stepOf(state),
  }
}

/** The step of the run; while it sends, that of the chunk which has waited longest. */
function stepOf({ stage, step, inProgress, staged, paused }: RunState): NonNullable<SyncProgress['step']> {
  const [oldest] = [...inProgress.values()].toSorted((a, b) => a.since - b.since)
  if (oldest === undefined && stage === 'sending' && paused !== undefined) {
    return { what: 'waits until the run is resumed', since: paused.since }
  }
  if (oldest === undefined) return { what: step.what, since: utcSeconds(step.since) }
  const { chunk, words, since } = oldest
  return { what: `chunk ${chunk.chunk} of ${staged?.chunks.length ?? 0} ${words}`, since: utcSeconds(since) }
}

export const utcSeconds = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19)
