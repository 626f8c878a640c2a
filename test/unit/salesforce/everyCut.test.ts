import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import { listening } from '../../rig/listening.ts'
import { connectTo, type ScriptedOrg, sendJson, startScriptedOrg, tokenFor } from './scriptedOrg.ts'

const BODY = '[{"id":"0035e00000AAAAAAA2","success":true,"errors":[]}]'
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n'
const half = BODY.length >> 1
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

const ANSWERS = {
  'of stated length': `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
  'in chunks': `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY.slice(0, half))}${chunk(BODY.slice(half))}0\r\n\r\n`,
}

const OFFERED = JSON.stringify([{ label: "Summer '26", version: '67.0' }])
const VERSIONS = `${HEAD}Content-Length: ${OFFERED.length}\r\n\r\n${OFFERED}`

let answer = ''
// Raw bytes: an HTTP server does not send half a header.
const raw = createServer(socket => {
  socket.once('data', request => socket.end(String(request).startsWith('GET') ? VERSIONS : answer))
  socket.on('error', () => undefined)
})
let org: ScriptedOrg
beforeAll(async () => {
  const { url: instance } = await listening(raw)
  org = await startScriptedOrg({ 'POST /services/oauth2/token': sendJson(tokenFor(instance, 1)) })
})
afterAll(async () => {
  raw.close()
  await org.close()
})

test.each(Object.entries(ANSWERS))(
  'an answer %s to a create is whole, or its outcome is unknown, wherever it is cut',
  async (_, whole) => {
    const connection = connectTo(org)
    const create = () => connection.createRecords('Contact', [{ LastName: 'Frank' }])
    for (let bytes = 0; bytes < whole.length; bytes += 1) {
      answer = whole.slice(0, bytes)
      const error = await create().catch(thrown => thrown)
      expect(error, `cut after ${bytes} bytes`).toBeInstanceOf(OutcomeUnknownError)
    }
    answer = whole
    expect(await create()).toMatchObject([{ success: true }])
  },
)
