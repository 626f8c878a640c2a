import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiName, encodeSoql, soqlString } from '../../../loader/salesforce/soql.ts'
import { connectToEmulator, fileEmulator } from './authSettings.ts'
import { collect } from './scriptedOrg.ts'

const emulator = await fileEmulator({ seedRecords: false })

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
const unquoted = (literal: string): string =>
  literal.slice(1, -1).replace(/\\(.)/g, (_, character) => UNESCAPED[character] ?? character)

test('a string literal contains exactly its value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), value => {
      expect(unquoted(soqlString(value))).toBe(value)
    }),
  )
})

test('no value closes its literal', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("'", '\\', '"', 'a', '\n') }), value => {
      expect(soqlString(value)).toMatch(/^'(?:[^'\\]|\\.)*'$/)
    }),
  )
})

test('half a surrogate pair is sent as the replacement character', () => {
  expect(encodeSoql('\ud83d')).toBe('%EF%BF%BD')
})

test('an encoded query is unchanged in a URL', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), value => {
      const encoded = encodeSoql(soqlString(value))
      expect(new URL(`https://acme.my.salesforce.com/query?q=${encoded}`).search).toBe(`?q=${encoded}`)
    }),
  )
})

test.each(["O'Neill", 'back\\slash', '"quoted"', "' OR Name != '", 'Ünïcode 漢字', 'a%2C,b+c&d=e#f', 'two\nlines'])(
  'finds the contact named %j and no other',
  async name => {
    const connection = connectToEmulator(emulator)
    await connection.createRecords('Contact', [{ LastName: name }, { LastName: 'Other' }])
    const found = await collect(connection.query(`SELECT LastName FROM Contact WHERE LastName = ${soqlString(name)}`))
    expect(found).toEqual([{ LastName: name }])
  },
)

test.each(['Contact', 'Invoice__c', 'Account.Ext_Id__c'])('%s is an API name', name => {
  expect(apiName(name)).toBe(name)
})

test.each(['', 'Contact--', 'a b', "Name FROM User WHERE Id != ''", '../limits', '__c'])('no API name: %j', name => {
  expect(() => apiName(name)).toThrow(RangeError)
})
