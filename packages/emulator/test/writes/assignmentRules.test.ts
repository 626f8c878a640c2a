import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'

let api: ApiClient
let ruleIds: Readonly<Record<string, string>>

beforeAll(async () => {
  api = await startEmptyOrg({
    assignmentRules: [
      { object: 'Lead', name: 'Standard', owner: 'Web_Leads', when: { field: 'LeadSource', value: 'Web' } },
      { object: 'Lead', name: 'Partners', owner: 'Partner_Leads', isActive: false },
    ],
  })
  const rules = await api.query("SELECT Id, Name FROM AssignmentRule WHERE SobjectType = 'Lead'")
  ruleIds = Object.fromEntries(rules.map(({ Id, Name }) => [Name, Id]))
})
afterAll(() => api.emulator.close())

async function ownerOf(lead: Record<string, unknown>, header?: string) {
  const headers = header === undefined ? undefined : { 'sforce-auto-assign': header }
  const { body } = await api.post('/sobjects/Lead', { LastName: 'A', Company: 'B', ...lead }, headers)
  return owner((body as { id: string }).id)
}

async function owner(id: string) {
  const rows = await api.query(`SELECT Owner.Name FROM Lead WHERE Id = '${id}'`)
  return rows.map(lead => (lead['Owner'] as { Name: string }).Name).join()
}

describe('an assignment rule', () => {
  test.each([
    ['applies without a header', undefined, { LeadSource: 'Web' }, 'Web Leads'],
    ['applies with TRUE', 'TRUE', { LeadSource: 'Web' }, 'Web Leads'],
    ['does not apply with FALSE', 'false', { LeadSource: 'Web' }, 'Integration User'],
    ['does not apply to records outside its criteria', undefined, { LeadSource: 'Other' }, 'Integration User'],
  ])('%s', async (_name, header, lead, expected) => {
    expect(await ownerOf(lead, header)).toBe(expected)
  })

  test('that is not active applies by its id', async () => {
    expect(await ownerOf({ LeadSource: 'Web' }, ruleIds['Partners'])).toBe('Partner Leads')
  })

  test.each([
    ['x', 'MALFORMED_ID'],
    ['01Q5f00000ZZZZZ', 'INVALID_CROSS_REFERENCE_KEY'],
  ])('named %s is rejected with %s', async (id, code) => {
    const lead = { LastName: 'A', Company: 'B' }
    const { status, text } = await api.post('/sobjects/Lead', lead, { 'sforce-auto-assign': id })
    expect([status, text]).toEqual([400, expect.stringContaining(code)])
  })

  test('applies to a job that names it, and to no other job', async () => {
    const csv = 'LastName,Company,LeadSource\nA,B,Web\n'
    const job = async (request: object) => {
      const { id } = await runIngestJob(api, { object: 'Lead', operation: 'insert', ...request }, csv)
      const { text } = await api.get(`/jobs/ingest/${id}/successfulResults`)
      return owner(/"(00Q\w+)"/.exec(text)?.[1] ?? '')
    }
    expect(await job({ assignmentRuleId: ruleIds['Partners'] })).toBe('Partner Leads')
    expect(await job({})).toBe('Integration User')
    const wrong = await api.post('/jobs/ingest', { object: 'Lead', operation: 'insert', assignmentRuleId: 'x' })
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('INVALIDJOB')])
  })
})
