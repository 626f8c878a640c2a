import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'

let api: ApiClient

beforeAll(async () => {
  api = await startEmptyOrg({ personAccounts: true })
})
afterAll(() => api.emulator.close())

async function create(fields: Record<string, unknown>) {
  const { status, body } = await api.post('/sobjects/Account', fields)
  return { status, body, path: `/sobjects/Account/${(body as { id?: string }).id}` }
}

const person = { FirstName: 'Ada', LastName: 'Weber', PersonEmail: 'Ada@example.com' }

function locked(...fields: readonly string[]) {
  const message = expect.stringMatching(`^Unable to create/update fields: ${fields.join(', ')}\\. Please check`)
  return [400, [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', message, fields }]]
}

function missing(field: string) {
  const message = `Required fields are missing: [${field}]`
  return [400, [{ errorCode: 'REQUIRED_FIELD_MISSING', message, fields: [field] }]]
}

describe('an org with person accounts', () => {
  test('describes the fields of a person, and Name as required', async () => {
    const { body } = await api.get('/sobjects/Account/describe')
    const { fields } = body as { fields: readonly { name: string }[] }
    const described = new Map(fields.map(field => [field.name, field]))
    expect(described.get('Name')).toMatchObject({ nillable: false, extraTypeInfo: 'switchablepersonname' })
    expect(described.get('LastName')).toMatchObject({ nillable: true, createable: true, extraTypeInfo: 'personname' })
    expect(described.get('IsPersonAccount')).toMatchObject({ type: 'boolean', createable: false, updateable: false })
    expect(described.get('PersonMailingCity')).toMatchObject({ compoundFieldName: 'PersonMailingAddress' })
  })

  test('creates a person by LastName, with a composed Name and the record type of persons', async () => {
    const { status, path } = await create(person)
    expect(status).toBe(201)
    expect((await api.get(path)).body).toMatchObject({
      Name: 'Ada Weber',
      IsPersonAccount: true,
      PersonEmail: 'ada@example.com',
    })
    const soql = "SELECT RecordType.DeveloperName FROM Account WHERE IsPersonAccount = true AND Name = 'Ada Weber'"
    expect(await api.query(soql)).toMatchObject([{ RecordType: { DeveloperName: 'PersonAccount' } }])
  })

  test('rejects a person with a Name, and an account with neither', async () => {
    const both = await create({ ...person, Name: 'Ada Weber' })
    expect([both.status, both.body]).toEqual(locked('Name'))
    const neither = await create({ Site: 'Berlin' })
    expect([neither.status, neither.body]).toEqual(missing('Name'))
  })

  test('keeps businesses as they are, without the fields of a person', async () => {
    const { path } = await create({ Name: 'Acme' })
    expect((await api.get(path)).body).toMatchObject({ Name: 'Acme', IsPersonAccount: false, LastName: null })
    const { status, body } = await api.patch(path, { LastName: 'Weber', PersonTitle: 'Dr' })
    expect([status, body]).toEqual(locked('LastName', 'PersonTitle'))
  })

  test('updates a person by its own fields, never by Name', async () => {
    const { path } = await create(person)
    expect((await api.patch(path, { LastName: 'Berg' })).status).toBe(204)
    expect((await api.get(path)).body).toMatchObject({ Name: 'Ada Berg' })
    const named = await api.patch(path, { Name: 'Ada' })
    expect([named.status, named.body]).toEqual(locked('Name'))
    const cleared = await api.patch(path, { LastName: null })
    expect([cleared.status, cleared.body]).toEqual(missing('LastName'))
  })

  test('loads persons and businesses in one job', async () => {
    const csv = 'Name,FirstName,LastName\n,Bo,Berg\nBolt,,\n,Only,\n'
    const job = await runIngestJob(api, { object: 'Account', operation: 'insert' }, csv)
    expect(job).toMatchObject({ numberRecordsProcessed: 3, numberRecordsFailed: 1 })
    const failed = (await api.get(`/jobs/ingest/${job.id}/failedResults`)).text
    expect(failed).toContain('REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --')
  })
})

test('an org without person accounts has none of their fields', async () => {
  const plain = await startEmptyOrg()
  const { status } = await plain.post('/sobjects/Account', person)
  await plain.emulator.close()
  expect(status).toBe(400)
})
