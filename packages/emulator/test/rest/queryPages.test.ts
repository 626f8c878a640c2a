import { describe, expect } from 'vitest'
import { type ApiClient, waitForJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

describe('queries', () => {
  const create = async (api: ApiClient, count: number, lastName: string) => {
    for (let from = 0; from < count; from += 200) {
      const records = Array.from({ length: Math.min(200, count - from) }, (_, index) => ({
        attributes: { type: 'Contact' },
        LastName: lastName,
        FirstName: String(from + index),
      }))
      await api.post('/composite/sobjects', { records })
    }
  }

  type Page = { totalSize: number; done: boolean; nextRecordsUrl?: string; records: { FirstName: string }[] }

  test('return pages of 2,000, or of the requested size, until the last', async ({ api }) => {
    await create(api, 2300, 'Paged')
    const soql = `/query?q=${encodeURIComponent("SELECT FirstName FROM Contact WHERE LastName = 'Paged'")}`
    const first = (await api.get(soql)).body as Page
    expect(first).toMatchObject({
      totalSize: 2300,
      done: false,
      nextRecordsUrl: expect.stringMatching(/\/query\/01g.{15}-2000$/),
    })
    const second = (await api.get(first.nextRecordsUrl ?? '')).body as Page
    expect(second).toMatchObject({ totalSize: 2300, done: true })
    expect(second).not.toHaveProperty('nextRecordsUrl')
    const names = [...first.records, ...second.records].map(row => row.FirstName)
    expect(new Set(names).size).toBe(2300)
    const small = (await api.get(soql, { 'sforce-query-options': 'batchSize=300' })).body as Page
    expect(small.records).toHaveLength(300)
  })

  test('reject an unknown locator', async ({ api }) => {
    const { status, body } = await api.get('/query/01gB000003OCxSPIA1-2000')
    expect(status).toBe(400)
    expect(body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }])
  })

  test('find deleted records with queryAll only', async ({ api }) => {
    const { id } = (await api.post('/sobjects/Contact', { LastName: 'Deleted' })).body as { id: string }
    await api.delete(`/sobjects/Contact/${id}`)
    const soql = encodeURIComponent("SELECT Id, IsDeleted FROM Contact WHERE LastName = 'Deleted'")
    expect((await api.get(`/query?q=${soql}`)).body).toMatchObject({ totalSize: 0 })
    expect((await api.get(`/queryAll?q=${soql}`)).body).toMatchObject({ records: [{ Id: id, IsDeleted: true }] })
  })

  test('return records that were written after the previous query', async ({ api }) => {
    const { id } = (await api.post('/sobjects/Contact', { LastName: 'Changing', Email: 'old@example.com' })).body as {
      id: string
    }
    const byEmail = (email: string) => api.query(`SELECT Id FROM Contact WHERE Email = '${email}'`)
    expect(await byEmail('OLD@example.com')).toMatchObject([{ Id: id }])
    await api.patch(`/sobjects/Contact/${id}`, { Email: 'new@example.com' })
    expect([await byEmail('old@example.com'), await byEmail('new@example.com')]).toMatchObject([[], [{ Id: id }]])
  })

  test('run as jobs, with a locator for the next part', async ({ api }) => {
    await create(api, 25, 'Jobbed')
    const request = {
      operation: 'query',
      query: "SELECT FirstName, CreatedDate, Account.Name FROM Contact WHERE LastName = 'Jobbed'",
    }
    const created = await api.post('/jobs/query', request)
    expect(created.body).toMatchObject({
      operation: 'query',
      object: 'Contact',
      state: 'UploadComplete',
      contentType: 'CSV',
    })
    expect(Object.keys(created.body as object).join(' ')).toBe(
      'id operation object createdById createdDate systemModstamp state concurrencyMode contentType apiVersion lineEnding columnDelimiter',
    )
    const path = `/jobs/query/${(created.body as { id: string }).id}`
    expect(await waitForJob(api, path)).toMatchObject({
      state: 'JobComplete',
      jobType: 'V2Query',
      numberRecordsProcessed: 25,
    })
    const first = await api.get(`${path}/results?maxRecords=20`)
    expect(first.headers.get('sforce-numberofrecords')).toBe('20')
    const last = await api.get(`${path}/results?maxRecords=20&locator=${first.headers.get('sforce-locator')}`)
    expect(last.headers.get('sforce-locator')).toBe('null')
    expect(last.text.trim().split('\n')).toHaveLength(6)
    expect(first.text.split('\n')[0]).toBe('"FirstName","CreatedDate","Account.Name"')
    expect(first.text.split('\n')[1]).toMatch(/^"\d+","\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z",""$/)
    expect((await api.get(`/services/data/v66.0${path}/results`)).status).toBe(409)
  })
})
