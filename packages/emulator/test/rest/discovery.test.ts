import { describe, expect } from 'vitest'
import { test } from '../emulatorTest.ts'

describe('discovery', () => {
  test('lists the versions without a login, and counts no API call', async ({ api }) => {
    const response = await fetch(`${api.emulator.url}/services/data`)
    expect(response.status).toBe(200)
    expect(response.headers.has('sforce-limit-info')).toBe(false)
    const versions = (await response.json()) as unknown[]
    expect(versions).toContainEqual({ label: "Summer '24", url: '/services/data/v61.0', version: '61.0' })
    expect(versions).toContainEqual({ label: "Winter '25", url: '/services/data/v62.0', version: '62.0' })
  })

  test('lists the resources', async ({ api }) => {
    expect((await api.get('/')).body).toMatchObject({
      sobjects: '/services/data/v67.0/sobjects',
      query: '/services/data/v67.0/query',
      jobs: '/services/data/v67.0/jobs',
      identity: expect.stringMatching(/\/id\/00D.{15}\/005.{15}$/),
    })
  })

  test('reports the remaining API calls', async ({ api }) => {
    const before = (await api.get('/limits')).body as { DailyApiRequests: { Max: number; Remaining: number } }
    const after = (await api.get('/limits')).body as typeof before
    expect(after.DailyApiRequests).toEqual({ Max: 100_000, Remaining: before.DailyApiRequests.Remaining - 1 })
  })

  test('reports the record counts', async ({ api }) => {
    await api.post('/sobjects/Account', { Name: 'One' })
    expect((await api.get('/limits/recordCount?sObjects=Account,Lead')).body).toEqual({
      sObjects: [
        { count: 1, name: 'Account' },
        { count: 0, name: 'Lead' },
      ],
    })
  })

  test('answers 304 without a body to a describe that has not changed', async ({ api }) => {
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

test('describe has the links to pages in the recorded order', async ({ api }) => {
  const { urls } = (await api.get('/sobjects/Contact/describe')).body as { urls: Readonly<Record<string, string>> }
  expect(Object.keys(urls).join(' ')).toBe(
    'compactLayouts rowTemplate approvalLayouts uiDetailTemplate uiEditTemplate listviews describe uiNewRecord quickActions layouts sobject',
  )
  expect(urls['uiNewRecord']).toBe(`${api.emulator.url}/003/e`)
})
