import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createRoutes } from '../../../loader/http/agents.ts'
import {
  LoginRejectedError,
  OutcomeUnknownError,
  TemporarilyRejectedError,
  UnreachableError,
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
  tokenFor,
} from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const query = (url: ScriptedOrg) => collect(connectTo(url).query("SELECT Id FROM Contact WHERE Name = 'Frank'"))
const create = (url: ScriptedOrg) => connectTo(url).createRecords('Contact', [{ LastName: 'Frank' }])

/** An org whose session ends at the first create; the next login names another address. */
async function orgThatMoves(nextLogin: Handler): Promise<ScriptedOrg> {
  const first: Handler = (seen, answer) => sendJson(tokenFor(scripted.url, 1))(seen, answer, 1)
  const scripted = await startScriptedOrg({
    'POST /services/oauth2/token': inTurn(first, nextLogin),
    [`POST ${ROOT}/composite`]: reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  })
  return scripted
}

test('reports that nothing was sent when the connection fails', async () => {
  // Nothing listens on port 1.
  org = await orgThatMoves(sendJson(tokenFor('http://127.0.0.1:1', 2)))
  const error = await create(org).catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error.code).toBe('ECONNREFUSED')
  expect(error.message).toMatch(
    /^Create Contact failed: 127\.0\.0\.1:1 cannot be reached: the connection was refused \(ECONNREFUSED\); nothing was sent \(POST .+\)\. Check host and port/,
  )
})

test('sends a create when the host accepts connections again, because nothing was sent before', async () => {
  const server = createServer((request, answer) => {
    request.resume()
    sendJson([{ id: '0035e00000AAAAAAA2', success: true, errors: [] }])({} as never, answer, 1)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const token: Handler = (seen, answer, times) => {
    sendJson(tokenFor(`http://127.0.0.1:${port}`, times))(seen, answer, times)
    setTimeout(() => server.listen(port, '127.0.0.1'), 100)
  }
  org = await orgThatMoves(token)
  expect(await create(org)).toMatchObject([{ success: true }])
  server.closeAllConnections()
  server.close()
})

test.each([
  ['the host is unknown', () => 'http://acme.my.salesforce.invalid'],
  ['the server does not speak TLS', (url: string) => url.replace('http:', 'https:')],
])('reports that nothing was sent when %s', async (_, addressOf) => {
  org = await startScriptedOrg({})
  const loginUrl = addressOf(org.url)
  const error = await connectTo(org, { loginUrl })
    .identity()
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(error.message).toContain(`Login of connection scripted failed: ${new URL(loginUrl).host} cannot be reached`)
})

test('sends nothing when the signal is already aborted', async () => {
  org = await startScriptedOrg({})
  const signal = AbortSignal.abort(new Error('the run was cancelled'))
  const creating = connectTo(org).createRecords('Contact', [{ LastName: 'Frank' }], { signal })
  await expect(creating).rejects.toThrow('the run was cancelled')
  expect(org.to('POST /services/data')).toHaveLength(0)
})

test('does not know the outcome of a create that is aborted in progress', async () => {
  const controller = new AbortController()
  org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: () => controller.abort() })
  const error = await connectTo(org)
    .createRecords('Contact', [{ LastName: 'Frank' }], { signal: controller.signal })
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(OutcomeUnknownError)
  expect(error.reason).toBe('aborted after it was sent')
})

test('a session that is rejected at its first use is tried again later: nothing was applied', async () => {
  org = await startScriptedOrg({
    [`GET ${ROOT}/query`]: reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  })
  const error = await query(org).catch(thrown => thrown)
  expect(error).toBeInstanceOf(TemporarilyRejectedError)
  expect(error.message).toMatch(
    /^Query failed: 401 INVALID_SESSION_ID: Session expired or invalid \(GET .+\)\. The session was just opened\. .+'API Enabled'/,
  )
  expect(org.to(`GET ${ROOT}/query`)).toHaveLength(2)
  expect(org.to('POST /services/oauth2')).toHaveLength(2)
})

test('a 401 to a request that needs no session is tried again later', async () => {
  org = await startScriptedOrg({
    'GET /services/data': reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  })
  await expect(connectTo(org).versions()).rejects.toBeInstanceOf(TemporarilyRejectedError)
})

test('does not repeat a write after a 401 of something in between: it may have been applied', async () => {
  org = await startScriptedOrg({
    [`POST ${ROOT}/composite`]: sendJson('<html>Sign in</html>', 401, { 'content-type': 'text/html' }),
  })
  await expect(connectTo(org).createRecords('Contact', [{ LastName: 'Frank' }])).rejects.toBeInstanceOf(
    OutcomeUnknownError,
  )
  expect(org.to(`POST ${ROOT}/composite`)).toHaveLength(1)
})

test('does not renew a session that is not meant for the API', async () => {
  const words = 'This session is not valid for use with the REST API'
  org = await startScriptedOrg({ [`GET ${ROOT}/query`]: reject(401, 'INVALID_SESSION_ID', words) })
  await expect(query(org)).rejects.toBeInstanceOf(LoginRejectedError)
  expect(org.to('POST /services/oauth2')).toHaveLength(1)
})

test.each(['http://acme.test', 'https://acme.test'])(
  'leaves each of several addresses of %s time for a slow link',
  address => {
    const { agent } = createRoutes()(new URL(address))
    expect(agent).toMatchObject({ options: { autoSelectFamilyAttemptTimeout: 2_500 } })
  },
)
