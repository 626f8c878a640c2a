import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idChecksum, placeOf, recordId, toId18 } from '../../records/recordId.ts'

// Ids recorded from real orgs.
const RECORDED = [
  '0037e00001WZ30qAAD',
  '7508Z00000lSXvxQAG',
  '0017e00001W4GYRAA3',
  'a00B000000FSkcvIAD',
  '001B000001Lp1G2IAJ',
  '0058Z000007lKMAQA2',
  '750Tn000004ZoR3IAK',
]

describe('record ids', () => {
  test.each(RECORDED)('gives %s the checksum from Salesforce', id => {
    expect(id.slice(0, 15) + idChecksum(id.slice(0, 15))).toBe(id)
    expect(toId18(id.slice(0, 15))).toBe(id)
  })

  test('rejects an id whose checksum was recorded as wrong', () => {
    expect(toId18('a00B000000FSjVUIB1')).toBeUndefined()
  })

  test('rejects a text that is not an id', () => {
    for (const text of ['', '003', '0037e00001WZ30qAA', '0037e00001WZ3-q', '0037e00001WZ30qAADx']) {
      expect(toId18(text)).toBeUndefined()
    }
  })

  test('finds the place of every id that it issues, and issues each only once', () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.nat(50_000_000), (place, other) => {
        const id = recordId('003', place)
        expect(toId18(id)).toBe(id)
        expect(placeOf('003', id)).toBe(place)
        expect(id === recordId('003', other)).toBe(place === other)
      }),
    )
  })

  test('has no place for an id of another object or another org', () => {
    expect(placeOf('003', recordId('001', 5))).toBe(-1)
    expect(placeOf('003', '0037e00001WZ30qAAD')).toBe(-1)
  })
})
