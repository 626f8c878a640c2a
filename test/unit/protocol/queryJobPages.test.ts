import { afterEach, expect, test } from 'vitest'
import { AnswerCutError, RequestRejectedError } from '../../../loader/salesforce/errors.ts'
import {
  connectTo,
  type Handler,
  inTurn,
  ROOT,
  reject,
  type ScriptedOrg,
  sendJson,
  startScriptedOrg,
} from '../salesforce/scriptedOrg.ts'
import { idsByKey } from './keySearch.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const RESULTS = `GET ${ROOT}/jobs/query/7505e/results`
const values = Array.from({ length: 4 }, (_, index) => `c${index}@example.com`)

const page =
  (rows: readonly number[], locator: string, cut = false): Handler =>
  (_seen, answer) => {
    const headers = { 'sforce-numberofrecords': String(rows.length), 'sforce-locator': locator }
    answer.writeHead(200, { 'content-type': 'text/csv', ...headers })
    answer.write(`"Id","Email"\n${rows.map(row => `"0035e0000000${row}","C${row}@example.com"\n`).join('')}`)
    if (cut) setTimeout(() => answer.socket?.destroy(), 20)
    else answer.end()
  }

async function find(script: Readonly<Record<string, Handler>>) {
  org = await startScriptedOrg({
    [`GET ${ROOT}/query`]: sendJson({ totalSize: 3, done: true, records: [] }),
    [`POST ${ROOT}/jobs/query`]: sendJson({ id: '7505e', state: 'UploadComplete' }),
    [`GET ${ROOT}/jobs/query/7505e`]: sendJson({ id: '7505e', state: 'JobComplete' }),
    ...script,
  })
  const key = { name: 'Email', type: 'email', caseSensitive: false } as const
  return idsByKey({ connection: connectTo(org), key, values, limits: { jobKeys: 1 } })
}

test('reads a query job page by page, until the locator is null', async () => {
  const found = await find({ [RESULTS]: inTurn(page([1, 2], 'MTAw'), page([3], 'null')) })
  expect([...found.keys()]).toEqual(['c1@example.com', 'c2@example.com', 'c3@example.com'])
  expect(org?.to(RESULTS).map(({ url }) => url.split('?')[1])).toEqual([
    'maxRecords=250000',
    'maxRecords=250000&locator=MTAw',
  ])
  expect(JSON.parse(org?.to(`POST ${ROOT}/jobs/query`)[0]?.body ?? '')).toMatchObject({
    operation: 'query',
    query: 'SELECT Id, Email FROM Contact WHERE Email != null',
  })
})

test('fails when a page is cut', async () => {
  await expect(find({ [RESULTS]: page([1, 2], 'null', true) })).rejects.toBeInstanceOf(AnswerCutError)
})

test('treats a page with missing records as cut', async () => {
  const short: Handler = (_seen, answer) => {
    answer.writeHead(200, { 'content-type': 'text/csv', 'sforce-numberofrecords': '2', 'sforce-locator': 'null' })
    answer.end('"Id","Email"\n"0035e00000AAAAAAA2","c1@example.com"\n')
  }
  await expect(find({ [RESULTS]: short })).rejects.toThrow('1 records came where 2 were stated')
})

test('waits until the job is complete', async () => {
  const running = sendJson({ id: '7505e', state: 'InProgress' })
  const done = sendJson({ id: '7505e', state: 'JobComplete' })
  const found = await find({ [`GET ${ROOT}/jobs/query/7505e`]: inTurn(running, done), [RESULTS]: page([1], 'null') })
  expect(found.size).toBe(1)
})

test("searches by lists when the job fails, and reports the org's error for those", async () => {
  const failed = sendJson({ id: '7505e', state: 'Failed', errorMessage: 'InvalidBatch : no' })
  const counted = sendJson({ totalSize: 3, done: true, records: [] })
  const finding = find({
    [`GET ${ROOT}/jobs/query/7505e`]: failed,
    [`GET ${ROOT}/query`]: inTurn(counted, reject(400, 'INVALID_FIELD', 'no such column')),
  })
  await expect(finding).rejects.toBeInstanceOf(RequestRejectedError)
})
