import { afterEach, expect, test, vi } from 'vitest'
import { LoginRejectedError } from '../../../loader/salesforce/errors.ts'
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
afterEach(async () => {
  vi.useRealTimers()
  await org?.close()
})

const expired = reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
const page = sendJson({ totalSize: 0, done: true, records: [] })
const LOGIN = 'POST /services/oauth2/token'
const SOQL = 'SELECT Id FROM Contact'

test('sends one login to an org that rejects it, however many calls wait for the login', async () => {
  const rejection = sendJson({ error: 'invalid_grant', error_description: 'authentication failure' }, 400)
  org = await startScriptedOrg({ [LOGIN]: rejection })
  const connection = connectTo(org)
  const calls = Array.from({ length: 20 }, () => connection.describe('Contact').catch(error => error))
  for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(LoginRejectedError)
  await expect(connection.identity()).rejects.toBeInstanceOf(LoginRejectedError)
  expect(org.to(LOGIN)).toHaveLength(1)
})

test('limits the number of concurrent requests', async () => {
  let open = 0
  let most = 0
  org = await startScriptedOrg({
    [`GET ${ROOT}/query`]: (seen, answer, times) => {
      open += 1
      most = Math.max(most, open)
      setTimeout(() => {
        open -= 1
        page(seen, answer, times)
      }, 10)
    },
  })
  const connection = connectTo(org, { maxConcurrentRequests: 3 })
  await Promise.all(Array.from({ length: 20 }, () => collect(connection.query(SOQL))))
  expect(most).toBe(3)
})

test('follows the org to the host that a renewed session names', async () => {
  const moved = await startScriptedOrg({ [`GET ${ROOT}/query`]: page })
  org = await startScriptedOrg({
    [LOGIN]: (seen, answer, times) =>
      sendJson({
        access_token: `00D5e0000000001!AQ${times}.t`,
        instance_url: times === 1 ? org?.url : moved.url,
        id: `${moved.url}/id/00D5e0000000001AAA/0055e0000000001AAA`,
      })(seen, answer, times),
    [`GET ${ROOT}/query`]: expired,
  })
  expect(await collect(connectTo(org).query(SOQL))).toEqual([])
  expect(moved.seen).toHaveLength(1)
  await moved.close()
})

test('asks the org again a minute after a rejected login, also when calls came in between', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const rejection = sendJson({ error: 'invalid_grant', error_description: 'authentication failure' }, 400)
  const token: Handler = (seen, answer, times) => sendJson(tokenFor(org?.url ?? '', times))(seen, answer, times)
  org = await startScriptedOrg({ [LOGIN]: inTurn(rejection, token) })
  const connection = connectTo(org)
  for (const seconds of [0, 4, 50]) {
    vi.setSystemTime(Date.now() + seconds * 1_000)
    await expect(connection.identity()).rejects.toBeInstanceOf(LoginRejectedError)
  }
  vi.setSystemTime(Date.now() + 10_000)
  await expect(connection.identity()).resolves.toMatchObject({ instanceUrl: org.url })
})
