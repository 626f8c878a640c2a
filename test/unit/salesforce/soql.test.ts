import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiName, encodeSoql, soqlString } from '../../../loader/salesforce/soql.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { connectToEmulator } from './emulatedOrg.ts'
import { collect } from './scriptedOrg.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator({ seedRecords: false })
})
afterAll(() => emulator.close())

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
const unquoted = (literal: string): string =>
  literal.slice(1, -1).replace(/\\(.)/g, (_, character) => UNESCAPED[character] ?? character)

test('a string literal holds exactly its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), value => {
      expect(unquoted(soqlString(value))).toBe(value)
    }),
  )
})

test('no value ends its literal', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", '\\', '"', 'a', '\n') }), value => {
      expect(soqlString(value)).toMatch(/^'(?:[^'\\]|\\.)*'$/)
    }),
  )
})

test('half a surrogate pair is sent as the replacement character', () => {
  expect(encodeSoql('\ud83d')).toBe('%EF%BF%BD')
})

test('an encoded query stays as it is in a URL', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), value => {
      const encoded = encodeSoql(soqlString(value))
      expect(new URL(`https://acme.my.salesforce.com/query?q=${encoded}`).search).toBe(`?q=${encoded}`)
    }),
  )
})

for (const name of [
  "O'Neill",
  'back\\slash',
  '"quoted"',
  "' OR Name != '",
  'Ünïcode 漢字',
  'a%2C,b+c&d=e#f',
  'two\nlines',
]) {
  test(`finds the contact named ${JSON.stringify(name)} and no other`, async () => {
    const connection = connectToEmulator(emulator)
    await connection.createRecords('Contact', [{ LastName: name }, { LastName: 'Other' }])
    const found = await collect(connection.query(`SELECT LastName FROM Contact WHERE LastName = ${soqlString(name)}`))
    expect(found).toEqual([{ LastName: name }])
  })
}

for (const name of ['Contact', 'Invoice__c', 'Account.Ext_Id__c']) {
  test(`${name} is an API name`, () => expect(apiName(name)).toBe(name))
}

for (const name of ['', 'Contact--', 'a b', "Name FROM User WHERE Id != ''", '../limits', '__c']) {
  test(`${JSON.stringify(name)} is no API name`, () => expect(() => apiName(name)).toThrow(RangeError))
}
