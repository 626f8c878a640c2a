import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { type ApiClient, startEmptyOrg } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: Buffer | string }

/** Sends a request byte by byte as given, and returns the answer with its header names as they were sent. */
async function send({ emulator }: ApiClient, path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const authorization = `Bearer ${emulator.credentials.accessToken}`
  const sent = request(`${emulator.url}/services/data/v67.0${path}`, {
    method,
    headers: { authorization, ...headers },
  })
  sent.end(body)
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject)
  })
  const bytes = await buffer(answer)
  return {
    status: answer.statusCode,
    names: answer.rawHeaders.filter((_text, at) => at % 2 === 0),
    headers: answer.headers,
    bytes,
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const newContact = JSON.stringify({ LastName: 'Wire' })

describe('on the wire, as recorded', () => {
  test('header names have their canonical case over HTTP/1.1', async ({ api }) => {
    const created = await send(api, '/sobjects/Contact', { method: 'POST', headers: JSON_TYPE, body: newContact })
    expect(created.names).toEqual(
      expect.arrayContaining([
        'Date',
        'Strict-Transport-Security',
        'X-Content-Type-Options',
        'X-XSS-Protection',
        'Cache-Control',
        'Set-Cookie',
        'Content-Type',
        'Vary',
        'Location',
        'Sforce-Limit-Info',
      ]),
    )
    const described = await send(api, '/sobjects/Contact/describe')
    expect(described.names).toEqual(expect.arrayContaining(['ETag', 'Last-Modified', 'Content-Length']))
    const { names } = await send(api, '/limits', { headers: { authorization: 'Bearer x' } })
    expect(names).toContain('WWW-Authenticate')
  })
})

describe('compression (intro_rest_compression)', () => {
  test('answers are compressed for callers that accept gzip, and only for them', async ({ api }) => {
    const plain = await send(api, '/sobjects/Contact/describe')
    const compressed = await send(api, '/sobjects/Contact/describe', { headers: { 'accept-encoding': 'gzip' } })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(compressed.bytes)).toEqual(plain.bytes)
  })

  test('no answer is compressed in an org that is started so', async () => {
    const api = await startEmptyOrg({ compress: false })
    const { headers } = await send(api, '/limits', { headers: { 'accept-encoding': 'gzip' } })
    await api.emulator.close()
    expect(headers['content-encoding']).toBeUndefined()
  })

  test.for([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const)('bodies of requests may be compressed with %s', async ([encoding, compress], { api }) => {
    const headers = { ...JSON_TYPE, 'content-encoding': encoding }
    const { status } = await send(api, '/sobjects/Contact', { method: 'POST', headers, body: compress(newContact) })
    expect(status).toBe(201)
  })

  test('a body that is not compressed as its header says is rejected', async ({ api }) => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' }
    const { status } = await send(api, '/sobjects/Contact', { method: 'POST', headers, body: newContact })
    expect(status).toBe(400)
  })
})

describe('the type of a body (status 415 of errorcodes; words of nforce#74)', () => {
  test.for(['text/plain', 'application/x-www-form-urlencoded', 'text/csv'])('%s is not JSON', async (type, { api }) => {
    const { status, body } = await api.post('/sobjects/Contact', { LastName: 'A' }, { 'content-type': type })
    const message = `MediaType of '${type}' is not supported by this resource`
    expect([status, body]).toEqual([415, [{ message, errorCode: 'UNSUPPORTED_MEDIA_TYPE' }]])
  })

  test('JSON is not CSV', async ({ api }) => {
    const { id } = (await api.post('/jobs/ingest', { object: 'Contact', operation: 'insert' })).body as { id: string }
    const path = `/jobs/ingest/${id}/batches`
    const body = 'LastName\nA\n'
    expect((await send(api, path, { method: 'PUT', headers: JSON_TYPE, body })).status).toBe(415)
    const headers = { 'content-type': 'text/csv; charset=UTF-8' }
    expect((await send(api, path, { method: 'PUT', headers, body })).status).toBe(201)
  })

  test('a parameter does not matter, and no type is accepted', async ({ api }) => {
    for (const headers of [{ 'content-type': 'Application/JSON; charset=utf-8' }, {}]) {
      expect((await send(api, '/sobjects/Contact', { method: 'POST', headers, body: newContact })).status).toBe(201)
    }
  })
})

describe('a body that is not JSON is rejected in the words of an org’s parser', () => {
  const value = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
  test.for([
    ['<Contact/>', `Unexpected character ('<' (code 60)): ${value} at [line:1, column:2]`],
    [
      '{"LastName":"A",}',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name at [line:1, column:18]",
    ],
    ['{"LastName":\n x}', `Unexpected character ('x' (code 120)): ${value} at [line:2, column:3]`],
    ['{"LastName":"A"', 'Unexpected end-of-input: expected close marker for OBJECT at [line:1, column:16]'],
  ] as const)('%s', async ([body, message], { api }) => {
    const answer = await send(api, '/sobjects/Contact', { method: 'POST', headers: JSON_TYPE, body })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.bytes.toString())).toEqual([{ message, errorCode: 'JSON_PARSER_ERROR' }])
  })
})
