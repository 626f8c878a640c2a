import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'

let api: ApiClient
let existing: string

const MESSAGE = 'Use one of these records?'
const ALLOW = { 'sforce-duplicate-rule-header': 'allowSave=true' }
const rule = { object: 'Contact', fields: ['Email', 'LastName'], action: 'alert' }
const duplicate = { LastName: 'WEBER', Email: 'ada@example.com' }

async function setRules(...rules: readonly object[]) {
  await fetch(`${api.emulator.url}/emulator/duplicate-rules`, { method: 'DELETE' })
  for (const body of rules) {
    await fetch(`${api.emulator.url}/emulator/duplicate-rules`, { method: 'POST', body: JSON.stringify(body) })
  }
}

function collection(...records: readonly object[]) {
  return { records: records.map(record => ({ attributes: { type: 'Contact' }, ...record })) }
}

beforeAll(async () => {
  api = await startEmptyOrg()
  existing = ((await api.post('/sobjects/Contact', { ...duplicate, LastName: 'Weber' })).body as { id: string }).id
})
afterAll(() => api.emulator.close())
beforeEach(() => setRules(rule))

describe('a duplicate rule', () => {
  test('rejects a single record with the ids of its duplicates, in the recorded form', async () => {
    const { status, body, text } = await api.post('/sobjects/Contact', duplicate)
    const record = { attributes: { type: 'Contact', url: expect.stringContaining(existing) }, Id: existing }
    const matchRecord = { additionalInformation: [], fieldDiffs: [], matchConfidence: 100, record }
    const match = { entityType: 'Contact', errors: [], matchRecords: [matchRecord], size: 1, success: true }
    expect([status, body]).toEqual([
      400,
      [
        {
          duplicateResut: {
            allowSave: true,
            duplicateRule: 'Standard_Contact_Duplicate_Rule',
            duplicateRuleEntityType: 'Contact',
            errorMessage: MESSAGE,
            matchResults: [{ ...match, matchEngine: 'ExactMatchEngine', rule: 'Standard_Contact_Match_Rule_v1_1' }],
          },
          errorCode: 'DUPLICATES_DETECTED',
          message: MESSAGE,
        },
      ],
    ])
    expect(text).toContain('"matchConfidence":100.0')
  })

  test('shows the fields of the duplicates when the header asks for them', async () => {
    const header = { 'sforce-duplicate-rule-header': 'allowSave=false; includeRecordDetails=true' }
    const { text } = await api.post('/sobjects/Contact', duplicate, header)
    expect(text).toContain('"LastName":"Weber"')
  })

  test('rejects a record of a collection without ids', async () => {
    const { body } = await api.post('/composite/sobjects', collection(duplicate, { LastName: 'Other' }))
    const errors = [{ statusCode: 'DUPLICATES_DETECTED', message: MESSAGE, fields: [] }]
    expect(body).toMatchObject([{ success: false, errors }, { success: true }])
    expect((body as object[])[0]).toEqual({ success: false, errors })
  })

  test('of the action alert lets records pass with allowSave', async () => {
    const single = await api.post('/sobjects/Contact', { ...duplicate, Email: 'x@example.com' }, ALLOW)
    const again = await api.post('/sobjects/Contact', { ...duplicate, Email: 'x@example.com' }, ALLOW)
    expect([single.status, again.status]).toEqual([201, 201])
    const { body } = await api.post('/composite/sobjects', collection({ ...duplicate, Email: 'x@example.com' }), ALLOW)
    expect(body).toMatchObject([{ success: true }])
  })

  test('of the action block rejects records with allowSave too', async () => {
    await setRules({ ...rule, action: 'block', name: 'No_Doubles', message: 'Exists already.' })
    const { status, body } = await api.post('/sobjects/Contact', duplicate, ALLOW)
    expect([status, body]).toMatchObject([
      400,
      [{ duplicateResut: { allowSave: false, duplicateRule: 'No_Doubles' }, message: 'Exists already.' }],
    ])
  })

  test('finds no duplicates of a blank field, of the record itself, or within one request', async () => {
    const twice = { LastName: 'Twice', Email: 'twice@example.com' }
    const { body } = await api.post('/composite/sobjects', collection(twice, twice, { LastName: 'Weber' }))
    expect(body).toMatchObject([{ success: true }, { success: true }, { success: true }])
    const [first] = body as readonly { id: string }[]
    const path = `/sobjects/Contact/${first?.id}`
    expect((await api.patch(path, { Title: 'Dr', Email: 'twice@example.com' })).status).toBe(204)
    expect((await api.patch(path, duplicate)).status).toBe(400)
  })

  test('rejects rows of a job, whose requests have no such header', async () => {
    const csv = 'LastName,Email\nWeber,ada@example.com\nNew,new@example.com\n'
    const job = await runIngestJob(api, { object: 'Contact', operation: 'insert' }, csv)
    expect(job).toMatchObject({ numberRecordsProcessed: 2, numberRecordsFailed: 1 })
    const { text } = await api.get(`/jobs/ingest/${job.id}/failedResults`)
    expect(text).toContain(`"DUPLICATES_DETECTED:${MESSAGE}:--"`)
  })

  test('names the duplicates of a record that is only checked', async () => {
    const check = (fields: object) => api.post('/ui-api/predupe', { apiName: 'Contact', fields })
    const { status, body } = await check(duplicate)
    const name = 'Standard_Contact_Duplicate_Rule'
    const matchResultInfo = { recordIds: [existing], rule: 'Standard_Contact_Match_Rule_v1_1' }
    const infos = { [name]: { allowSave: true, matchResultInfo, rule: name } }
    const match = { duplicateResultInfos: infos, objectApiName: 'Contact', recordIds: [existing] }
    expect([status, body]).toEqual([
      200,
      { allowSave: true, duplicateError: true, duplicateRules: [name], matches: [match] },
    ])
    expect((await check({ LastName: 'Weber' })).body).toMatchObject({ duplicateError: false, matches: [] })
    expect((await check({ Nickname__c: 'Ada' })).status).toBe(400)
    expect((await api.post('/ui-api/predupe', { apiName: 'Nothing__c', fields: {} })).status).toBe(404)
    expect((await api.post('/ui-api/predupe', { apiName: 'Contact' })).status).toBe(400)
  })

  test('is rejected by the admin API when it is not one', async () => {
    const body = JSON.stringify({ ...rule, action: 'warn' })
    const answer = await fetch(`${api.emulator.url}/emulator/duplicate-rules`, { method: 'POST', body })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringMatching(/^Not a duplicate rule: action: .*"block"\|"alert"/) },
    ])
  })
})

test('an option sets duplicate rules from the start', async () => {
  const own = await startEmptyOrg({ duplicateRules: [{ object: 'Lead', fields: ['Email'], action: 'block' }] })
  const lead = { LastName: 'A', Company: 'B', Email: 'a@example.com' }
  const answers = [await own.post('/sobjects/Lead', lead), await own.post('/sobjects/Lead', lead)]
  await own.emulator.close()
  expect(answers.map(({ status }) => status)).toEqual([201, 400])
})
