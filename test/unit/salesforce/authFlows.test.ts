import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { AUTH_FLOWS, type AuthSettings } from '../../../loader/salesforce/auth/flows.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import { LoginRejectedError } from '../../../loader/salesforce/errors.ts'
import { connectionWarnings } from '../../../loader/salesforce/settings.ts'
import { startEmulator } from '../../../packages/emulator/index.ts'
import { FLOW_CASES, fileEmulator, settingsFor, WRONG_SECRET } from './authSettings.ts'
import { collect } from './scriptedOrg.ts'

const emulator = await fileEmulator()

const connectAs = (auth: AuthSettings) => createSalesforceConnection(settingsFor(emulator, auth))
const calls = (operation: string): number => emulator.stats().calls[operation] ?? 0

/** Every way to convert a value to text. */
function textsOf(thing: unknown): string {
  const error = thing instanceof Error ? [thing.message, thing.stack, textsOf(thing.cause)] : []
  return [inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing), String(thing), ...error].join('\n')
}

function secretsNow(): readonly string[] {
  const { password, securityToken, clientSecret, refreshToken, accessToken, privateKey } = emulator.credentials
  return [password, securityToken, clientSecret, refreshToken, accessToken, privateKey.slice(100, 200), WRONG_SECRET]
}

function expectNoSecret(thing: unknown): void {
  const texts = textsOf(thing)
  for (const secret of secretsNow()) expect(texts).not.toContain(secret)
  expect(texts).not.toMatch(/00D\w{12,15}!/)
}

for (const flow of AUTH_FLOWS) {
  const { right, wrong, rejection } = FLOW_CASES[flow]
  const logins = flow === 'access_token' ? 0 : 1

  describe(`the flow ${flow}`, () => {
    test('finds the org, its newest API version and the user', async () => {
      const identity = await connectAs(right(emulator)).identity()
      expect(identity).toEqual({
        instanceUrl: emulator.url,
        organizationId: emulator.oauth.organizationId,
        userId: emulator.oauth.users[0]?.id,
        apiVersion: '68.0',
      })
    })

    test('logs in once for fifty concurrent calls', async () => {
      const before = calls('token')
      const connection = connectAs(right(emulator))
      const soql = 'SELECT Id FROM Account LIMIT 1'
      await Promise.all(Array.from({ length: 50 }, () => collect(connection.query(soql))))
      expect(calls('token') - before).toBe(logins)
    })

    test('prints no secret in any conversion to text', async () => {
      const settings = settingsFor(emulator, right(emulator))
      const connection = createSalesforceConnection(settings)
      await connection.identity()
      expectNoSecret(settings)
      expectNoSecret(connection)
      emulator.faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'cutAfter' } })
      const error = await connection.createRecords('Contact', [{ LastName: 'Frank' }]).catch(thrown => thrown)
      expect(error.name).toBe('OutcomeUnknownError')
      expectNoSecret(error)
    })

    test('has no secret in the error of a rejected login', async () => {
      const settings = settingsFor(emulator, wrong(emulator))
      const error = await createSalesforceConnection(settings)
        .describe('Contact')
        .catch(thrown => thrown)
      expect(error).toBeInstanceOf(LoginRejectedError)
      expectNoSecret(error)
      expectNoSecret(settings)
      if (rejection === undefined) return
      expect(error.errorCode).toBe(rejection.errorCode)
      expect(error.message).toMatch(rejection.advice)
      expect(error.message).toMatch(
        new RegExp(`^Login of connection emulated failed: .*\\(flow ${flow} at 127\\.0\\.0\\.1:`),
      )
    })
  })
}

describe.each(AUTH_FLOWS.filter(name => name !== 'access_token'))('the flow %s', flow => {
  test('opens another session when the org ends the first, once for all calls', async () => {
    const connection = connectAs(FLOW_CASES[flow].right(emulator))
    await connection.identity()
    const before = calls('token')
    emulator.expireSessions()
    const soql = 'SELECT Id FROM Account LIMIT 1'
    await Promise.all(Array.from({ length: 20 }, () => collect(connection.query(soql))))
    expect(calls('token') - before).toBe(1)
  })

  test('continues in the middle of a query', async () => {
    const connection = connectAs(FLOW_CASES[flow].right(emulator))
    const records = connection.query('SELECT Id FROM Contact')[Symbol.asyncIterator]()
    await records.next()
    emulator.expireSessions()
    let count = 1
    while (!(await records.next()).done) count += 1
    expect(count).toBeGreaterThanOrEqual(300)
  })
})

test('reports that a given access token cannot be renewed', async () => {
  const fresh = await startEmulator()
  const { right } = FLOW_CASES.access_token
  const connection = createSalesforceConnection(settingsFor(fresh, right(fresh)))
  await connection.identity()
  fresh.expireSessions()
  const error = await connection.describe('Contact').catch(thrown => thrown)
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toMatch(/a given token cannot be renewed .*Give a fresh accessToken/)
  await fresh.close()
})

test('reports a given access token without instanceUrl', async () => {
  const { instanceUrl: _, ...settings } = settingsFor(emulator, FLOW_CASES.access_token.right(emulator))
  const error = await createSalesforceConnection(settings)
    .identity()
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(LoginRejectedError)
  expect(error.message).toContain('Give instanceUrl')
})

test('only the flow password warns of its retirement', () => {
  const warnings = AUTH_FLOWS.map(flow => connectionWarnings(settingsFor(emulator, FLOW_CASES[flow].right(emulator))))
  expect(warnings.flat()).toEqual([
    expect.stringMatching(
      /^Connection emulated: Salesforce retires the flow password on 20 February 2027.+client_credentials or jwt_bearer/,
    ),
  ])
})
