import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob, startEmptyOrg } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type Row = Readonly<Record<string, string>>

const INSERT = { object: 'Contact', operation: 'insert' }

function rows(text: string): readonly Row[] {
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data
}

async function resultText(api: ApiClient, id: string, file: string) {
  return (await api.get(`/jobs/ingest/${id}/${file}`)).text
}

async function results(api: ApiClient, id: string, file: string) {
  return rows(await resultText(api, id, file))
}

describe('the result files', () => {
  test('contain every row exactly once, in another order than the upload', async ({ api }) => {
    const names = Array.from({ length: 5000 }, (_, index) => `Name${index}`)
    const { id } = await runIngestJob(api, INSERT, `LastName,Title\n${names.map(name => `${name},x`).join('\n')}\n`)
    const found = (await results(api, id, 'successfulResults')).map(row => row['LastName'])
    expect(found).not.toEqual(names)
    expect([...found].sort()).toEqual([...names].sort())
  })

  test('have the same order for the same seed, and another for another seed', async () => {
    const csv = `LastName\n${Array.from({ length: 30 }, (_, index) => `N${index}`).join('\n')}\n`
    const order = async (seed: number) => {
      const org = await startEmptyOrg({ seed })
      const { id } = await runIngestJob(org, INSERT, csv)
      const { text } = await org.get(`/jobs/ingest/${id}/successfulResults`)
      await org.emulator.close()
      return rows(text).map(row => row['LastName'])
    }
    expect(await order(3)).toEqual(await order(3))
    expect(await order(3)).not.toEqual(await order(4))
  })

  test('show rewritten values: trimmed, in lower case, in Java’s number format, truncated', async ({ api }) => {
    const csv =
      'LastName,Email,Score__c,Last_Seen__c,Opt_In__c,Title\n" Abel ",Ada@Example.COM,350000000,2026-01-01T00:00:00.123Z,1,\n'
    const { id } = await runIngestJob(api, INSERT, csv)
    const [row] = await results(api, id, 'successfulResults')
    expect(row).toMatchObject({
      sf__Created: 'true',
      LastName: 'Abel',
      Email: 'ada@example.com',
      Score__c: '3.5E8',
      Opt_In__c: 'true',
      Last_Seen__c: expect.stringMatching(/^2026-01-01T00:00:00(\.000)?Z$/),
    })
  })

  test('omit a column that no row uses', async ({ api }) => {
    const { id } = await runIngestJob(api, INSERT, 'Id,LastName,Title\n,A,\n,B,\n')
    expect((await resultText(api, id, 'successfulResults')).split('\n')[0]).toBe('"sf__Id","sf__Created",LastName')
  })

  test('sort the columns in some jobs and keep their order in others', async ({ api }) => {
    const headers = new Set<string>()
    for (let run = 0; run < 12; run++) {
      const { id } = await runIngestJob(api, INSERT, 'Title,LastName\nx,A\n')
      headers.add((await resultText(api, id, 'successfulResults')).split('\n')[0] ?? '')
    }
    expect(headers).toEqual(new Set(['"sf__Id","sf__Created",Title,LastName', '"sf__Id","sf__Created",LastName,Title']))
  })

  test('quote every value', async ({ api }) => {
    const name = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', '😀'), minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 20 }), async names => {
        const given = names.map(text => `x${text}x`)
        const { id } = await runIngestJob(
          api,
          INSERT,
          Papa.unparse({ fields: ['LastName'], data: given.map(text => [text]) }, { newline: '\n' }),
        )
        const found = (await results(api, id, 'successfulResults')).map(row => row['LastName'] ?? '')
        expect([...found].sort()).toEqual([...given].sort())
      }),
      { numRuns: 20 },
    )
  })

  test('use the delimiter and the line ends of the job', async ({ api }) => {
    const request = { ...INSERT, columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' }
    const { id } = await runIngestJob(api, request, 'LastName;FirstName\r\nA;B\r\n')
    expect(await resultText(api, id, 'successfulResults')).toMatch(
      /^"sf__Id";"sf__Created";(LastName;FirstName|FirstName;LastName)\r\n"003.{15}";"true";"."/,
    )
  })
})
