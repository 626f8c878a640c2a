// The top of the page of a flow in Temporal's UI: its runs, how far each is, and what a person can do next.
import { EMPTY_TALLY } from '../../loader/results/tally.ts'
import { type FlowState, flowProgressOf } from '../flowState.ts'
import { clock, code, count, counted, plain, table } from './markdown.ts'
import { flowContinuation, type NextStep } from './nextSteps.ts'
import { shownOutcomes } from './outcomes.ts'
import { asDetails } from './summaries.ts'

/** Characters of a failure in the heading: a longer one follows it as text. */
const HEADING = 200

export function flowDetails(state: FlowState): string {
  const { runId, flow, plans, startedAt, undoOf, failure, notificationError } = state
  const [first = '', ...lines] = (failure?.message ?? '').split('\n')
  const isShort = first.length <= HEADING
  const purpose =
    undoOf === undefined ? `Flow ${code(flow)}` : `Undo of the run ${code(undoOf)} of the flow ${code(flow)}`
  return asDetails([
    `### ${plain(headline(state, isShort ? first : ''))}`,
    ...flowSteps(state).map(
      ({ words, command }) => `**Next:** ${words}${command === undefined ? '' : `: ${code(command)}`}`,
    ),
    [...(isShort ? [] : [first]), ...lines].map(plain).join('\n\n'),
    `${purpose}, ${plans ? 'plan' : 'run'} ${code(runId)}, started ${clock(startedAt)} UTC`,
    runsTable(state),
    notificationError === undefined ? '' : `**Notification was not sent:** ${plain(notificationError)}`,
  ])
}

function headline(state: FlowState, failure: string): string {
  const { syncs, step } = flowProgressOf(state)
  const ended = syncs.filter(({ state: one }) => one !== 'waiting' && one !== 'running').length
  if (state.failure?.outcome === 'failed') return failure === '' ? 'Failed' : `Failed: ${failure}`
  const done = `${ended} of ${counted(syncs.length, 'sync')} ended`
  if (state.failure !== undefined) return `Cancelled: ${done}`
  if (syncs.length === 0) return `Preparing: ${step.what}; nothing is sent yet`
  if (ended < syncs.length) return `Running: ${done}; ${step.what}`
  return state.plans ? `Planned: ${done}; nothing was sent` : `Completed: ${done}`
}

function runsTable(state: FlowState): string {
  const { syncs } = flowProgressOf(state)
  if (syncs.length === 0) return ''
  const outcomes = state.plans ? [] : shownOutcomes(...syncs.map(({ tally }) => tally ?? EMPTY_TALLY))
  const rows = syncs.map(({ sync, runId, state: one, records, tally }) => [
    plain(sync),
    code(runId),
    one.replaceAll('_', ' '),
    records === undefined ? '' : count(records),
    ...outcomes.map(([, key]) => (tally === undefined ? '' : count(tally[key]))),
  ])
  const head = ['Sync', 'Run', 'State', 'Records', ...outcomes.map(([label]) => label)]
  return table(head, rows, ['---', '---', '---', ...Array<'---:'>(head.length - 3).fill('---:')])
}

/** What a person can do after the flow: the same in Temporal's UI, in its memo and in the terminal. */
export function flowSteps(state: FlowState): readonly NextStep[] {
  const { runId, runs, flow, plans, undoOf, failure, reports } = state
  if (failure !== undefined) {
    const { outcome } = failure
    // The failure of an undo that has not begun says what to do.
    if (undoOf !== undefined && runs.length === 0 && outcome === 'failed') return []
    if (!plans) return [flowContinuation({ outcome }, runId)]
    const cause = outcome === 'failed' ? 'correct the cause, then ' : ''
    return [{ words: `${cause}plan again; nothing was sent`, command: planCommand(flow, undoOf) }]
  }
  const rejected = [...reports.values()].filter(({ outcome }) => outcome === 'completed_with_rejected')
  if (rejected.length === 0) return []
  const forEach = (command: string) => rejected.map(({ runId: one }) => `sflink sync ${command} ${one}`).join('; ')
  return undoOf === undefined
    ? [
        {
          words: 'correct the cause, then load the failed records again, parents first',
          command: forEach('retry'),
        },
      ]
    : [{ words: 'decide about each record that was left as it is', command: forEach('results') }]
}

const planCommand = (flow: string, undoOf: string | undefined): string =>
  undoOf === undefined ? `sflink flow plan ${flow}` : `sflink flow undo ${undoOf} --plan`
