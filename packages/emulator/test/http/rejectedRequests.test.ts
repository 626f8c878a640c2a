import { describe, expect } from 'vitest'
import { apiClient, startEmptyOrg } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

const NOT_FOUND = [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]

describe('the org rejects', () => {
  test('an unknown version', async ({ api }) => {
    const { status, body } = await api.get('/services/data/v999.0/sobjects')
    expect([status, body]).toEqual([404, NOT_FOUND])
  })

  test('a retired version', async ({ api }) => {
    expect((await api.get('/services/data/v29.0/sobjects')).status).toBe(410)
  })

  test('an unknown path', async ({ api }) => {
    expect((await api.get('/nothing/here')).body).toEqual(NOT_FOUND)
    expect((await api.get('/sobjects/Nope__c/describe')).body).toEqual(NOT_FOUND)
  })

  test('a method that the path does not support', async ({ api }) => {
    const { status, body } = await api.put('/sobjects/Contact', '')
    expect(status).toBe(405)
    expect(body).toEqual([
      { errorCode: 'METHOD_NOT_ALLOWED', message: "HTTP Method 'PUT' not allowed. Allowed are GET,POST" },
    ])
  })

  test('an unknown token, as recorded', async ({ api }) => {
    const { status, body, headers } = await apiClient(api.emulator, 'badToken').post('/sobjects/Account', { Name: 'x' })
    expect(status).toBe(401)
    expect(body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }])
    expect(headers.get('www-authenticate')).toBe('Token')
    expect(headers.has('sforce-limit-info')).toBe(false)
  })

  test('another kind of authorization', async ({ api }) => {
    const { status, body } = await api.get('/limits', { authorization: 'Basic abc' })
    expect([status, body]).toEqual([401, [{ message: 'INVALID_HEADER_TYPE', errorCode: 'INVALID_AUTH_HEADER' }]])
  })

  test('a path of more than 16,384 bytes, with a page instead of JSON', async ({ api }) => {
    const { status, text, headers } = await api.get(`/query?q=${'x'.repeat(16_384)}`)
    expect(status).toBe(414)
    expect(headers.get('content-type')).toContain('text/html')
    expect(text).toBe('<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>')
  })

  test('a path and headers of more than 16,384 bytes together', async ({ api }) => {
    const { status, text } = await api.get('/limits', { 'x-long': 'x'.repeat(16_300) })
    expect([status, text]).toEqual([431, '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>'])
  })

  test('calls beyond the daily limit', async () => {
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
