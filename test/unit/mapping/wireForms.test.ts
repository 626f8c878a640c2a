import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import { compileWireRecord } from '../../../loader/mapping/wireJson.ts'
import { wireColumns } from '../../../loader/plan/syncPlan.ts'
import { planOf } from '../../rig/describes.ts'

const PLAN = planOf({
  fields: {
    LastName: 'last',
    Email: 'mail',
    Birthdate: 'born',
    Seen__c: 'seen',
    Score__c: 'score',
    Visits__c: 'visits',
    HasOptedOutOfEmail: 'vip',
    Level__c: 'level',
    'Account.Ext_Id__c': 'account',
    'Owner.Email': 'owner',
  },
})
const COLUMNS = wireColumns(PLAN, 'create')
const toRecord = compileWireRecord(COLUMNS)

describe('a record of a collection request', () => {
  test('has typed values and nested lookups', () => {
    const cells = [
      'Aster',
      'a@b.example',
      '1990-02-01',
      '2024-01-31T09:00:00.000Z',
      '12.5',
      '3',
      'false',
      'Primary',
      'A-1',
      'o@b.example',
    ]
    expect(toRecord(cells)).toEqual({
      LastName: 'Aster',
      Email: 'a@b.example',
      Birthdate: '1990-02-01',
      Seen__c: '2024-01-31T09:00:00.000Z',
      Score__c: 12.5,
      Visits__c: 3,
      HasOptedOutOfEmail: false,
      Level__c: 'Primary',
      Account: { Ext_Id__c: 'A-1' },
      Owner: { attributes: { type: 'User' }, Email: 'o@b.example' },
    })
  })

  test('omits blank values', () => {
    expect(toRecord(['Aster', '', '', '', '', '', '', '', '', ''])).toEqual({ LastName: 'Aster' })
  })

  test('clears with null; a lookup through its Id field', () => {
    const cells = ['Aster', ...Array.from({ length: 9 }, () => '#N/A')]
    expect(toRecord(cells)).toMatchObject({
      Email: null,
      Score__c: null,
      Seen__c: null,
      AccountId: null,
      OwnerId: null,
    })
  })

  test('keeps digits that a double cannot hold', () => {
    expect(toRecord(['', '', '', '', '123456789012345678', '', '', '', '', ''])).toEqual({
      Score__c: '123456789012345678',
    })
  })

  test('has for each type the same value as the cell of a job', () => {
    const cell = fc.oneof(fc.constant(''), fc.constant('#N/A'), fc.constant('value'))
    const asText = (value: unknown) => (value === null ? '#N/A' : String(value ?? ''))
    const typed: Record<string, string> = { Score__c: '1.25', Visits__c: '7', HasOptedOutOfEmail: 'true' }
    fc.assert(
      fc.property(fc.array(cell, { minLength: 10, maxLength: 10 }), picks => {
        const cells = picks.map((pick, index) => (pick === 'value' ? (typed[COLUMNS[index]?.name ?? ''] ?? 'x') : pick))
        const record = toRecord(cells)
        for (const [index, column] of COLUMNS.entries()) {
          const relationship = column.field?.relationship
          const nested = relationship && (record[relationship.name] as Record<string, unknown> | undefined)
          const cleared = relationship && record[column.field?.target.name ?? '']
          const value = relationship ? (nested?.[relationship.field] ?? cleared) : record[column.name]
          expect(asText(value)).toBe(cells[index])
        }
      }),
    )
  })
})

describe('a line of CSV', () => {
  test('is quoted only where it must be', () => {
    expect(csvLine(['a', '', 'b,c', 'd"e', 'f\ng', 'h\ri', ' j'])).toBe('a,,"b,c","d""e","f\ng","h\ri"," j"\n')
  })

  test('is never blank, because a blank line is not a record', () => {
    expect(csvLine([''])).toBe('""\n')
  })

  test('is read back as the same cells, for any cells', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(',', '"', '\n', '\r', ' ', 'a') }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), rows => {
        const text = rows.map(cells => csvLine(cells)).join('')
        const read = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' }).data
        expect(read.slice(0, -1)).toEqual(rows)
      }),
      { numRuns: 300 },
    )
  })
})
