import { afterEach, expect, test } from 'vitest'
import { OutcomeUnknownError, TemporarilyRejectedError, UnreachableError } from '../../../loader/salesforce/errors.ts'
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
  tokenFor,
} from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const CREATE = `POST ${ROOT}/composite`
const QUERY = `GET ${ROOT}/query`
const LOGIN = 'POST /services/oauth2/token'
const SOQL = 'SELECT Id FROM Contact'
const RECORDS = [{ LastName: 'Frank' }]
const saved = sendJson([{ id: '0035e00000AAAAAAA2', success: true, errors: [] }])
const page = sendJson({ totalSize: 0, done: true, records: [] })
const expired = reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
const silence: Handler = () => {}

/** An answer that the test sends later, by `release`. */
function held(handler: Handler): { readonly handler: Handler; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { handler: (...args) => void promise.then(() => handler(...args)), release: resolve }
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 5))
}

test('a cancelled request leaves the queue at once, and is never sent', async () => {
  const first = held(page)
  org = await startScriptedOrg({ [QUERY]: first.handler, [CREATE]: saved })
  const connection = connectTo(org, { maxConcurrentRequests: 1 })
  const reading = collect(connection.query(SOQL))
  await until(() => org?.to(QUERY).length === 1)
  const controller = new AbortController()
  const waiting = connection.createRecords('Contact', RECORDS, { signal: controller.signal })
  controller.abort(new Error('the run was cancelled'))
  await expect(waiting).rejects.toThrow('the run was cancelled')
  first.release()
  await reading
  await collect(connection.query(SOQL))
  expect(org.to(CREATE)).toHaveLength(0)
})

test('the check before sending is made when the slot is held, and can hold the request back', async () => {
  const first = held(page)
  org = await startScriptedOrg({ [QUERY]: first.handler, [CREATE]: saved })
  const connection = connectTo(org, { maxConcurrentRequests: 1 })
  const reading = collect(connection.query(SOQL))
  await until(() => org?.to(QUERY).length === 1)
  let checked = 0
  const beforeSend = () => {
    checked += 1
    throw new Error('the intent is too old')
  }
  const creating = connection.createRecords('Contact', RECORDS, { beforeSend }).catch(error => error)
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(checked).toBe(0)
  first.release()
  await reading
  expect(await creating).toMatchObject({ message: 'the intent is too old' })
  expect(checked).toBe(1)
  expect(org.to(CREATE)).toHaveLength(0)
})

test('a check that takes longer than the request may take sends nothing, also when it ends', async () => {
  org = await startScriptedOrg({ [CREATE]: saved, [QUERY]: page })
  const declared = Promise.withResolvers<void>()
  const connection = connectTo(org, { requestTimeout: 150 })
  await collect(connection.query(SOQL))
  const error = await connection
    .createRecords('Contact', RECORDS, { beforeSend: () => declared.promise })
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  declared.resolve()
  await collect(connection.query(SOQL))
  expect(org.to(CREATE)).toHaveLength(0)
})

test('the check before sending is made again when a renewed session repeats the request', async () => {
  org = await startScriptedOrg({ [CREATE]: inTurn(expired, saved) })
  let checked = 0
  const beforeSend = () => {
    checked += 1
  }
  expect(await connectTo(org).createRecords('Contact', RECORDS, { beforeSend })).toMatchObject([{ success: true }])
  expect(checked).toBe(2)
})

test('a request waits for a login no longer than for its answer, and sends nothing', async () => {
  const login: Handler = (seen, answer, times) => sendJson(tokenFor(org?.url ?? '', times))(seen, answer, times)
  org = await startScriptedOrg({ [LOGIN]: inTurn(login, silence), [CREATE]: expired })
  const error = await connectTo(org, { requestTimeout: 150 })
    .createRecords('Contact', RECORDS)
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error.message).toContain('no whole answer within 0.15 s (DEADLINE); nothing was sent')
  expect(org.to(CREATE)).toHaveLength(1)
})

const KEY = { name: 'Email', type: 'email', caseSensitive: false } as const

test('a cancelled caller does not wait for a login, a describe or the list of objects', async () => {
  org = await startScriptedOrg({ [LOGIN]: silence })
  const connection = connectTo(org)
  const controller = new AbortController()
  const { signal } = controller
  const calls = [
    connection.identity(signal),
    connection.describe('Contact', signal),
    connection.objects(signal),
    connection.ingestJob('7505e', signal),
    collect(connection.query(SOQL, signal)),
    connection.queryByKeys({
      object: 'Contact',
      key: KEY,
      fields: ['Id'],
      values: ['a'],
      signal,
      take: () => undefined,
    }),
    connection.openQueryJob(SOQL, signal),
  ].map(call => call.catch(error => error))
  controller.abort(new Error('the run was cancelled'))
  for (const error of await Promise.all(calls)) expect(error).toMatchObject({ message: 'the run was cancelled' })
})

const switched: Handler = (_seen, answer) =>
  answer.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')

test('an answer 101 is a lost answer: it holds no slot', async () => {
  org = await startScriptedOrg({ [CREATE]: switched, [QUERY]: inTurn(switched, page) })
  const connection = connectTo(org, { maxConcurrentRequests: 1 })
  const error = await connection.createRecords('Contact', RECORDS).catch(thrown => thrown)
  expect(error).toBeInstanceOf(OutcomeUnknownError)
  expect(error.reason).toBe('the server switched to another protocol (101)')
  expect(await collect(connection.query(SOQL))).toEqual([])
})

test('a login answered with 101 does not block the next one', async () => {
  org = await startScriptedOrg({ [LOGIN]: switched })
  const error = await connectTo(org)
    .identity()
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error).not.toBeInstanceOf(TemporarilyRejectedError)
  expect(org.to(LOGIN)).toHaveLength(1)
})
