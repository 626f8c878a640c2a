import { describe, expect } from 'vitest'
import { type ApiClient, waitForJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

function create(api: ApiClient, query: string) {
  return api.post('/jobs/query', { operation: 'query', query })
}

async function finished(api: ApiClient, query: string): Promise<string> {
  const path = `/jobs/query/${((await create(api, query)).body as { id: string }).id}`
  await waitForJob(api, path)
  return path
}

describe('a query job is not created (airbytehq/airbyte#8206)', () => {
  const compound = 'Selecting compound data not supported in Bulk Query'
  test.for([
    ['SELEKT Id FROM Contact', 'MALFORMED_QUERY', 'unexpected token: SELEKT'],
    ['SELECT Bacon__c FROM Contact', 'INVALID_FIELD', "No such column 'Bacon__c' on entity 'Contact'"],
    ['SELECT Id FROM XYZZY', 'INVALID_TYPE', "sObject type 'XYZZY' is not supported"],
    ['SELECT Id, MailingAddress FROM Contact', 'API_ERROR', compound],
    ['SELECT Id, Account.BillingAddress FROM Contact', 'API_ERROR', compound],
    [
      'SELECT Id, (SELECT Id FROM Contacts) FROM Account',
      'API_ERROR',
      'Aggregate Relationships not supported in Bulk V2 Query',
    ],
    ['SELECT LastName, COUNT(Id) FROM Contact GROUP BY LastName', 'API_ERROR', 'GROUP BY not supported'],
    ['SELECT COUNT(Id) FROM Contact', 'API_ERROR', 'Aggregate functions not supported'],
    ['SELECT Id FROM Contact OFFSET 5', 'API_ERROR', 'OFFSET not supported'],
  ] as const)('for %s', async ([query, errorCode, words], { api }) => {
    const { status, body } = await create(api, query)
    expect([status, body]).toMatchObject([400, [{ errorCode, message: expect.stringContaining(words) }]])
  })
})

describe('a query job', () => {
  test('names its object as describe does, and its version as recorded', async ({ api }) => {
    const { text, body } = await create(api, "SELECT Id FROM contact WHERE LastName = 'x from y'")
    expect(body).toMatchObject({ object: 'Contact' })
    expect(text).toContain('"apiVersion":67.0,')
  })

  test('writes doubles as Java does (forcedotcom/cli#3367), and whole numbers plainly', async ({ api }) => {
    const fields = { Name: 'Numbers', AnnualRevenue: 16_147_805_824_397, NumberOfEmployees: 12 }
    await api.post('/sobjects/Account', fields)
    const path = await finished(api, "SELECT AnnualRevenue, NumberOfEmployees FROM Account WHERE Name = 'Numbers'")
    expect((await api.get(`${path}/results`)).text).toContain('"1.6147805824397E13","12"\n')
  })

  test('finds parents by name, users by e-mail and leads that are not converted', async ({ api }) => {
    for (const Name of ['Bolt', "O'Neil & Söhne", 'Acme']) await api.post('/sobjects/Account', { Name })
    for (const IsConverted of [true, false]) {
      await api.post('/sobjects/Lead', { LastName: 'L', Company: 'C', Email: 'l@example.com', IsConverted })
    }
    const lines = async (soql: string) =>
      (await api.get(`${await finished(api, soql)}/results`)).text.trim().split('\n').slice(1)
    const names = "'bolt', 'O\\'NEIL & SÖHNE', 'None'"
    expect(await lines(`SELECT Name FROM Account WHERE Name IN (${names}) ORDER BY CreatedDate, Id`)).toEqual([
      '"Bolt"',
      '"O\'Neil & Söhne"',
    ])
    const { username } = api.emulator.credentials
    const user = `SELECT Username FROM User WHERE Email IN ('${username}') AND IsActive = true`
    expect(await lines(user)).toEqual([`"${username}"`])
    const lead =
      "SELECT IsConverted FROM Lead WHERE Email IN ('l@example.com') AND IsConverted = false ORDER BY CreatedDate"
    expect(await lines(lead)).toEqual(['"false"'])
  })

  test.for(['locator=nonsense', 'locator=OTk5', 'maxRecords=many', 'maxRecords=0'])(
    'rejects results with %s',
    async (parameters, { api }) => {
      const path = await finished(api, 'SELECT Id FROM Contact')
      expect((await api.get(`${path}/results?${parameters}`)).status).toBe(400)
    },
  )
})
