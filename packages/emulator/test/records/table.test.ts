import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Org } from '../../records/org.ts'
import { recordView } from '../../records/recordView.ts'
import type { Table } from '../../records/table.ts'

const writer = { now: Date.UTC(2026, 0, 1, 12, 30, 15, 999), userPlace: 0 }

function contacts(): Table {
  const table = new Org().table('Contact')
  if (table === undefined) throw new Error('No Contact')
  return table
}

function shape(table: Table, names: readonly string[]) {
  return table.shapeOf(names.flatMap(name => table.schema.fieldsByName.get(name.toLowerCase()) ?? []))
}

const NAMES = ['LastName', 'Email', 'Ext_Id__c', 'Description'] as const
const values = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(text => text.replaceAll('\u001f', '').trim()),
)
const step = fc.record({
  what: fc.constantFrom('insert', 'update', 'updateAndUndo', 'delete', 'insertAndForget'),
  at: fc.nat(30),
  values,
})

type Model = { values: Record<string, string>; status: 'live' | 'deleted' | 'gone' }

function insert(table: Table, given: Record<string, string>) {
  return table.insert(shape(table, Object.keys(given)), Object.values(given), writer)
}

function apply(
  table: Table,
  model: Model[],
  { what, at, values: given }: typeof step extends fc.Arbitrary<infer T> ? T : never,
) {
  const record = model[at]
  if (what === 'insert' || what === 'insertAndForget') {
    const place = insert(table, given)
    model.push({ values: { ...given }, status: what === 'insert' ? 'live' : 'gone' })
    if (what === 'insertAndForget') table.forget(place)
    return
  }
  if (record?.status !== 'live') return
  if (what === 'delete') {
    table.delete(at, writer)
    record.status = 'deleted'
    return
  }
  const undo = table.update(at, shape(table, Object.keys(given)), Object.values(given), writer)
  if (what === 'updateAndUndo') undo()
  else Object.assign(record.values, given)
}

describe('the records of an object', () => {
  test('have the values that were written to them, for any writes in any order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const table = contacts()
        const model: Model[] = []
        for (const each of steps) apply(table, model, each)
        expect(table.count).toBe(model.length)
        model.forEach((record, place) => {
          expect(table.status(place)).toBe(record.status)
          if (record.status === 'gone') return
          for (const name of NAMES) expect(table.text(place, name)).toBe(record.values[name] ?? '')
        })
      }),
    )
  })

  test('are found by every value of an indexed field, in any case', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const table = contacts()
        const model: Model[] = []
        for (const each of steps) apply(table, model, each)
        for (const name of ['Ext_Id__c', 'Email']) {
          const field = table.schema.fieldsByName.get(name.toLowerCase())
          if (field === undefined) throw new Error(name)
          for (const { values: wanted } of model) {
            const value = wanted[name] ?? ''
            if (value === '') continue
            const expected = model.flatMap((record, place) =>
              record.status !== 'gone' && (record.values[name] ?? '').toLowerCase() === value.toLowerCase()
                ? [place]
                : [],
            )
            const inCapitals = value.replace(/[a-z]/g, letter => letter.toUpperCase())
            expect(table.placesWith(field, inCapitals)).toEqual(expected)
          }
        }
      }),
    )
  })

  test('may need more than one block of memory', () => {
    const table = contacts()
    const texts = Array.from({ length: 200 }, (_, index) => String(index).padEnd(31_000, 'é'))
    for (const text of texts) insert(table, { LastName: 'Long', Description: text })
    expect(texts.every((text, place) => table.text(place, 'Description') === text)).toBe(true)
  })

  test('show system fields, compound names and defaults that were not written', () => {
    const table = contacts()
    const place = insert(table, { LastName: 'Keller' })
    const view = recordView(table, place, () => '0055f000001pHvsAAE')
    expect(view.get('Name')).toBe('Keller')
    expect(view.get('CreatedDate')).toBe('2026-01-01T12:30:15.000+0000')
    expect(view.get('OwnerId')).toBe('0055f000001pHvsAAE')
    expect(view.get('Opt_In__c')).toBe(false)
    expect(view.get('Score__c')).toBeNull()
    expect(view.get('IsDeleted')).toBe(false)
  })
})
