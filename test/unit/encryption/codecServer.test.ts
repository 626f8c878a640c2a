import { randomBytes } from 'node:crypto'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encryptionKey } from '../../../packages/client/encryption/keyRing.ts'
import { type CodecServer, startCodecServer } from '../../../workers/codecServer.ts'

const UI = 'http://127.0.0.1:8233'
let server: CodecServer

beforeAll(async () => {
  const keys = [encryptionKey('2026-11', randomBytes(32).toString('hex'))]
  server = await startCodecServer({ keys, host: '127.0.0.1', port: 0, origins: [UI] })
})
afterAll(() => server.close())

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
