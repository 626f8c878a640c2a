// One chunk through an ingest job, with scripted steps; test/system/workflows runs the real ones.
import { afterEach, expect, test, vi } from 'vitest'
import type { ChunkRun } from '../../../workflows/loadChunk.ts'

const calls: string[] = []
let opened = 0

const SETTLED = { tally: {}, rejections: [], resend: 0 }

const steps = {
  uploadChunk: async () => {
    opened += 1
    calls.push('upload')
    return { jobId: `job ${opened}` }
  },
  commitChunk: async ({ jobId }: { readonly jobId: string }) => {
    calls.push(`commit ${jobId}`)
    return { jobId }
  },
  awaitJob: async ({ jobId }: { readonly jobId: string }) => void calls.push(`await ${jobId}`),
  settleChunk: async ({ jobId }: { readonly jobId: string }) => {
    calls.push(`settle ${jobId}`)
    return SETTLED
  },
}

vi.mock('@temporalio/workflow', async original => ({
  ...(await original<typeof import('@temporalio/workflow')>()),
  proxyActivities: () => steps,
}))

const { loadChunk } = await import('../../../workflows/loadChunk.ts')

afterEach(() => {
  vi.useRealTimers()
  calls.splice(0)
  opened = 0
})

const DAY = 86_400_000

/** @param waited milliseconds for which the chunk waits for its lease */
function loadAfter(waited: number) {
  vi.useFakeTimers({ toFake: ['Date'] })
  const run = {
    ...{ runId: 'nightly.x', engine: 'bulk', chunks: 1, settings: { maxAttempts: 5 } },
    released: async () => {},
    lease: async () => void vi.setSystemTime(Date.now() + waited),
    giveBack: () => calls.push('give back'),
    note: () => {},
  } as unknown as ChunkRun
  return loadChunk({ chunk: 1, operation: 'create', firstRow: 1, records: 10 }, run)
}

test('a lease is given back when the job has ended, before its results are read', async () => {
  await loadAfter(5 * DAY)
  expect(calls).toEqual(['upload', 'commit job 1', 'await job 1', 'give back', 'settle job 1', 'give back'])
})

test('a chunk that waited for more than six days is uploaded again: Salesforce may have deleted its job', async () => {
  await loadAfter(6 * DAY + 1)
  expect(calls.slice(0, 4)).toEqual(['upload', 'upload', 'commit job 2', 'await job 2'])
})
