import { expect, test } from 'vitest'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type FlowState, flowPlanOf, flowReportOf, newFlowState } from '../../../workflows/flowState.ts'
import { flowDetails } from '../../../workflows/page/flowDetails.ts'

const FACTS = { runId: 'campaign.x', flow: 'campaign', plans: false, undoOf: undefined, startedAt: 0 }

const reportOf = (runId: string, failed: number): RunReport => ({
  ...{ runId, outcome: failed > 0 ? 'completed_with_rejected' : 'completed', connection: 'c', object: 'Account' },
  ...{ operation: 'create', engine: 'bulk', records: 10, warnings: [], startedAt: '', finishedAt: '' },
  tally: { created: 10 - failed, updated: 0, deleted: 0, unchanged: 0, failed, inDoubt: 0 },
  errors: Array.from({ length: 30 }, (_, index) => ({
    ...{ errorCode: `CODE_${index}`, count: 1, exampleRow: 1, exampleMessage: 'why' },
  })),
  files: { results: 'r', report: 'p' },
})

function running(more: Partial<FlowState> = {}): FlowState {
  const run = (sync: string) => ({
    sync,
    runId: `${sync}.campaign.x`,
    workflowId: `sync/${sync}/campaign.x`,
    parents: [],
  })
  const state = newFlowState(FACTS)
  state.runs = [run('accounts'), run('contacts')]
  state.reports.set('accounts.campaign.x', reportOf('accounts.campaign.x', 2))
  return Object.assign(state, { running: 'contacts.campaign.x', step: { what: 'runs contacts', since: 0 } }, more)
}

test('the page of a flow lists its runs, how far each is, and what is rejected', () => {
  const page = flowDetails(running())
  expect(page).toContain('### Running: 1 of 2 syncs ended; runs contacts')
  expect(page).toContain('| accounts | `accounts.campaign.x` | completed with rejected | 10 | 8 | 0 | 2 | 0 |')
  expect(page).toContain('| contacts | `contacts.campaign.x` | running |')
})

test('a long failure follows the heading, and the flow is resumed', () => {
  const message = `Sync contacts: ${'x'.repeat(300)}\n- one problem`
  const page = flowDetails(running({ failure: { outcome: 'failed', message }, notificationError: 'The hook is down.' }))
  expect(page).toContain('### Failed\n')
  expect(page).toContain('`sflink flow resume campaign.x`')
  expect(page).toContain('\n\n- one problem\n\n')
  expect(page).toContain('**Notification was not sent:** The hook is down.')
})

test('a flow that is prepared, one that is cancelled, a plan and an undo say so', () => {
  expect(flowDetails(newFlowState(FACTS))).toContain(
    '### Preparing: validates the flow and all of its syncs; nothing is sent yet',
  )
  const failure = { outcome: 'cancelled', message: 'x' } as const
  expect(flowDetails(running({ failure }))).toContain('### Cancelled: 1 of 2 syncs ended')
  const plan = { ...newFlowState({ ...FACTS, plans: true }), failure }
  expect(flowDetails(plan)).toContain('**Next:** plan again; nothing was sent: `sflink flow plan campaign`')
  const undo = newFlowState({ ...FACTS, undoOf: 'campaign.w' })
  expect(flowDetails(undo)).toContain('Undo of the run `campaign.w` of the flow `campaign`, run `campaign.x`')
})

test('an undo that is rejected before it begins is not to be resumed', () => {
  const failure = { outcome: 'failed', message: 'there is nothing to take back' } as const
  const rejected = { ...newFlowState({ ...FACTS, undoOf: 'campaign.w' }), failure }
  expect(flowDetails(rejected)).not.toContain('**Next:**')
  expect(flowDetails(running({ failure, undoOf: 'campaign.w' }))).toContain('`sflink flow resume campaign.x`')
})

test('the failed records of all syncs are loaded again by one line, parents first', () => {
  const state = running({ running: undefined })
  state.reports.set('contacts.campaign.x', reportOf('contacts.campaign.x', 1))
  expect(flowDetails(state)).toContain(
    ': `sflink sync retry accounts.campaign.x; sflink sync retry contacts.campaign.x`',
  )
})

test('the report of a flow has the sums of its runs, and the most frequent errors of each', () => {
  const state = running()
  state.reports.set('contacts.campaign.x', reportOf('contacts.campaign.x', 0))
  const report = flowReportOf(state, 1_000)
  expect(report).toMatchObject({ outcome: 'completed_with_rejected', records: 20, tally: { created: 18, failed: 2 } })
  expect(report.syncs.map(({ report: { errors } }) => errors.length)).toEqual([20, 20])
  expect(flowPlanOf(newFlowState(FACTS), 0)).toMatchObject({ outcome: 'skipped', records: 0, syncs: [] })
})
