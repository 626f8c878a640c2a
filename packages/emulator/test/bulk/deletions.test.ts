import { describe, expect } from 'vitest'
import { DEFAULT_USER } from '../../index.ts'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

async function contacts(api: ApiClient, ...names: readonly string[]): Promise<readonly string[]> {
  const records = names.map(LastName => ({ attributes: { type: 'Contact' }, LastName }))
  const { body } = await api.post('/composite/sobjects', { records })
  return (body as { id: string }[]).map(({ id }) => id)
}

const csvOf = (ids: readonly string[]): string => `Id\n${ids.join('\n')}\n`

async function binned(api: ApiClient, ids: readonly string[]) {
  const soql = `SELECT Id, IsDeleted FROM Contact WHERE Id IN ('${ids.join("','")}')`
  const { body } = await api.get(`/queryAll?q=${encodeURIComponent(soql)}`)
  return (body as { records: { IsDeleted: boolean }[] }).records.map(({ IsDeleted }) => IsDeleted)
}

const permitted = () => startEmptyOrg({ users: [{ ...DEFAULT_USER, hardDelete: true }] })

describe('a job that deletes', () => {
  test('moves records into the recycle bin, and rejects those that are there', async ({ api }) => {
    const ids = await contacts(api, 'One', 'Two')
    const request = { object: 'Contact', operation: 'delete' }
    const before = api.emulator.stats().deleted['Contact'] ?? 0
    const first = await runIngestJob(api, request, csvOf(ids))
    expect(first).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 0 })
    const { text } = await api.get(`/jobs/ingest/${first.id}/successfulResults`)
    for (const id of ids) expect(text).toContain(`"${id}","false"`)
    expect(await binned(api, ids)).toEqual([true, true])
    expect(api.emulator.stats().deleted['Contact']).toBe(before + 2)
    const second = await runIngestJob(api, request, csvOf(ids))
    expect(second).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 2 })
    expect((await api.get(`/jobs/ingest/${second.id}/failedResults`)).text).toContain('ENTITY_IS_DELETED')
  })

  test('rejects records that another transaction holds', async ({ api }) => {
    const ids = await contacts(api, 'Held')
    api.emulator.faults.add({ match: { operation: 'delete' }, times: 1, fault: { type: 'lockRows', share: 1 } })
    const job = await runIngestJob(api, { object: 'Contact', operation: 'delete' }, csvOf(ids))
    expect((await api.get(`/jobs/ingest/${job.id}/failedResults`)).text).toContain('UNABLE_TO_LOCK_ROW')
    expect(await binned(api, ids)).toEqual([false])
  })
})

describe('a hard delete', () => {
  test('needs the permission, which its user can query', async ({ api }) => {
    const { status, body } = await api.post('/jobs/ingest', { object: 'Contact', operation: 'hardDelete' })
    expect([status, body]).toMatchObject([400, [{ errorCode: 'FEATURENOTENABLED' }]])
    const soql = 'SELECT PermissionsBulkApiHardDelete FROM UserPermissionAccess LIMIT 1'
    expect(await api.query(soql)).toMatchObject([{ PermissionsBulkApiHardDelete: false }])
    const other = await permitted()
    expect(await other.query(soql)).toMatchObject([{ PermissionsBulkApiHardDelete: true }])
    await other.emulator.close()
  })

  test('leaves nothing in the recycle bin', async () => {
    const api = await permitted()
    const ids = await contacts(api, 'One', 'Two')
    const job = await runIngestJob(api, { object: 'Contact', operation: 'hardDelete' }, csvOf(ids))
    expect(job).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 0 })
    expect(await binned(api, ids)).toEqual([])
    const { body } = await api.delete(`/composite/sobjects?ids=${ids[0]}`)
    expect(body).toMatchObject([{ success: false, errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] }])
    await api.emulator.close()
  })
})
