import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type Fields = Readonly<Record<string, unknown>>

async function create(api: ApiClient, object: string, fields: Fields): Promise<string> {
  const { status, body } = await api.post(`/sobjects/${object}`, fields)
  expect({ status, body }).toMatchObject({ status: 201 })
  return (body as { id: string }).id
}

async function read(api: ApiClient, object: string, id: string): Promise<Fields> {
  return (await api.get(`/sobjects/${object}/${id}`)).body as Fields
}

async function createdOpportunity(api: ApiClient, fields: Fields) {
  return create(api, 'Opportunity', { Name: 'Deal', CloseDate: '2026-11-28', ...fields })
}

describe('a person is in a campaign once (openstax/tutor-server#1653)', () => {
  const already = { message: 'Already a campaign member.', errorCode: 'DUPLICATE_VALUE', fields: [] }

  test('by ContactId and by LeadId; another campaign or person is accepted', async ({ api }) => {
    const [spring, autumn] = [
      await create(api, 'Campaign', { Name: 'Spring' }),
      await create(api, 'Campaign', { Name: 'Autumn' }),
    ]
    const ContactId = await create(api, 'Contact', { LastName: 'A' })
    const LeadId = await create(api, 'Lead', { LastName: 'B', Company: 'C' })
    for (const person of [{ ContactId }, { LeadId }]) {
      await create(api, 'CampaignMember', { CampaignId: spring, ...person })
      const again = await api.post('/sobjects/CampaignMember', { CampaignId: spring, ...person })
      expect([again.status, again.body]).toEqual([400, [already]])
      await create(api, 'CampaignMember', { CampaignId: autumn, ...person })
    }
  })

  test('through sObject Collections and Bulk API alike, and again after the deletion of the member', async ({
    api,
  }) => {
    const CampaignId = await create(api, 'Campaign', { Name: 'Winter' })
    const ContactId = await create(api, 'Contact', { LastName: 'D' })
    const record = { attributes: { type: 'CampaignMember' }, CampaignId, ContactId }
    const { body } = await api.post('/composite/sobjects', { records: [record, record] })
    const [first, second] = body as readonly [{ id: string }, unknown]
    const { message, fields } = already
    expect(second).toEqual({ success: false, errors: [{ statusCode: 'DUPLICATE_VALUE', message, fields }] })
    const csv = `CampaignId,ContactId\n${CampaignId},${ContactId}\n`
    const job = await runIngestJob(api, { object: 'CampaignMember', operation: 'insert' }, csv)
    const { text } = await api.get(`/jobs/ingest/${job.id}/failedResults`)
    expect(text).toContain('"DUPLICATE_VALUE:Already a campaign member.:--"')
    await api.delete(`/sobjects/CampaignMember/${first.id}`)
    const retried = await runIngestJob(api, { object: 'CampaignMember', operation: 'insert' }, csv)
    expect(retried).toMatchObject({ numberRecordsProcessed: 1, numberRecordsFailed: 0 })
  })

  test('of a lead and a contact in one record, only the contact is stored (object reference)', async ({ api }) => {
    const CampaignId = await create(api, 'Campaign', { Name: 'Both' })
    const ContactId = await create(api, 'Contact', { LastName: 'E' })
    const LeadId = await create(api, 'Lead', { LastName: 'F', Company: 'G' })
    const id = await create(api, 'CampaignMember', { CampaignId, ContactId, LeadId, Status: 'Responded' })
    expect(await read(api, 'CampaignMember', id)).toMatchObject({
      ...{ ContactId, LeadId: null, HasResponded: true },
      ...{ LeadOrContactId: ContactId, Type: 'Contact' },
    })
  })
})

describe('values that follow from a stage or a status (object reference)', () => {
  test('an opportunity has the probability, category and flags of its stage', async ({ api }) => {
    const id = await createdOpportunity(api, { StageName: 'Value Proposition', Amount: 1000 })
    expect(await read(api, 'Opportunity', id)).toMatchObject({
      IsClosed: false,
      IsWon: false,
      Probability: 50,
      ExpectedRevenue: 500,
      ForecastCategory: 'Pipeline',
      ForecastCategoryName: 'Pipeline',
      FiscalYear: 2026,
      FiscalQuarter: 4,
      Fiscal: '2026 4',
    })
    await api.patch(`/sobjects/Opportunity/${id}`, { StageName: 'Closed Won' })
    const won = { IsClosed: true, IsWon: true, Probability: 100, ForecastCategory: 'Closed' }
    expect(await read(api, 'Opportunity', id)).toMatchObject(won)
    expect(await api.query(`SELECT Id FROM Opportunity WHERE IsWon = true AND Id = '${id}'`)).toHaveLength(1)
  })

  test('a given probability and category override those of the stage, until the stage changes', async ({ api }) => {
    const given = { Probability: 33, ForecastCategoryName: 'Best Case' }
    const id = await createdOpportunity(api, { StageName: 'Prospecting', ...given })
    await api.patch(`/sobjects/Opportunity/${id}`, { StageName: 'Prospecting', NextStep: 'Call' })
    expect(await read(api, 'Opportunity', id)).toMatchObject({ ...given, ForecastCategory: 'BestCase' })
    await api.patch(`/sobjects/Opportunity/${id}`, { StageName: 'Closed Lost' })
    expect(await read(api, 'Opportunity', id)).toMatchObject({ Probability: 0, ForecastCategory: 'Omitted' })
  })

  test('a case is closed with its date, and opened again without it', async ({ api }) => {
    const id = await create(api, 'Case', { Status: 'Closed' })
    expect(await read(api, 'Case', id)).toMatchObject({
      IsClosed: true,
      ClosedDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000\+0000$/),
    })
    await api.patch(`/sobjects/Case/${id}`, { Status: 'Working' })
    expect(await read(api, 'Case', id)).toMatchObject({ IsClosed: false, ClosedDate: null })
  })
})

describe('the deletion of a parent, as describe says', () => {
  test('deletes the children of cascadeDelete, and theirs ("Cascading Deletions")', async ({ api }) => {
    const AccountId = await create(api, 'Account', { Name: 'Parent' })
    const ContactId = await create(api, 'Contact', { LastName: 'Child', AccountId })
    const CampaignId = await create(api, 'Campaign', { Name: 'Of the child' })
    const member = await create(api, 'CampaignMember', { CampaignId, ContactId })
    expect((await api.delete(`/sobjects/Account/${AccountId}`)).status).toBe(204)
    for (const path of [`Contact/${ContactId}`, `CampaignMember/${member}`]) {
      expect((await api.get(`/sobjects/${path}`)).status).toBe(404)
    }
    expect((await api.get(`/sobjects/Campaign/${CampaignId}`)).status).toBe(200)
  })

  test('clears a lookup without either flag', async ({ api }) => {
    const ReportsToId = await create(api, 'Contact', { LastName: 'Manager' })
    const id = await create(api, 'Contact', { LastName: 'Employee', ReportsToId })
    await api.delete(`/sobjects/Contact/${ReportsToId}`)
    expect(await read(api, 'Contact', id)).toMatchObject({ ReportsToId: null })
  })

  test('is rejected for children of restrictedDelete, in the recorded words, and deletes nothing', async ({ api }) => {
    const AccountId = await create(api, 'Account', { Name: 'Restricted' })
    const ContactId = await create(api, 'Contact', {
      Salutation: 'Mr.',
      FirstName: 'Josh',
      LastName: 'Davis',
      AccountId,
    })
    const { CaseNumber } = await read(api, 'Case', await create(api, 'Case', { ContactId }))
    const errors = [
      {
        message: `Your attempt to delete Mr. Josh Davis could not be completed because it is associated with the following cases.: ${CaseNumber}\n`,
        errorCode: 'DELETE_FAILED',
        fields: [],
      },
    ]
    for (const path of [`Contact/${ContactId}`, `Account/${AccountId}`]) {
      const { status, body } = await api.delete(`/sobjects/${path}`)
      expect([status, body]).toEqual([400, errors])
      expect((await api.get(`/sobjects/${path}`)).status).toBe(200)
    }
  })

  test('is undone with its children in an all-or-none request', async ({ api }) => {
    const AccountId = await create(api, 'Account', { Name: 'Undone' })
    const ContactId = await create(api, 'Contact', { LastName: 'Undone', AccountId })
    await api.delete(`/composite/sobjects?ids=${AccountId},0015f00000ZZZZZAAZ&allOrNone=true`)
    expect(await read(api, 'Contact', ContactId)).toMatchObject({ AccountId, IsDeleted: false })
  })
})
