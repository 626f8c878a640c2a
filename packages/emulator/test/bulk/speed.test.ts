import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg, waitForJob } from '../apiClient.ts'

const BATCH = 10_000
const CREATES = { object: 'Contact', operation: 'insert' }

const orgs: ApiClient[] = []
afterEach(async () => {
  for (const { emulator } of orgs.splice(0)) await emulator.close()
})

async function orgWith(parallelBatches: number, recordsPerSecond: number, seed = 1): Promise<ApiClient> {
  const api = await startEmptyOrg({ seed, bulkSpeed: { parallelBatches, recordsPerSecond } })
  orgs.push(api)
  return api
}

function contacts(count: number): string {
  return `LastName\n${Array.from({ length: count }, (_, index) => `C${index}`).join('\n')}\n`
}

async function begin(api: ApiClient, csv: string): Promise<string> {
  const { id } = (await api.post('/jobs/ingest', CREATES)).body as { id: string }
  await api.put(`/jobs/ingest/${id}/batches`, csv)
  await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
  return `/jobs/ingest/${id}`
}

/** The batch of each row, in the order of a result file; the rows of a batch that follow one another count once. */
async function batchesIn(api: ApiClient, path: string): Promise<readonly number[]> {
  const [, ...lines] = (await api.get(path)).text.trimEnd().split('\n')
  const batches = lines.map(line => Math.floor(Number(/"C(\d+)"/.exec(line)?.[1]) / BATCH))
  return batches.filter((batch, index) => batch !== batches[index - 1])
}

describe('an org with a limited speed', () => {
  test('gives the results in blocks of 10,000 records, in the order in which the batches end: the same one for a seed', async () => {
    const loads = [9, 9].map(async seed => {
      const api = await orgWith(5, 10_000, seed)
      const job = await runIngestJob(api, CREATES, contacts(4.5 * BATCH))
      expect(job).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 4.5 * BATCH, numberRecordsFailed: 0 })
      return batchesIn(api, `/jobs/ingest/${job.id}/successfulResults`)
    })
    // The last batch has half of the records.
    expect(await Promise.all(loads)).toEqual(Array(2).fill([4, 3, 0, 2, 1]))
  })

  test('shows the records of a job as processed when their batch ends', async () => {
    const api = await orgWith(1, 40_000)
    const path = await begin(api, contacts(3 * BATCH))
    const seen = new Set<number>()
    for (;;) {
      const job = (await api.get(path)).body as { state: string; numberRecordsProcessed: number }
      seen.add(job.numberRecordsProcessed)
      if (job.state === 'JobComplete') break
      await setTimeout(10)
    }
    // A busy machine may miss the end of a batch, but not those of all.
    const counts = [...seen]
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.at(-1)).toBe(3 * BATCH)
    expect(counts.some(processed => processed >= BATCH && processed < 3 * BATCH)).toBe(true)
  })

  test('takes the time that its rate allows', async () => {
    const api = await orgWith(2, 40_000)
    const started = performance.now()
    await runIngestJob(api, CREATES, contacts(4 * BATCH))
    // Two turns of two batches, each at least three quarters of 250 ms.
    expect(performance.now() - started).toBeGreaterThan(375)
  })

  test('queues a job while the batches of another one take all places', async () => {
    const api = await orgWith(1, 20_000)
    const first = await begin(api, contacts(BATCH))
    const second = await begin(api, contacts(200))
    await setTimeout(100)
    expect((await api.get(first)).body).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 0 })
    expect((await api.get(second)).body).toMatchObject({ state: 'UploadComplete', numberRecordsProcessed: 0 })
    await waitForJob(api, second)
    expect((await api.get(first)).body).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: BATCH })
    expect(api.emulator.stats().created).toEqual({ Contact: BATCH + 200 })
  })

  test('leaves the batches of an aborted job unprocessed that had not ended', async () => {
    const api = await orgWith(1, 40_000)
    const path = await begin(api, contacts(3 * BATCH))
    while (((await api.get(path)).body as { numberRecordsProcessed: number }).numberRecordsProcessed < BATCH) {
      await setTimeout(10)
    }
    await api.patch(path, { state: 'Aborted' })
    await expect.poll(() => batchesIn(api, `${path}/unprocessedrecords`)).not.toEqual([])
    expect(await unprocessed(api, path)).toBe(2 * BATCH)
    expect(api.emulator.stats().created).toEqual({ Contact: BATCH })
  })

  test('stops all batches after the records at which a fault makes the job fail', async () => {
    const api = await orgWith(2, 100_000)
    api.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'failJob', afterRecords: 15_000 } })
    const job = await runIngestJob(api, CREATES, contacts(4 * BATCH))
    expect(job).toMatchObject({ state: 'Failed', numberRecordsProcessed: 15_000 })
    expect(await unprocessed(api, `/jobs/ingest/${job.id}`)).toBe(4 * BATCH - 15_000)
    expect(api.emulator.stats().created).toEqual({ Contact: 15_000 })
  })
})

/** Rows that the job reports as unprocessed. */
async function unprocessed(api: ApiClient, path: string): Promise<number> {
  return (await api.get(`${path}/unprocessedrecords`)).text.trimEnd().split('\n').length - 1
}
