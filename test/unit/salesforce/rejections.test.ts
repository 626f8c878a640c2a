import { afterEach, expect, test } from 'vitest'
import {
  AnswerCutError,
  LimitReachedError,
  OutcomeUnknownError,
  RequestRejectedError,
  TemporarilyRejectedError,
} from '../../../loader/salesforce/errors.ts'
import {
  collect,
  connectTo,
  type Handler,
  inTurn,
  ROOT,
  reject,
  type ScriptedOrg,
  sendJson,
  startScriptedOrg,
} from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const html =
  (status: number): Handler =>
  (_seen, answer) =>
    answer.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad Message</h1>')

const redirect =
  (status: number): Handler =>
  (_seen, answer) =>
    answer.writeHead(status, { location: 'https://elsewhere.my.salesforce.com/x' }).end()

type Case = {
  readonly answer: string
  readonly handler: Handler
  readonly read: new (...args: never[]) => Error
  readonly write: new (...args: never[]) => Error
  /** Number of requests of a read; a write always sends one. */
  readonly readRequests: number
}

const once = (answer: string, handler: Handler, error: Case['read']): Case => ({
  answer,
  handler,
  read: error,
  write: error,
  readRequests: 1,
})
const transient = (answer: string, handler: Handler): Case => ({
  answer,
  handler,
  read: TemporarilyRejectedError,
  write: TemporarilyRejectedError,
  readRequests: 4,
})
const unknownOutcome = (answer: string, handler: Handler, read: Case['read'] = TemporarilyRejectedError): Case => ({
  answer,
  handler,
  read,
  write: OutcomeUnknownError,
  readRequests: read === RequestRejectedError ? 1 : 4,
})

const CASES: readonly Case[] = [
  once('400 with a JSON error', reject(400, 'INVALID_FIELD', "No such column 'Bacon__c'"), RequestRejectedError),
  once(
    '403 for lack of permission',
    reject(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights'),
    RequestRejectedError,
  ),
  once('404', reject(404, 'NOT_FOUND', 'The requested resource does not exist'), RequestRejectedError),
  once('410 for a retired version', reject(410, 'GONE', 'This API version has been retired'), RequestRejectedError),
  once('300', sendJson(['/services/data/v67.0/a', '/services/data/v67.0/b'], 300), RequestRejectedError),
  once('a 414 page of the edge', html(414), RequestRejectedError),
  once('the API disabled', reject(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled'), RequestRejectedError),
  once(
    'the daily API calls used up',
    reject(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    LimitReachedError,
  ),
  once('storage used up', reject(400, 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded'), LimitReachedError),
  once('bulk batches used up, as Bulk API writes it', reject(400, 'EXCEEDEDQUOTA', 'ExceededQuota'), LimitReachedError),
  transient('a locked row', reject(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record')),
  transient(
    'too many concurrent calls',
    reject(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
  ),
  transient("503 in Salesforce's own JSON", reject(503, 'SERVER_UNAVAILABLE', 'Server too busy')),
  once(
    '500 for a transaction that was ended and taken back',
    reject(500, 'UNKNOWN_EXCEPTION', 'ContactTrigger: System.LimitException: Apex CPU time limit exceeded'),
    RequestRejectedError,
  ),
  once(
    'a governor limit under the code of a limit of the org',
    reject(400, 'LIMIT_EXCEEDED', 'dlrs_ContactTrigger: System.LimitException: dlrs:Too many DML rows: 10001'),
    RequestRejectedError,
  ),
  once('a 413 page of a proxy', html(413), RequestRejectedError),
  ...[400, 403, 404, 408, 420, 429, 500, 502, 503].map(status => unknownOutcome(`a ${status} page`, html(status))),
  unknownOutcome('an empty 404', (_seen, answer) => answer.writeHead(404).end()),
  unknownOutcome('a 403 with JSON of an edge', sendJson({ message: 'Forbidden' }, 403)),
  unknownOutcome('a 200 page', html(200), AnswerCutError),
  unknownOutcome('an empty 200', (_seen, answer) => answer.writeHead(200).end(), AnswerCutError),
  unknownOutcome(
    'half of a JSON body',
    (_seen, answer) => answer.writeHead(200, { 'content-type': 'application/json' }).end('{"totalSize":2,"rec'),
    AnswerCutError,
  ),
  unknownOutcome('500 in JSON', reject(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred.')),
  unknownOutcome('a redirect', redirect(302)),
  unknownOutcome('a permanent redirect', redirect(308)),
]

const query = (url: ScriptedOrg) => collect(connectTo(url).query("SELECT Id FROM Contact WHERE Name = 'Frank'"))
const create = (url: ScriptedOrg) => connectTo(url).createRecords('Contact', [{ LastName: 'Frank' }])

test.concurrent.each(CASES)(
  'reading, $answer is $read.name after $readRequests request(s)',
  async ({ handler, read, readRequests }) => {
    const scripted = await startScriptedOrg({ [`GET ${ROOT}/query`]: handler })
    const error = await query(scripted).catch(thrown => thrown)
    await scripted.close()
    expect(error).toBeInstanceOf(read)
    expect(error.message).toMatch(/^Query failed: .*\(GET \/services\/data\/v67\.0\/query\)/)
    expect(error.message).not.toContain('Frank')
    expect(scripted.to(`GET ${ROOT}/query`)).toHaveLength(readRequests)
  },
)

test.each(CASES)('writing, $answer is $write.name and is not sent again', async ({ handler, write }) => {
  org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: handler })
  const error = await create(org).catch(thrown => thrown)
  expect(error).toBeInstanceOf(write)
  expect(error.name).toBe(write.name)
  expect(org.to(`POST ${ROOT}/composite`)).toHaveLength(1)
})

test('reports what failed, on what, and the facts', async () => {
  org = await startScriptedOrg({
    [`POST ${ROOT}/composite`]: reject(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights', ['Name']),
  })
  const error = await create(org).catch(thrown => thrown)
  expect(error.message).toBe(
    'Create Contact failed: 403 INSUFFICIENT_ACCESS: insufficient access rights (POST /services/data/v67.0/composite/sobjects)',
  )
  expect(error).toMatchObject({ statusCode: 403, errorCode: 'INSUFFICIENT_ACCESS', fields: ['Name'] })
})

test('continues when a transient rejection of a read is over', async () => {
  const page = sendJson({ totalSize: 0, done: true, records: [] })
  org = await startScriptedOrg({ [`GET ${ROOT}/query`]: inTurn(reject(503, 'SERVER_UNAVAILABLE', 'busy'), page) })
  expect(await query(org)).toEqual([])
})

test.each(
  Object.entries({
    'text instead of JSON': '<html>ok</html>',
    'no body': '',
    'fewer results than records': '[]',
    'a result without an id': '[{"success":true,"errors":[]}]',
    'a failure without a reason': '[{"success":false,"errors":[]}]',
    'an object': '{"hasErrors":false}',
  }),
)('does not know the outcome of a create answered with %s', async (_, body) => {
  org = await startScriptedOrg({
    [`POST ${ROOT}/composite`]: (_seen, answer) =>
      answer.writeHead(200, { 'content-type': 'application/json' }).end(body),
  })
  await expect(create(org)).rejects.toBeInstanceOf(OutcomeUnknownError)
})

test('does not know the outcome of a create answered with XML', async () => {
  org = await startScriptedOrg({
    [`POST ${ROOT}/composite`]: (_seen, answer) =>
      answer.writeHead(200, { 'content-type': 'application/xml' }).end('<ok><not closed'),
  })
  await expect(create(org)).rejects.toBeInstanceOf(OutcomeUnknownError)
})

test.each([
  '{"records":[]}',
  '{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v67.0/query/01g-2000","records":[]}',
  '{"totalSize":2,"done":false,"records":[{"Id":"1"}]}',
  `{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v67.0/query/${'x'.repeat(1_000)}","records":[{"Id":"1"}]}`,
  'nonsense',
  '[]',
])('does not accept %s as a page of a query', async body => {
  org = await startScriptedOrg({
    [`GET ${ROOT}/query`]: (_seen, answer) => answer.writeHead(200, { 'content-type': 'application/json' }).end(body),
  })
  await expect(query(org)).rejects.toBeInstanceOf(AnswerCutError)
})

test('ends a query whose pages lead back to an earlier page', async () => {
  const next = `${ROOT}/query/01g-2000`
  const page = sendJson({ totalSize: 9, done: false, nextRecordsUrl: next, records: [{ Id: '1' }] })
  org = await startScriptedOrg({ [`GET ${ROOT}/query`]: page })
  await expect(query(org)).rejects.toThrow(/a page leads back to an earlier page/)
  expect(org.to(`GET ${ROOT}/query`)).toHaveLength(2)
})

test("cuts the org's words, so that the failure fits into Temporal's history", async () => {
  org = await startScriptedOrg({ [`GET ${ROOT}/query`]: reject(400, 'MALFORMED_QUERY', 'x'.repeat(900_000)) })
  const error = await query(org).catch(thrown => thrown)
  expect(error).toBeInstanceOf(RequestRejectedError)
  expect(error.message).toContain(`MALFORMED_QUERY: ${'x'.repeat(9_000)}`)
  expect(error.message.length).toBeLessThan(11_000)
})
