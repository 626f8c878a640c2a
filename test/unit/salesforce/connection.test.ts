import { expect, test } from 'vitest'
import { AUTH_FLOWS } from '../../../loader/salesforce/auth/flows.ts'
import { ApiVersionError, RequestRejectedError, UnknownObjectError } from '../../../loader/salesforce/errors.ts'
import { DEFAULT_USER, startEmulator } from '../../../packages/emulator/index.ts'
import { connectToEmulator, FLOW_CASES, fileEmulator } from './authSettings.ts'
import { collect } from './scriptedOrg.ts'

const access = { Case: { create: false, update: false }, Contact: { hidden: ['Birthdate'] } }
const emulator = await fileEmulator({ users: [{ ...DEFAULT_USER, access }] })

test('lists the versions without logging in', async () => {
  const before = emulator.stats().calls['token']
  const { versions, inUse, instanceUrl } = await connectToEmulator(emulator).versions()
  expect(versions.at(-1)).toEqual({ label: "Winter '27", version: '68.0' })
  expect({ inUse, instanceUrl }).toEqual({ inUse: '68.0', instanceUrl: emulator.url })
  expect(emulator.stats().calls['token']).toBe(before)
})

test('uses the requested API version', async () => {
  const connection = connectToEmulator(emulator, { apiVersion: '58.0' })
  expect((await connection.identity()).apiVersion).toBe('58.0')
  await expect(connection.describe('Contact')).resolves.toMatchObject({ name: 'Contact' })
})

test('reports an API version that the org does not know', async () => {
  const error = await connectToEmulator(emulator, { apiVersion: '99.0' })
    .describe('Contact')
    .catch(thrown => thrown)
  expect(error).toBeInstanceOf(ApiVersionError)
  expect(error.message).toBe(
    `Connection emulated: the org at ${new URL(emulator.url).host} does not offer API version 99.0; it offers 31.0 to 68.0. ` +
      'Set apiVersion to one of these, or to latest, which is 68.0 now.',
  )
})

test.each(AUTH_FLOWS)('lists the versions with the flow %s when the configured one is not offered', async flow => {
  const auth = FLOW_CASES[flow].right(emulator)
  const { versions, inUse } = await connectToEmulator(emulator, { apiVersion: '99.0', auth }).versions()
  expect(inUse).toBe('99.0')
  expect(versions.map(({ version }) => version)).toContain('67.0')
})

test('lists the objects that the user may create or update', async () => {
  const names = (await connectToEmulator(emulator).objects()).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['Account', 'Contact', 'Lead']))
  expect(names).not.toContain('Case')
})

test('describes an object with the keys that the loader reads', async () => {
  const contact = await connectToEmulator(emulator).describe('Contact')
  expect(contact).toMatchObject({ name: 'Contact', keyPrefix: '003', createable: true, queryable: true })
  expect(contact.fields.find(({ name }) => name === 'Ext_Id__c')).toMatchObject({
    externalId: true,
    unique: true,
    length: 64,
  })
  expect(contact.fields.find(({ name }) => name === 'AccountId')).toMatchObject({
    referenceTo: ['Account'],
    relationshipName: 'Account',
  })
})

test('omits fields that the user may not see', async () => {
  const { fields } = await connectToEmulator(emulator).describe('Contact')
  expect(fields.map(({ name }) => name)).not.toContain('Birthdate')
})

test('requests a describe once for many callers', async () => {
  const connection = connectToEmulator(emulator)
  const before = emulator.stats().calls['describe'] ?? 0
  await Promise.all(Array.from({ length: 10 }, () => connection.describe('Lead')))
  await connection.describe('Lead')
  expect((emulator.stats().calls['describe'] ?? 0) - before).toBe(1)
})

test('does not cache a failed describe', async () => {
  const connection = connectToEmulator(emulator)
  emulator.faults.add({
    match: { operation: 'describe' },
    fault: { type: 'status', status: 400, body: [{ errorCode: 'X', message: 'x' }] },
    times: 1,
  })
  await expect(connection.describe('Account')).rejects.toBeInstanceOf(RequestRejectedError)
  await expect(connection.describe('Account')).resolves.toMatchObject({ name: 'Account' })
})

test.each([
  [
    'Contcat',
    'has no object Contcat that this user may see; did you mean "Contact"? List the objects: sflink objects ',
  ],
  ['Contacts', 'did you mean "Contact"?'],
  ['invoice', 'did you mean "Invoice__c"?'],
  ['Zebra', 'has no object Zebra that this user may see. List the objects: sflink objects '],
])('reports the object %s, which does not exist, with the name that was meant', async (name, words) => {
  const error = await connectToEmulator(emulator)
    .describe(name)
    .catch(thrown => thrown)
  expect(error).toMatchObject({ name: 'UnknownObjectError', kind: 'usage', object: name })
  expect(error.message).toContain(words)
})

test.each(['..', 'Contact/../../limits', 'Contact\uD800', 'Con tact', '', 'x'.repeat(300), '%2e%2e'])(
  'rejects "%s" as the name of an object, and describes nothing',
  async name => {
    const before = emulator.stats().calls['describe'] ?? 0
    await expect(connectToEmulator(emulator).describe(name)).rejects.toBeInstanceOf(UnknownObjectError)
    expect(emulator.stats().calls['describe'] ?? 0).toBe(before)
  },
)

test('returns the records of all pages, without attributes, with parents', async () => {
  const connection = connectToEmulator(emulator)
  const records = await collect(connection.query('SELECT Id, Email, Account.Name FROM Contact ORDER BY Email'))
  expect(records).toHaveLength(300)
  expect(records[0]).toEqual({
    Id: expect.stringMatching(/^003/),
    Email: 'contact001@example.com',
    Account: { Name: 'Acme 001' },
  })
})

test('fetches pages as they are consumed', async () => {
  const big = await startEmulator({ seedRecords: false })
  const connection = connectToEmulator(big)
  const contacts = Array.from({ length: 200 }, (_, index) => ({ LastName: `L${index}` }))
  for (let request = 0; request < 21; request += 1) await connection.createRecords('Contact', contacts)
  let seen = 0
  for await (const _ of connection.query('SELECT Id FROM Contact')) {
    seen += 1
    if (seen === 2_001) break
  }
  expect(big.stats().calls).toMatchObject({ query: 1, queryMore: 1 })
  expect(await collect(connection.query('SELECT Id FROM Contact'))).toHaveLength(4_200)
  await big.close()
})

test('omits the query, with its values, from the error', async () => {
  const soql = "SELECT Id FROM Contact WHERE Bacon__c = 'edna@example.com'"
  const error = await collect(connectToEmulator(emulator).query(soql)).catch(thrown => thrown)
  expect(error.message).toMatch(/^Query failed: 400 INVALID_FIELD: No such column 'Bacon__c' on entity 'Contact'\. /)
  expect(error.message).not.toContain('edna')
  expect(error.message).not.toContain('\n')
})

test('reports the used API calls and the clock of the org', async () => {
  const connection = connectToEmulator(emulator)
  expect(connection.apiUsage()).toBeUndefined()
  await connection.objects()
  expect(connection.apiUsage()).toEqual({ used: emulator.stats().apiCalls, limit: 100_000 })
  expect(Math.abs(connection.clockOffset())).toBeLessThanOrEqual(1_000)
})

test('reads the clock of the org by a call of its own only if no answer of the last minute has shown it', async () => {
  const connection = connectToEmulator(emulator)
  const before = emulator.stats().calls['versions'] ?? 0
  await connection.readClock()
  expect(emulator.stats().calls['versions']).toBe(before + 1)
  await connection.readClock()
  expect(emulator.stats().calls['versions']).toBe(before + 1)
})
