import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, apiClient, startEmptyOrg, waitForJob } from './apiClient.ts'

let api: ApiClient

beforeAll(async () => {
  api = await startEmptyOrg()
})
afterAll(() => api.emulator.close())

const NOT_FOUND = [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]

describe('what the org tells of itself', () => {
  it('lists its versions to anyone, and counts no call for it', async () => {
    const response = await fetch(`${api.emulator.url}/services/data`)
    expect(response.status).toBe(200)
    expect(response.headers.has('sforce-limit-info')).toBe(false)
    const versions = (await response.json()) as unknown[]
    expect(versions).toContainEqual({ label: "Summer '24", url: '/services/data/v61.0', version: '61.0' })
    expect(versions).toContainEqual({ label: "Winter '25", url: '/services/data/v62.0', version: '62.0' })
  })

  it('names its resources', async () => {
    expect((await api.get('/')).body).toMatchObject({
      sobjects: '/services/data/v67.0/sobjects',
      query: '/services/data/v67.0/query',
      jobs: '/services/data/v67.0/jobs',
      identity: expect.stringMatching(/\/id\/00D.{15}\/005.{15}$/),
    })
  })

  it('counts the calls that are left', async () => {
    const before = (await api.get('/limits')).body as { DailyApiRequests: { Max: number; Remaining: number } }
    const after = (await api.get('/limits')).body as typeof before
    expect(after.DailyApiRequests).toEqual({ Max: 100_000, Remaining: before.DailyApiRequests.Remaining - 1 })
  })

  it('counts its records', async () => {
    await api.post('/sobjects/Account', { Name: 'One' })
    expect((await api.get('/limits/recordCount?sObjects=Account,Lead')).body).toEqual({
      sObjects: [
        { count: 1, name: 'Account' },
        { count: 0, name: 'Lead' },
      ],
    })
  })

  it('answers 304 without a body to a describe that has not changed', async () => {
    const first = await api.get('/sobjects/Contact/describe')
    expect(first.status).toBe(200)
    const modified = first.headers.get('last-modified') ?? ''
    expect(first.headers.get('etag')).toMatch(/^"[0-9a-f]+"$/)
    const again = await api.get('/sobjects/Contact/describe', { 'if-modified-since': modified })
    expect([again.status, again.text]).toEqual([304, ''])
    const older = { 'if-modified-since': 'Thu, 03 Sep 2020 21:35:07 GMT' }
    expect((await api.get('/sobjects/Contact/describe', older)).status).toBe(200)
    expect((await api.get('/sobjects', { 'if-modified-since': modified })).status).toBe(304)
  })
})

describe('what the org refuses', () => {
  it('a version it does not have', async () => {
    const { status, body } = await api.get('/services/data/v999.0/sobjects')
    expect([status, body]).toEqual([404, NOT_FOUND])
  })

  it('a version that is retired', async () => {
    expect((await api.get('/services/data/v29.0/sobjects')).status).toBe(410)
  })

  it('a path it does not have', async () => {
    expect((await api.get('/nothing/here')).body).toEqual(NOT_FOUND)
    expect((await api.get('/sobjects/Nope__c/describe')).body).toEqual(NOT_FOUND)
  })

  it('a method that the path does not have', async () => {
    const { status, body } = await api.put('/sobjects/Contact', '')
    expect(status).toBe(405)
    expect(body).toEqual([
      { errorCode: 'METHOD_NOT_ALLOWED', message: "HTTP Method 'PUT' not allowed. Allowed are GET,POST" },
    ])
  })

  it('a token it does not know, as recorded', async () => {
    const { status, body, headers } = await apiClient(api.emulator, 'badToken').post('/sobjects/Account', { Name: 'x' })
    expect(status).toBe(401)
    expect(body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }])
    expect(headers.get('www-authenticate')).toBe('Token')
    expect(headers.has('sforce-limit-info')).toBe(false)
  })

  it('another kind of authorization', async () => {
    const { status, body } = await api.get('/limits', { authorization: 'Basic abc' })
    expect([status, body]).toEqual([401, [{ message: 'INVALID_HEADER_TYPE', errorCode: 'INVALID_AUTH_HEADER' }]])
  })

  it('a path of more than 16,384 bytes, with a page instead of JSON', async () => {
    const { status, text, headers } = await api.get(`/query?q=${'x'.repeat(16_384)}`)
    expect(status).toBe(414)
    expect(headers.get('content-type')).toContain('text/html')
    expect(text).toBe('<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>')
  })

  it('calls beyond the daily limit', async () => {
    const limited = await startEmptyOrg({ limits: { dailyApiRequests: 1 } })
    expect((await limited.get('/limits')).status).toBe(200)
    const { status, body } = await limited.get('/limits')
    await limited.emulator.close()
    expect([status, body]).toEqual([
      403,
      [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    ])
  })
})

describe('queries', () => {
  const create = async (count: number, lastName: string) => {
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

  it('come in pages of 2,000, or of the size asked for, until the last', async () => {
    await create(2300, 'Paged')
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

  it('refuse a locator they did not give', async () => {
    const { status, body } = await api.get('/query/01gB000003OCxSPIA1-2000')
    expect(status).toBe(400)
    expect(body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }])
  })

  it('find deleted records with queryAll only', async () => {
    const { id } = (await api.post('/sobjects/Contact', { LastName: 'Deleted' })).body as { id: string }
    await api.delete(`/sobjects/Contact/${id}`)
    const soql = encodeURIComponent("SELECT Id, IsDeleted FROM Contact WHERE LastName = 'Deleted'")
    expect((await api.get(`/query?q=${soql}`)).body).toMatchObject({ totalSize: 0 })
    expect((await api.get(`/queryAll?q=${soql}`)).body).toMatchObject({ records: [{ Id: id, IsDeleted: true }] })
  })

  it('see what was written since the last one', async () => {
    const { id } = (await api.post('/sobjects/Contact', { LastName: 'Changing', Email: 'old@example.com' })).body as {
      id: string
    }
    const byEmail = (email: string) => api.query(`SELECT Id FROM Contact WHERE Email = '${email}'`)
    expect(await byEmail('OLD@example.com')).toMatchObject([{ Id: id }])
    await api.patch(`/sobjects/Contact/${id}`, { Email: 'new@example.com' })
    expect([await byEmail('old@example.com'), await byEmail('new@example.com')]).toMatchObject([[], [{ Id: id }]])
  })

  it('run as jobs, with a locator for the next part', async () => {
    await create(25, 'Jobbed')
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
