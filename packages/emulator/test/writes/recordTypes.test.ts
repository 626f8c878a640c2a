import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'

let api: ApiClient
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  api = await startEmptyOrg({
    recordTypes: [
      { object: 'Account', developerName: 'Customer_Account', isDefault: true },
      { object: 'Account', developerName: 'Partner_Account', name: 'Partner' },
      { object: 'Account', developerName: 'Legacy_Account', isActive: false },
      { object: 'Account', developerName: 'Internal', isAvailable: false },
      { object: 'Contact', developerName: 'Employee' },
    ],
  })
  const types = await api.query('SELECT Id, DeveloperName FROM RecordType')
  ids = Object.fromEntries(types.map(({ Id, DeveloperName }) => [DeveloperName, Id]))
})
afterAll(() => api.emulator.close())

async function createAccount(fields: Record<string, unknown>) {
  return api.post('/sobjects/Account', { Name: 'Typed', ...fields })
}

async function typeOf(answer: Awaited<ReturnType<typeof createAccount>>) {
  const { id } = answer.body as { id: string }
  const [row] = await api.query(`SELECT RecordType.DeveloperName FROM Account WHERE Id = '${id}'`)
  return row?.['RecordType']
}

const MASTER = '012000000000000AAA'

describe('record types', () => {
  test('are listed by describe, with the master record type', async () => {
    const { body } = await api.get('/sobjects/Account/describe')
    const { recordTypeInfos } = body as { recordTypeInfos: readonly object[] }
    expect(recordTypeInfos).toMatchObject([
      { developerName: 'Customer_Account', name: 'Customer Account', active: true, available: true },
      { developerName: 'Partner_Account', name: 'Partner', defaultRecordTypeMapping: false, master: false },
      { developerName: 'Legacy_Account', active: false, available: false },
      { developerName: 'Internal', active: true, available: false },
      { developerName: 'Master', master: true, recordTypeId: MASTER, defaultRecordTypeMapping: false },
    ])
    expect(Object.keys(recordTypeInfos[0] ?? {}).join(' ')).toBe(
      'active available defaultRecordTypeMapping developerName master name recordTypeId urls',
    )
    expect(recordTypeInfos[0]).toMatchObject({ defaultRecordTypeMapping: true, recordTypeId: ids['Customer_Account'] })
    expect((await api.get('/sobjects/Lead/describe')).body).toMatchObject({
      recordTypeInfos: [{ developerName: 'Master', defaultRecordTypeMapping: true }],
    })
  })

  test('are assigned by id; a record without one gets the default', async () => {
    expect(await typeOf(await createAccount({ RecordTypeId: ids['Partner_Account'] }))).toMatchObject({
      DeveloperName: 'Partner_Account',
    })
    expect(await typeOf(await createAccount({}))).toMatchObject({ DeveloperName: 'Customer_Account' })
    expect(await typeOf(await createAccount({ RecordTypeId: MASTER }))).toBeNull()
  })

  test.each(['Legacy_Account', 'Internal', 'Employee'])('%s is rejected in the recorded words', async name => {
    const id = ids[name]
    const message = `Record Type ID: this ID value isn't valid for the user: ${id}`
    const fields = ['RecordTypeId']
    const { status, body } = await createAccount({ RecordTypeId: id })
    expect([status, body]).toEqual([400, [{ message, errorCode: 'INVALID_CROSS_REFERENCE_KEY', fields }]])
    const job = await runIngestJob(api, { object: 'Account', operation: 'insert' }, `Name,RecordTypeId\nA,${id}\n`)
    expect((await api.get(`/jobs/ingest/${job.id}/failedResults`)).text).toContain(
      `"INVALID_CROSS_REFERENCE_KEY:${message}:RecordTypeId --"`,
    )
  })

  test('change by an update', async () => {
    const created = await createAccount({})
    const path = `/sobjects/Account/${(created.body as { id: string }).id}`
    expect((await api.patch(path, { RecordTypeId: ids['Partner_Account'] })).status).toBe(204)
    expect(await typeOf(created)).toMatchObject({ DeveloperName: 'Partner_Account' })
    expect((await api.patch(path, { RecordTypeId: ids['Legacy_Account'] })).status).toBe(400)
  })
})
