import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { parseJson } from '../../../loader/http/body.ts'
import { AnswerCutError, OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import { csvOf } from './keptResults.ts'
import {
  collect,
  connectTo,
  type Handler,
  inTurn,
  ROOT,
  type ScriptedOrg,
  sendJson,
  startScriptedOrg,
} from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const CSV = `"sf__Id","sf__Created",LastName\n${'"0035e00000AAAAA","true","Frank"\n'.repeat(5_000)}`
const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1)
const cutSocket = (answer: ServerResponse): void => void setTimeout(() => answer.socket?.destroy(), 20)

/** Every way in which a body can be cut. */
const waysToCut = (body: Buffer, type: string): Readonly<Record<string, Handler>> => ({
  'cut before its stated length': (_seen, answer) => {
    answer.writeHead(200, { 'content-type': type, 'content-length': body.length })
    answer.write(half(body))
    cutSocket(answer)
  },
  'cut between chunks': (_seen, answer) => {
    answer.writeHead(200, { 'content-type': type })
    answer.write(half(body))
    cutSocket(answer)
  },
  'compressed and cut': (_seen, answer) => {
    answer.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
    answer.write(half(gzipSync(body)))
    cutSocket(answer)
  },
  'compressed, too short, and ended as if complete': (_seen, answer) => {
    answer.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
    answer.end(half(gzipSync(body)))
  },
  'compressed and damaged': (_seen, answer) => {
    answer.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
    answer.end(Buffer.concat([half(gzipSync(body)), Buffer.alloc(500, 7)]))
  },
  'cut before its first byte': (_seen, answer) => {
    answer.socket?.destroy()
  },
})

const RESULTS = `GET ${ROOT}/jobs/ingest/7505e/successfulResults`

test.each(Object.entries(waysToCut(Buffer.from(CSV), 'text/csv')))(
  'fails a download that is %s, and reads it whole the next time',
  async (way, handler) => {
    const whole: Handler = (_seen, answer) => answer.writeHead(200, { 'content-type': 'text/csv' }).end(CSV)
    org = await startScriptedOrg({ [RESULTS]: inTurn(handler, whole) })
    const connection = connectTo(org)
    const first = await connection
      .ingestResults('7505e', 'successful')
      .then(csvOf)
      .catch(error => error)
    if (way === 'cut before its first byte') {
      expect(first).toBe(CSV)
      return
    }
    expect(first).toBeInstanceOf(AnswerCutError)
    expect(first.message).toMatch(
      /^Download the successful results of ingest job 7505e failed: the (connection|compressed body|body)/,
    )
    expect(await connection.ingestResults('7505e', 'successful').then(csvOf)).toBe(CSV)
  },
)

const PAGE = Buffer.from(JSON.stringify({ totalSize: 1, done: true, records: [{ Id: '0035e00000AAAAAAA2' }] }))

test.each(Object.entries(waysToCut(PAGE, 'application/json')))('reads again what was %s', async (_, handler) => {
  org = await startScriptedOrg({ [`GET ${ROOT}/query`]: inTurn(handler, sendJson(JSON.parse(PAGE.toString()))) })
  const records = await collect(connectTo(org).query('SELECT Id FROM Contact'))
  expect(records).toEqual([{ Id: '0035e00000AAAAAAA2' }])
  expect(org.to(`GET ${ROOT}/query`)).toHaveLength(2)
})

const SAVED = Buffer.from(JSON.stringify([{ id: '0035e00000AAAAAAA2', success: true, errors: [] }]))

test.each(Object.entries(waysToCut(SAVED, 'application/json')))(
  'does not know the outcome of a create whose answer was %s, and does not send it again',
  async (_, handler) => {
    org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: handler })
    const error = await connectTo(org)
      .createRecords('Contact', [{ LastName: 'Frank' }])
      .catch(thrown => thrown)
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error.message).toMatch(
      /^Create Contact: sent, but the outcome is unknown: .+ \(POST \/services\/data\/v67\.0\/composite\/sobjects\)\. The step finds out what the org has applied/,
    )
    expect(org.to('POST /services/data')).toHaveLength(1)
  },
)

const stall: Handler = ({ method }, answer) => {
  answer.writeHead(200, { 'content-type': method === 'GET' ? 'text/csv' : 'application/json' })
  answer.write('[{"id":')
}

test('fails a download that stalls', async () => {
  org = await startScriptedOrg({ [RESULTS]: stall })
  const download = await connectTo(org, { stallTimeout: 100 }).ingestResults('7505e', 'successful')
  const error = await text(download).catch(thrown => thrown)
  expect(error).toBeInstanceOf(AnswerCutError)
  expect(error.reason).toBe('the body stalled for 0.1 s')
})

test('does not treat a slow reader as a stalled download', async () => {
  org = await startScriptedOrg({ [RESULTS]: (_seen, answer) => answer.end(CSV.repeat(20)) })
  const download = await connectTo(org, { stallTimeout: 200 }).ingestResults('7505e', 'successful')
  let bytes = 0
  for await (const part of download) {
    if (bytes === 0) await new Promise(resolve => setTimeout(resolve, 500))
    bytes += part.length
  }
  expect(bytes).toBe(CSV.length * 20)
})

test('bounds the whole of a request, not only the wait for its headers', async () => {
  org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: stall })
  const error = await connectTo(org, { requestTimeout: 150 })
    .createRecords('Contact', [{ LastName: 'Frank' }])
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(OutcomeUnknownError)
  expect(error.reason).toBe('no whole answer within 0.15 s')
})

test('survives the cut of a download without a reader', async () => {
  org = await startScriptedOrg({ [RESULTS]: waysToCut(Buffer.from(CSV), 'text/csv')['cut between chunks'] ?? stall })
  const download = await connectTo(org).ingestResults('7505e', 'successful')
  await new Promise(resolve => setTimeout(resolve, 100))
  // The error is for the reader; without a reader it must not end the process.
  await expect(text(download)).rejects.toBeInstanceOf(AnswerCutError)
})

test('frees the connection of an abandoned download', async () => {
  let closed: (() => void) | undefined
  const gone = new Promise<void>(resolve => {
    closed = resolve
  })
  org = await startScriptedOrg({
    [RESULTS]: (_seen, answer) => {
      answer.writeHead(200, { 'content-type': 'text/csv' })
      answer.write(CSV)
      answer.on('close', () => closed?.())
    },
  })
  const download = await connectTo(org).ingestResults('7505e', 'successful')
  for await (const part of download) {
    if (part.length > 0) break
  }
  await gone
  expect(download.destroyed).toBe(true)
})

test("ends a download when its signal is aborted, with the signal's reason", async () => {
  org = await startScriptedOrg({ [RESULTS]: stall })
  const controller = new AbortController()
  const download = await connectTo(org).ingestResults('7505e', 'successful', controller.signal)
  const reading = text(download).catch(thrown => thrown)
  controller.abort(new Error('the run was cancelled'))
  expect((await reading).message).toBe('the run was cancelled')
})

const csvAnswer =
  (body: string, type: string): Handler =>
  (_seen, answer) =>
    answer.writeHead(200, { 'content-type': type }).end(body)

test.each(['text/html', 'application/json', 'application/xhtml+xml; charset=utf-8'])(
  'reads results again that came as %s with status 200',
  async type => {
    const page = csvAnswer('<html><h1>Maintenance</h1></html>', type)
    org = await startScriptedOrg({ [RESULTS]: inTurn(page, page, csvAnswer(CSV, 'text/csv;charset=UTF-8')) })
    expect(await connectTo(org).ingestResults('7505e', 'successful').then(csvOf)).toBe(CSV)
  },
)

const page = '\uFEFF\r\n <!DOCTYPE html><h1>Maintenance</h1>'
const packedPage: Handler = (_seen, answer) =>
  answer.writeHead(200, { 'content-type': 'text/csv', 'content-encoding': 'gzip' }).end(gzipSync(page))

test.each([
  ['a page of the type "text/csv"', csvAnswer(page, 'text/csv')],
  ['a page without a type', csvAnswer(page, '')],
  ['a compressed page', packedPage],
])('fails results that are %s, without its markup', async (_, handler) => {
  org = await startScriptedOrg({ [RESULTS]: handler })
  const error = await connectTo(org)
    .ingestResults('7505e', 'successful')
    .then(csvOf)
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(AnswerCutError)
  expect(error.message).toContain('the body is a web page')
  expect(error.message).not.toContain('Maintenance')
})

test('fails a download that sends a byte now and then', async () => {
  const drip: Handler = (_seen, answer) => {
    answer.writeHead(200, { 'content-type': 'text/csv' })
    const timer = setInterval(() => answer.write('x'), 20)
    answer.on('close', () => clearInterval(timer))
  }
  org = await startScriptedOrg({ [RESULTS]: drip })
  const download = await connectTo(org, { stallTimeout: 200 }).ingestResults('7505e', 'successful')
  const error = await text(download).catch(thrown => thrown)
  expect(error).toBeInstanceOf(AnswerCutError)
  expect(error.reason).toBe('the body stalled for 0.2 s')
})

test.each([
  ['deep lists', '['.repeat(5_000)],
  ['too many bytes', `[${' '.repeat(1_100_000)}]`],
])('does not parse %s as the list of versions', async (_, body) => {
  const bomb: Handler = (_seen, answer) =>
    answer.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(body))
  org = await startScriptedOrg({ 'GET /services/data': bomb })
  await expect(connectTo(org).versions()).rejects.toBeInstanceOf(AnswerCutError)
})

test.each([
  ['a million objects', `[${'{},'.repeat(1_000_001)}{}]`],
  ['deep lists', `${'['.repeat(200)}${']'.repeat(200)}`],
  ['deep lists after a quoted brace', `["}",${'{"\\"":'.repeat(200)}1${'}'.repeat(200)}]`],
])('does not parse %s', (_, json) => expect(parseJson(json)).toBeUndefined())

test('parses brackets and quotes inside of values', () => {
  const value = { '[{': ['\\"{[', '}'.repeat(500), '['.repeat(500)] }
  expect(parseJson(JSON.stringify(value))).toEqual(value)
})
