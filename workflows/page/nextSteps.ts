// What a person can do after a run: the same in Temporal's UI, in the memo of the run and in the terminal.
import { flowRunNameOf } from '../../packages/client/contract/names.ts'
import { type PlanReport, pendingChanges } from '../../packages/client/contract/planRecords.ts'
import type { RunOutcome, Tally } from '../../packages/client/contract/runReport.ts'
import type { VerdictCounts } from '../../packages/client/contract/verdicts.ts'

export type EndedRun = {
  readonly runId: string
  /** Name of the sync, if it is known. */
  readonly sync?: string | undefined
  readonly outcome: RunOutcome | PlanReport['outcome']
  /** Whether the run store has the spec of the run, so that it can be resumed. */
  readonly isPrepared: boolean
  /** Whether its source was staged: records may have been sent, and the run keeps its spec. */
  readonly isStaged: boolean
  readonly tally?: Pick<Tally, 'failed' | 'inDoubt'> | undefined
  /** Whether it is the undo of another run. @default false */
  readonly undoes?: boolean
  /** Whether another run has loaded its failed records again. @default false */
  readonly isRetried?: boolean
  /** Whether it is a plan, which sends nothing. @default false */
  readonly plans?: boolean
  /** Whether it applies a plan. @default false */
  readonly appliesPlan?: boolean
  /** The run of the flow that it is a part of. */
  readonly flow?: string | undefined
  /** By sync: the runs that have written the parents of its records. */
  readonly parentRuns?: Readonly<Record<string, string>> | undefined
  /** Of a plan. */
  readonly verdicts?: VerdictCounts | undefined
  /** Where the files are that a person works with. @default the reader sees them beside this text */
  readonly files?: CorrectionFiles
}

type CorrectionFiles = {
  readonly rejected: string
  readonly inDoubt: string
  /** Where the corrected file goes, and the URI that a sync reads it by. */
  readonly corrected: { readonly path: string; readonly uri: string }
}

export type NextStep = {
  readonly words: string
  readonly command?: string
}

/** Empty when there is nothing to do. */
export function nextSteps(run: EndedRun): readonly NextStep[] {
  switch (run.outcome) {
    case 'failed':
    case 'cancelled':
      // The failure of a plan that may not be applied says what to do.
      if (run.appliesPlan && !run.isPrepared) return []
      if (run.plans) return [planAgain(run)]
      return [run.flow === undefined ? continuation(run) : flowContinuation(run, run.flow)]
    case 'planned':
      return pendingChanges(run.verdicts) === 0 || run.flow !== undefined ? [] : [application(run)]
    case 'completed_with_rejected':
      return run.undoes ? conflicts(run) : corrections(run)
    case 'completed':
    case 'skipped':
      return []
  }
}

/** The runs after it wait for it. */
export const flowContinuation = ({ outcome }: Pick<EndedRun, 'outcome'>, flow: string): NextStep => ({
  words: `${outcome === 'failed' ? 'correct the cause, then ' : ''}resume the flow; syncs that have completed do not run again`,
  command: `sflink flow resume ${flow}`,
})

const application = ({ runId }: EndedRun): NextStep => ({
  words: 'look at plan.csv, then apply exactly this plan',
  command: `sflink sync run --plan ${runId}`,
})

const planAgain = ({ sync = 'NAME', outcome, flow, ...run }: EndedRun): NextStep => ({
  words: `${outcome === 'failed' ? 'correct the cause, then ' : ''}plan again; nothing was sent`,
  command:
    flow === undefined
      ? `sflink sync plan ${sync}${parentOptions(run)}`
      : `sflink flow plan ${flowRunNameOf(flow)?.flow}`,
})

/** A new run of the sync finds the parents where this one has found them. */
const parentOptions = ({ parentRuns = {} }: Pick<EndedRun, 'parentRuns'>): string =>
  Object.entries(parentRuns)
    .map(([sync, runId]) => ` --parents ${sync}=${runId}`)
    .join('')

function continuation({ runId, outcome, isPrepared, isStaged }: EndedRun): NextStep {
  const cause = outcome === 'failed' ? 'correct the cause, then ' : ''
  if (!isPrepared) return { words: `${cause}start the run again; nothing was sent` }
  const command = `sflink sync resume ${runId}`
  return isStaged
    ? { words: `${cause}resume the run; records that were sent are not sent again`, command }
    : {
        words: `${cause}resume the run; nothing was sent yet, so it takes the sync as it is configured then${ownOptions(outcome)}`,
        command,
      }
}

/** A resumed run applies the options of its start again. They are not named: the UI shows two hyphens as a dash. */
const ownOptions = (outcome: EndedRun['outcome']): string =>
  outcome === 'failed' ? ' (if an option of the command is wrong, start a new run)' : ''

/** A run of an early end is not corrected by hand: it settles its other records when it is resumed. */
function corrections(run: EndedRun): readonly NextStep[] {
  const { runId, sync = 'NAME', tally, files, isRetried = false } = run
  const { failed, inDoubt } = tally ?? { failed: 1, inDoubt: 0 }
  const command = `sflink sync run ${sync} --source ${files?.corrected.uri ?? 'file:…'}${parentOptions(run)}`
  const rejected =
    files === undefined
      ? 'correct the rejected rows and load only these'
      : `correct ${files.rejected}, save it as ${files.corrected.path} and load only these records`
  const doubtful = `look up in the org each record in doubt${files === undefined ? '' : ` (${files.inDoubt})`}: it may be there; load only those that are not`
  const again = inDoubt > 0 ? '; those in doubt are searched for first' : ''
  const retry = {
    words: `if the rows are right, load the failed records again${again}`,
    command: `sflink sync retry ${runId}`,
  }
  return [
    ...(failed > 0 ? [{ words: rejected, command }] : []),
    ...(isRetried ? [] : [retry]),
    ...(inDoubt > 0 ? [{ words: doubtful }] : []),
  ]
}

/** What an undo left as it is was not written by the run alone. */
function conflicts({ runId }: EndedRun): readonly NextStep[] {
  return [{ words: 'decide about each record that was left as it is', command: `sflink sync results ${runId}` }]
}

/** `Next: correct the cause, then resume the run: sflink sync resume RUN` */
export function nextStepLine({ words, command }: NextStep): string {
  return `Next: ${words}${command === undefined ? '' : `: ${command}`}`
}
