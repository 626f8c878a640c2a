import { afterEach, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg, waitForJob } from '../apiClient.ts'

const CREATES = { object: 'Contact', operation: 'insert' }

const orgs: ApiClient[] = []
afterEach(async () => {
  for (const { emulator } of orgs.splice(0)) await emulator.close()
})

async function startOrg(locksParents: boolean): Promise<{ api: ApiClient; accounts: readonly string[] }> {
  const api = await startEmptyOrg({ bulkSpeed: { parallelBatches: 4, recordsPerSecond: 1_000, locksParents } })
  orgs.push(api)
  const create = async (Name: string) => ((await api.post('/sobjects/Account', { Name })).body as { id: string }).id
  return { api, accounts: [await create('A'), await create('B')] }
}

/** A job with this many contacts of the account, which takes a tenth of a second for each hundred of them. */
async function begin(api: ApiClient, account: string | undefined, count = 200): Promise<string> {
  const rows = Array.from({ length: count }, (_, index) => `C${index},${account}`)
  const { id } = (await api.post('/jobs/ingest', CREATES)).body as { id: string }
  await api.put(`/jobs/ingest/${id}/batches`, `LastName,AccountId\n${rows.join('\n')}\n`)
  await api.patch(`/jobs/ingest/${id}`, { state: 'UploadComplete' })
  return `/jobs/ingest/${id}`
}

const failed = async (api: ApiClient, job: string) =>
  (await waitForJob(api, job)) && ((await api.get(job)).body as { numberRecordsFailed: number }).numberRecordsFailed

describe('an org whose batches lock parents', () => {
  test('rejects the records of the later of two jobs with the same account', async () => {
    const { api, accounts } = await startOrg(true)
    const [first, second] = [await begin(api, accounts[0]), await begin(api, accounts[0])]
    expect([await failed(api, first), await failed(api, second)]).toEqual([0, 200])
    const [, line] = (await api.get(`${second}/failedResults`)).text.split('\n')
    expect(line).toContain(
      `UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: ${accounts[0]}`,
    )
    expect(api.emulator.stats().created['Contact']).toBe(200)
  })

  test('writes both of two jobs with different accounts, and of two jobs one after the other', async () => {
    const { api, accounts } = await startOrg(true)
    const [first, second] = [await begin(api, accounts[0]), await begin(api, accounts[1])]
    expect([await failed(api, first), await failed(api, second)]).toEqual([0, 0])
    expect(await failed(api, await begin(api, accounts[0]))).toBe(0)
  })

  test('rejects a record of another request while a batch holds its account', async () => {
    const { api, accounts } = await startOrg(true)
    const job = await begin(api, accounts[0])
    const contact = (account: string | undefined) =>
      api.post('/sobjects/Contact', { LastName: 'Later', AccountId: account })
    await expect.poll(async () => ((await api.get(job)).body as { state: string }).state).toBe('InProgress')
    expect(await contact(accounts[0])).toMatchObject({ body: [{ errorCode: 'UNABLE_TO_LOCK_ROW' }] })
    expect(await contact(accounts[1])).toMatchObject({ status: 201 })
    await waitForJob(api, job)
    expect(await contact(accounts[0])).toMatchObject({ status: 201 })
  })

  test('locks nothing for records without a parent', async () => {
    const { api } = await startOrg(true)
    const loads = [1, 2].map(() => runIngestJob(api, CREATES, `LastName\n${'C\n'.repeat(200)}`))
    for (const job of await Promise.all(loads)) expect(job).toMatchObject({ numberRecordsFailed: 0 })
  })
})

test('an org without such locks writes both of two jobs with the same account', async () => {
  const { api, accounts } = await startOrg(false)
  const [first, second] = [await begin(api, accounts[0]), await begin(api, accounts[0])]
  expect([await failed(api, first), await failed(api, second)]).toEqual([0, 0])
})
