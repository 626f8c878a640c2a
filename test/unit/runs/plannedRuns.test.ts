// Plans among the runs of a run store: what state they have, and how long they are kept.
import { expect, test } from 'vitest'
import { isOverdue, summaryOfRun } from '../../../loader/runs/runSummary.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'

const started = (startedAt: string, plans?: true) => ({
  ...{ workflowId: 'sync/contacts/x', connection: 'production', object: 'Contact', operation: 'upsert', startedAt },
  ...(plans && { plans }),
})

const PLANNING = { started: started('2026-11-29T01:00:00', true) }
const APPLYING = { started: started('2026-11-29T02:00:00') }
const FAILED = { outcome: 'failed', finishedAt: '2026-11-29T01:00:05', failure: { type: 'X', message: 'No login' } }

const planReport: PlanReport = {
  ...{ runId: 'contacts.x', outcome: 'planned', records: 3, connection: 'production', object: 'Contact' },
  verdicts: { create: 1, update: 0, unchanged: 2, delete: 0, ambiguous: 0, rejected: 0 },
  ...{ changedFields: [], errors: [], files: { report: 'plan.report.json' }, operation: 'upsert', warnings: [] },
  ...{ startedAt: '2026-11-29T01:00:00', finishedAt: '2026-11-29T01:00:09' },
}

const summary = (documents: Partial<Parameters<typeof summaryOfRun>[1]>) =>
  summaryOfRun('contacts.x', { executions: [], unreadable: [], ...documents })

test('a plan that was made and not applied is planned, with its verdicts', () => {
  expect(summary({ executions: [PLANNING], planReport })).toMatchObject({
    ...{ state: 'planned', plans: true, records: 3, finishedAt: '2026-11-29T01:00:09' },
    verdicts: { create: 1, unchanged: 2 },
  })
})

test('a plan that failed is a plan, and so is one that is being made', () => {
  expect(summary({ executions: [{ ...PLANNING, ended: FAILED }] })).toMatchObject({ state: 'failed', plans: true })
  expect(summary({ executions: [PLANNING] })).toMatchObject({ state: 'unfinished', plans: true })
})

test('a plan that is being applied is a run', () => {
  const run = summary({ executions: [PLANNING, APPLYING], planReport })
  expect(run).toMatchObject({ state: 'unfinished', startedAt: '2026-11-29T01:00:00' })
  expect(run).not.toHaveProperty('plans')
})

test('a plan that had nothing to load is skipped, and kept as long', () => {
  const skipped = { reason: 'missing', message: 'No source' } as const
  const run = summary({ executions: [PLANNING], planReport: { ...planReport, outcome: 'skipped', skipped } })
  expect(run).toMatchObject({ state: 'skipped', plans: true })
  expect(isOverdue(run, { completed: 1_000 }, Date.parse('2026-11-30T00:00:00Z'), false)).toBe(true)
})

test.each([
  [{ completed: 1_000 }, true],
  [{ unfinished: 1_000 }, false],
])('a plan is kept as long as a completed run: %o', (retention, isRemoved) => {
  const run = summary({ executions: [PLANNING], planReport })
  expect(isOverdue(run, retention, Date.parse('2026-11-30T00:00:00Z'), false)).toBe(isRemoved)
})
