import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encryptionKey } from '../../../packages/client/encryption/keyRing.ts'
import { type CodecServer, startCodecServer } from '../../../workers/codecServer.ts'

const UI = 'http://127.0.0.1:8233'
let server: CodecServer
let guarded: CodecServer

beforeAll(async () => {
  const keys = [encryptionKey('2026-11', randomBytes(32).toString('hex'))]
  const options = { keys, host: '127.0.0.1', port: 0, origins: [UI] }
  server = await startCodecServer({ ...options, hosts: ['codec.acme.com'], encodes: true })
  guarded = await startCodecServer({ ...options, token: 'secret-token' })
})
afterAll(() => Promise.all([server.close(), guarded.close()]))

type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown }

async function ask(path: string, body: unknown, origin = UI): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-namespace': 'default', origin }
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

const inBase64 = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
})

test('decrypts what it encrypts, with metadata, and the UI may read the answer', async () => {
  const plain = { payloads: [inBase64(defaultPayloadConverter.toPayload({ sync: 'nightly' }))] }
  const encrypted = await ask('/encode', plain)
  expect(encrypted.status).toBe(200)
  const [payload] = (encrypted.body as { payloads: { metadata: Record<string, string>; data: string }[] }).payloads
  const metadata = (name: string) => Buffer.from(payload?.metadata[name] ?? '', 'base64').toString()
  expect([metadata('encoding'), metadata('encryption-key-id')]).toEqual(['binary/encrypted', '2026-11'])
  expect(Buffer.from(payload?.data ?? '', 'base64').toString('latin1')).not.toContain('nightly')
  const decrypted = await ask('/decode', encrypted.body)
  expect(decrypted.body).toEqual(plain)
  expect(decrypted.headers.get('access-control-allow-origin')).toBe(UI)
})

test('a preflight request is allowed from the UI only', async () => {
  const preflight = async (origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-namespace' }
    const answer = await fetch(`${server.url}/decode`, { method: 'OPTIONS', headers })
    return [answer.status, answer.headers.get('access-control-allow-origin')]
  }
  expect(await preflight(UI)).toEqual([204, UI])
  expect(await preflight('http://evil.test')).toEqual([204, null])
})

test('reports an unknown key and an invalid body in one line', async () => {
  const [encoding, id] = ['binary/encrypted', 'lost'].map(text => Buffer.from(text).toString('base64'))
  const foreign = { payloads: [{ metadata: { encoding, 'encryption-key-id': id }, data: 'AAAA' }] }
  expect(await ask('/decode', foreign)).toMatchObject({
    status: 400,
    body: {
      message: expect.stringMatching(
        /^This payload is encrypted with the key 'lost', and encryption\.keys has only 2026-11\. Add that key to sflink\.yaml and restart this process/,
      ),
    },
  })
  expect(await ask('/decode', { payload: [] })).toMatchObject({
    status: 400,
    body: { message: expect.stringMatching(/^The body must be \{"payloads": \[/) },
  })
})

const DATA = { payloads: [{ data: Buffer.from('{}').toString('base64') }] }

/** fetch sets the header Host itself. */
function statusAs(host: string, { url }: CodecServer = server, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { host, 'content-type': 'application/json', ...headers } }
    const asking = request(`${url}/decode`, options, answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asking.on('error', reject).end(JSON.stringify(DATA))
  })
}

test('answers by its own names only, so that no web page asks it through a browser', async () => {
  const statuses = await Promise.all(
    ['127.0.0.1', 'localhost:8234', '[::1]:8234', 'codec.acme.com', 'CODEC.acme.com:443'].map(host => statusAs(host)),
  )
  expect(statuses).toEqual([200, 200, 200, 200, 200])
  const others = await Promise.all(
    ['evil.test', 'evil.test:8234', '127.0.0.1.evil.test', '[::2]:8234'].map(host => statusAs(host)),
  )
  expect(others).toEqual([403, 403, 403, 403])
})

test('with a token answers those alone who have it, and does not encrypt unless that is wanted', async () => {
  const as = (authorization: string) => statusAs('127.0.0.1', guarded, { authorization })
  expect(await statusAs('127.0.0.1', guarded)).toBe(401)
  expect(await as('Bearer wrong-token')).toBe(401)
  expect(await as('Bearer secret-token')).toBe(200)
  const headers = { authorization: 'Bearer secret-token', 'content-type': 'application/json' }
  const encoded = await fetch(`${guarded.url}/encode`, { method: 'POST', headers, body: JSON.stringify(DATA) })
  expect(encoded.status).toBe(404)
})

test.each<[what: string, body: unknown]>([
  ['a length in the place of bytes', { payloads: [{ data: { length: 300_000_000 } }] }],
  ['a list in the place of bytes', { payloads: [{ data: [1, 2, 3] }] }],
  ['a text that is not base64', { payloads: [{ data: '$$$' }] }],
  ['metadata that is no text', { payloads: [{ metadata: { encoding: { length: 9 } }, data: 'AAAA' }] }],
  ['very many payloads', { payloads: Array<object>(10_001).fill({}) }],
  ['no list', { payloads: { length: 1e9 } }],
])('%s is rejected at once', async (_, body) => {
  const start = performance.now()
  expect(await ask('/decode', body)).toMatchObject({
    status: 400,
    body: { message: expect.stringMatching(/^The body/) },
  })
  expect(performance.now() - start).toBeLessThan(2_000)
})
