// The text about a run for Temporal's UI when it has ended: why, and what a person can do next.
import { expect, test } from 'vitest'
import { runDetails } from '../../../workflows/page/runDetails.ts'
import { START, sending } from './sendingRun.ts'

const failed = (message: string) => runDetails(sending({ failure: { outcome: 'failed', message } }), START)

test('what to do next comes first, and the text ends with a paragraph that Temporal may cut', () => {
  const [heading, next, ...others] = failed('Login of connection production failed').split('\n\n')
  expect(heading).toBe('### Failed: Login of connection production failed')
  expect(next).toBe(
    '**Next:** correct the cause, then resume the run; records that were sent are not sent again: `sflink sync resume nightly.x`',
  )
  expect(others.at(-1)).toBe('\u00a0')
})

test('a failure with several problems is a heading with their number, and a list', () => {
  const problems = Array.from({ length: 20 }, (_, index) => `- column ${index + 1} is *missing*`)
  const [heading, , list] = failed(`The source a.csv: 20 problems\n${problems.join('\n')}`).split('\n\n')
  expect(heading).toBe('### Failed: The source a.csv: 20 problems')
  expect(list?.split('\n')).toHaveLength(16)
  expect(list).toMatch(/^- column 1 is \\\*missing\\\*\n/)
  expect(list).toMatch(/\n- and 5 more in the failure of the workflow$/)
})

test('a long failure is text below its heading, and is not cut', () => {
  const long = `${'It failed for many reasons. '.repeat(40)}Check clientSecret.`
  const [heading, next, text] = failed(long).split('\n\n')
  expect(heading).toBe('### Failed')
  expect(next).toMatch(/^\*\*Next:/)
  expect(text).toBe(long)
})

test('a run that corrects rejected rows finds the parents in the same runs', () => {
  const tally = { created: 3, updated: 0, deleted: 0, unchanged: 0, failed: 2, inDoubt: 0 }
  const report = {
    outcome: 'completed_with_rejected',
    records: 5,
    tally,
    errors: [],
    files: { results: 'r', report: 'p' },
  }
  const state = sending({ report: report as never })
  const settings = { ...state.settings, parentRuns: { accounts: 'accounts.d1' } } as typeof state.settings
  expect(runDetails({ ...state, settings }, START)).toContain(
    'load only these: `sflink sync run NAME --source file:… --parents accounts=accounts.d1`',
  )
})

test('records in doubt are mentioned only when there are any', () => {
  const tally = { created: 3, updated: 0, deleted: 0, unchanged: 0, failed: 2, inDoubt: 0 }
  const report = {
    outcome: 'completed_with_rejected',
    records: 5,
    tally,
    errors: [],
    files: { results: 'r', report: 'p' },
  }
  const details = (inDoubt: number) =>
    runDetails(sending({ report: { ...report, tally: { ...tally, inDoubt } } as never }), START)
  expect(details(0)).toContain('**Next:** correct the rejected rows and load only these: `sflink sync run NAME')
  expect(details(0)).not.toContain('in the org each record in doubt')
  expect(details(1)).toContain('**Next:** look up in the org each record in doubt')
  expect(details(0)).toContain('**Next:** if the rows are right, load the failed records again: `sflink sync retry')
  expect(details(1)).toContain(
    'load the failed records again; those in doubt are searched for first: `sflink sync retry',
  )
  const undo = runDetails(sending({ report: { ...report, undoOf: 'nightly.d1' } as never }), START)
  expect(undo).toContain('**Next:** decide about each record that was left as it is: `sflink sync results')
  expect(undo).not.toContain('sync retry')
})

test('a plan that failed is made again, not resumed', () => {
  const failure = { outcome: 'failed', message: 'Login of connection production failed' } as const
  const details = runDetails(sending({ plans: true, stage: 'connecting', sent: undefined, failure }), START)
  expect(details).toContain('plan again; nothing was sent: `sflink sync plan NAME`')
  expect(details).not.toContain('sync resume')
})

test('a plan of a flow that failed is made again as a whole', () => {
  const failure = { outcome: 'failed', message: 'x' } as const
  expect(runDetails(sending({ plans: true, flow: 'campaign.x', failure }), START)).toContain(
    'plan again; nothing was sent: `sflink flow plan campaign`',
  )
  const early = sending({ runId: 'contacts.x', plans: true, settings: undefined, failure })
  expect(runDetails(early, START)).toContain('plan again; nothing was sent: `sflink sync plan contacts`')
})

test('a run of a flow that ends early says how the flow continues', () => {
  const failure = { outcome: 'failed', message: 'The source is missing' } as const
  const page = runDetails(sending({ flow: 'campaign.x', failure }), 0)
  expect(page).toContain(
    '**Next:** correct the cause, then resume the flow; syncs that have completed do not run again',
  )
  expect(page).toContain('`sflink flow resume campaign.x`')
  expect(page).not.toContain('sync resume')
})
