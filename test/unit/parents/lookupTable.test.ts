// What a mapped field gets of the records that were found for its values.
import { expect, test } from 'vitest'
import type { PlannedField } from '../../../loader/plan/syncPlan.ts'
import type { FoundInObject } from '../../../loader/protocol/parents/foundInObject.ts'
import { lookupTable } from '../../../loader/protocol/parents/lookupTable.ts'
import type { LookupMapping } from '../../../packages/client/contract/fieldMapping.ts'
import type { ValueFormats } from '../../../packages/client/contract/syncSpec.ts'
import { field } from '../../rig/describes.ts'

const FORMATS: ValueFormats = { dates: [], timeZone: 'UTC', decimalSeparator: '.' }
const NUMBER = field('Code__c', { label: 'Code', type: 'double', precision: 18 })
const TEXT = field('Code__c', { label: 'Code' })

const LEADS: Readonly<Record<string, string>> = { 'L-1': '00Q000000000001AAA', '12': '00Q000000000012AAA' }
const CONTACTS: Readonly<Record<string, string>> = { '13': '003000000000013AAA' }

/** A table of one record for each value. */
const found = (ids: Readonly<Record<string, string>>): FoundInObject => {
  let last: readonly string[] = []
  const idsOf = (key: readonly string[]) => Object.entries(ids).flatMap(([value, id]) => (value === key[0] ? [id] : []))
  const table: Pick<FoundInObject, 'count' | 'id' | 'ids' | 'closedIds'> = {
    count: key => {
      last = idsOf(key)
      return last.length
    },
    id: () => last[0] ?? '',
    ids: () => last,
    closedIds: () => [],
  }
  return table as FoundInObject
}

/** A lookup of contacts by a number, and then of leads by a text. */
function tableOf(more: Partial<LookupMapping> = {}) {
  const mapping = {
    lookup: ['Contact', 'Lead'],
    by: ['Code__c'],
    from: ['who'],
    none: 'reject',
    many: 'reject',
  } as const
  const lookup = [
    { name: 'Contact', by: [NUMBER] },
    { name: 'Lead', by: [TEXT] },
  ]
  const target = field('WhoId', { label: 'Who', type: 'reference', referenceTo: ['Contact', 'Lead'] })
  const planned: PlannedField = { name: 'WhoId', wireName: 'WhoId', target, valueField: target, mapping, lookup }
  const foundIn = ({ name }: { readonly name: string }) => found(name === 'Lead' ? LEADS : CONTACTS)
  return lookupTable(planned, { ...mapping, ...more }, FORMATS, foundIn)
}

test('each object is searched by the type of its own field', () => {
  const table = tableOf()
  expect(['L-1', '12', '13'].map(value => table.find([value]))).toEqual([LEADS['L-1'], LEADS['12'], CONTACTS['13']])
  expect(tableOf({ many: 'first' }).find(['L-1'])).toBe(LEADS['L-1'])
  expect(table.find(['L-2'])).toMatchObject({
    message: 'Who: no Contact or Lead has Code__c "L-2"; correct it, or set none: blank (column who)',
  })
})

test('a field is not left blank for a value that the org cannot be searched for', () => {
  const onlyNumbers: PlannedField['lookup'] = [{ name: 'Contact', by: [NUMBER] }]
  const target = field('WhoId', { label: 'Who', type: 'reference', referenceTo: ['Contact'] })
  const mapping = { lookup: ['Contact'], by: ['Code__c'], from: ['who'], none: 'blank', many: 'reject' } as const
  const planned: PlannedField = {
    ...{ name: 'WhoId', wireName: 'WhoId', target, valueField: target, mapping },
    lookup: onlyNumbers,
  }
  const table = lookupTable(planned, mapping, FORMATS, () => found({}))
  expect(table.find(['14'])).toBe('')
  expect(table.find(['123456789012345678'])).toEqual({
    code: 'KEY_NOT_SEARCHABLE',
    message:
      'Code: 123456789012345678 has more than 15 digits, and the org cannot be searched for it; find the parent by a field of text (column who)',
  })
  expect(table.find(['#N/A'])).toMatchObject({ code: 'INVALID_VALUE' })
})
