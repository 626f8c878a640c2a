import { expect, test } from 'vitest'
import { type EndedRun, nextStepLine, nextSteps } from '../../../workflows/page/nextSteps.ts'

const ENDED: EndedRun = {
  ...{ runId: 'contacts.campaign.x', sync: 'contacts', outcome: 'completed_with_rejected' },
  ...{ isPrepared: true, isStaged: true, tally: { failed: 1, inDoubt: 0 } },
}

const linesOf = (more: Partial<EndedRun>) => nextSteps({ ...ENDED, ...more }).map(nextStepLine)

test('corrected children are loaded with the run of their parents', () => {
  expect(linesOf({ parentRuns: { accounts: 'accounts.campaign.x' } })[0]).toBe(
    'Next: correct the rejected rows and load only these: sflink sync run contacts --source file:… --parents accounts=accounts.campaign.x',
  )
})

test('a plan of a flow is made again as a whole, and one of a sync alone', () => {
  const failed = { outcome: 'failed', plans: true } as const
  expect(linesOf({ ...failed, flow: 'campaign.x' })).toEqual([
    'Next: correct the cause, then plan again; nothing was sent: sflink flow plan campaign',
  ])
  expect(linesOf(failed)).toEqual([
    'Next: correct the cause, then plan again; nothing was sent: sflink sync plan contacts',
  ])
})
