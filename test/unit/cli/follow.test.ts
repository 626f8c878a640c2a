// What a command that follows a run does while Temporal does not answer.
import { ServiceError } from '@temporalio/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EXIT } from '../../../cli/commandError.ts'
import { followRun } from '../../../cli/follow.ts'
import type { TemporalAccess } from '../../../cli/temporal.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'

// Pauses take no time: each request moves the clock.
vi.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(resolve => setImmediate(resolve)) }))

/** Milliseconds that a request takes which is not answered. */
const REQUEST = 22_000

const TALLY = { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }
const REPORT = {
  outcome: 'completed',
  records: 0,
  tally: TALLY,
  errors: [],
  warnings: [],
  files: {},
} as unknown as RunReport
const RUN = { runId: 'nightly.x', workflowId: 'sync/nightly/x' }

const notes: string[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  notes.length = 0
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(process.stderr, 'write').mockImplementation(text => notes.push(String(text)) > 0)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  process.exitCode = undefined
})

function unavailable(): ServiceError {
  const answer = Object.assign(new Error('14 UNAVAILABLE: No connection established'), {
    code: 14,
    details: '',
    metadata: {},
  })
  return new ServiceError('Failed to get the history', { cause: answer })
}

/** Does not answer for the first requests of the result. */
function temporalAway(requests: number): TemporalAccess {
  let asked = 0
  const handle = {
    result: async () => {
      asked += 1
      vi.setSystemTime(Date.now() + REQUEST)
      if (asked <= requests) throw unavailable()
      return REPORT
    },
    query: () => Promise.reject(unavailable()),
    describe: () => Promise.reject(unavailable()),
  }
  const client = {
    options: { namespace: 'default' },
    workflow: { getHandle: () => handle },
    workflowService: { describeTaskQueue: () => Promise.reject(unavailable()) },
  }
  return { client: client as never, namespace: 'default', address: '127.0.0.1:7233' }
}

test('a command waits for Temporal, says so once, and prints the report when the run has ended', async () => {
  await followRun(temporalAway(4), RUN, false)
  expect(notes.join('').match(/does not answer/g)).toHaveLength(1)
  expect(notes.join('')).toContain('the run nightly.x is not affected. Waiting for Temporal')
  expect(process.exitCode).toBe(EXIT.well)
})

test('a command gives up after two minutes, says that the run continues, and does not exit as if the run had failed', async () => {
  const away = temporalAway(Number.POSITIVE_INFINITY)
  await expect(followRun(away, RUN, false)).rejects.toMatchObject({
    exitCode: EXIT.noTemporal,
    message:
      'Temporal at 127.0.0.1:7233 does not answer, so the end of the run nightly.x is not known. The run did not fail: its worker continues it when Temporal is back. Do not start it again; reattach: sflink sync status nightly.x --follow',
  })
})

/** Answers the query of the progress with each of these in turn; the run ends after the last. */
function temporalWith(progress: readonly Partial<SyncProgress>[]): TemporalAccess {
  const ended = Promise.withResolvers<RunReport>()
  const left = [...progress]
  const handle = {
    result: () => ended.promise,
    query: async () => {
      const next = left.shift()
      if (next === undefined) ended.resolve(REPORT)
      return { runId: 'nightly.x', stage: 'sending', records: 10, settled: 0, failed: 0, inDoubt: 0, ...next }
    },
    describe: () => Promise.reject(unavailable()),
  }
  const client = {
    options: { namespace: 'default' },
    workflow: { getHandle: () => handle },
    workflowService: { describeTaskQueue: () => Promise.reject(unavailable()) },
  }
  return { client: client as never, namespace: 'default', address: '127.0.0.1:7233' }
}

test('a pause and its end, and what a run over budget waits for, are noted once each time that they change', async () => {
  const paused = { since: '2026-11-29T00:30:00', by: 'anna@ops' }
  const waits = { overBudget: 'waits for one of 5 ingest jobs of this org' }
  const used = {
    overBudget: 'waits: 81 % of the API calls of 24 hours are used, apiReserve is 20 %; reads them again at 01:10 UTC',
  }
  await followRun(temporalWith([{}, { paused }, { paused }, {}, waits, {}, waits, used]), RUN, false)
  const lines = notes.join('').split('\n')
  expect(lines.filter(line => /paused|continues|budget/.test(line))).toEqual([
    'The run is paused since 2026-11-29 00:30:00 UTC, by anna@ops: chunks in progress are settled, no other chunk is sent. Resume it: sflink sync resume nightly.x',
    'The run continues',
    'Over the budget of the org: waits for one of 5 ingest jobs of this org',
    `Over the budget of the org: ${used.overBudget}`,
  ])
})
