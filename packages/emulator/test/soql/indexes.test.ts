import { describe, expect, test } from 'vitest'
import { idOf, readerOf, rowsOf } from './soqlRecords.ts'

const tables = {
  Account: [{ Name: 'GenePoint', Ext_Id__c: 'A-1' }, { Name: 'Globex' }],
  Contact: [
    { LastName: 'Frank', AccountId: idOf('Account', 0) },
    { LastName: 'Ripley', AccountId: idOf('Account', 0) },
    { LastName: 'alone' },
  ],
}

describe('indexes', () => {
  const contacts = Array.from({ length: 2_000 }, (_, n) => ({ LastName: `L${n}`, Email: `e${n}@example.com` }))

  test('a list of 500 e-mails uses the index, not a scan', () => {
    const { reader: many, used } = readerOf({ Contact: contacts.slice(0, 20) })
    const list = Array.from({ length: 500 }, (_, n) => `'E${n}@example.com'`).join(',')
    expect(rowsOf(`SELECT Id FROM Contact WHERE Email IN (${list}) AND LastName != null`, many)).toHaveLength(20)
    expect(used).toEqual({ scans: 0, lookups: 500 })
  })

  test('an OR uses indexes when every side can', () => {
    const { reader: many, used } = readerOf({ Contact: contacts })
    const both = `Email = 'e7@example.com' OR Id = '${idOf('Contact', 7)}'`
    expect(rowsOf(`SELECT Id FROM Contact WHERE ${both}`, many)).toHaveLength(1)
    expect(used.scans).toBe(0)
    expect(rowsOf("SELECT Id FROM Contact WHERE Email = 'e7@example.com' OR LastName = 'L8'", many)).toHaveLength(2)
    expect(used.scans).toBe(1)
  })

  test("a condition on a parent's indexed field uses indexes", () => {
    const { reader: both, used } = readerOf(tables, ['Ext_Id__c', 'AccountId'])
    expect(rowsOf("SELECT Id FROM Contact WHERE Account.Ext_Id__c IN ('A-1', 'A-2')", both)).toHaveLength(2)
    expect(used.scans).toBe(0)
  })

  test('a query that stops early reads no further', () => {
    const { reader: base } = readerOf({ Contact: contacts })
    let read = 0
    const counting = {
      ...base,
      *scan(name: string) {
        for (const record of base.scan(name)) {
          read += 1
          yield record
        }
      },
    }
    expect(rowsOf('SELECT Id FROM Contact LIMIT 5', counting)).toHaveLength(5)
    expect(read).toBeLessThanOrEqual(6)
  })
})
