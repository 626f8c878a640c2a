import { describe, expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { createPlan } from '../../../loader/plan/plan.ts'
import { parseRelationshipName } from '../../../loader/plan/relationship.ts'
import { chunkResultsText, readChunkResult } from '../../../loader/results/chunkResults.ts'
import { failureLine, messageTemplate } from '../../../loader/results/messageTemplate.ts'
import { parseSfError } from '../../../loader/results/recordAnswer.ts'
import type { FieldDescribe } from '../../../loader/salesforce/describe.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import {
  compileComparisonKey,
  compileConverter,
  compileLookupKey,
  isLoadable,
} from '../../../loader/values/fieldValue.ts'
import { active, CONTACT, field, formatsOf, PARENTS, planOf, specOf } from '../../rig/describes.ts'

// A rule of linear time needs milliseconds for 1 MB, a quadratic one minutes.
const LIMIT = 10_000
const MEGABYTE = 1_000_000

const filled = (unit: string): string => unit.repeat(MEGABYTE / unit.length)

const UNITS = [
  ...[
    ' ',
    '\t',
    '\u00a0',
    '\r',
    '\n',
    '0',
    '9',
    ',',
    '.',
    "'",
    '’',
    '-',
    '+',
    ':',
    '--',
    '"',
    '@',
    'a',
    'A_',
    ';',
    'a;',
    'é',
    '€',
    '(',
  ],
  ...[
    ' is not a ',
    '; expected ',
    ' (max length=1',
    'data value too large: ',
    ' The first is row ',
    '-- A_A',
    ' a@',
    'e9',
    '1,',
    '1.',
  ],
]
const HOSTILE = UNITS.flatMap(unit => [
  filled(unit),
  ` 1.${filled(unit)}1`,
  `-1${filled(unit)} `,
  `CODE: a${filled(unit)}x --`,
])

function elapsed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

const timeOf = (work: (text: string) => unknown): number => elapsed(() => HOSTILE.forEach(text => void work(text)))

const FIELDS: readonly FieldDescribe[] = [
  field('Text', { length: 255 }),
  field('Long', { type: 'textarea', length: 0 }),
  field('Email', { type: 'email', length: 0 }),
  field('Pick', { type: 'picklist', length: 0, restrictedPicklist: true, picklistValues: active('A', 'B') }),
  field('Multi', { type: 'multipicklist', length: 0, restrictedPicklist: true, picklistValues: active('A', 'B') }),
  field('Tags', { type: 'multipicklist', length: 0 }),
  field('Double', { type: 'double', precision: 18, scale: 2 }),
  field('Currency', { type: 'currency' }),
  field('Percent', { type: 'percent', precision: 5, scale: 2 }),
  field('Int', { type: 'int', digits: 8 }),
  field('Long', { type: 'long' }),
  ...(['id', 'reference', 'boolean', 'date', 'datetime', 'time'] as const).map(type => field(type, { type })),
]

describe('the time for a text of 1 MB does not grow with its square', () => {
  test.each(FIELDS.map(field => [field.type, field.name, field] as const))(
    'values of type %s (%s)',
    (_type, _name, field) => {
      const formats = formatsOf({
        dates: ['dd.MM.yyyy HH:mm', "EEE, d 'of' MMM yyyy hh:mm a Z"],
        decimalSeparator: ',',
      })
      const convert = compileConverter(field, formats, 'col')
      const [compared, lookedUp] = [compileComparisonKey(field), compileLookupKey(field)]
      expect(timeOf(text => [convert(text), compared(text), lookedUp(text)])).toBeLessThan(LIMIT)
    },
    60_000,
  )

  test.each<[string, (text: string) => unknown]>([
    ['messages of rejected records', text => messageTemplate('CUSTOM', text)],
    ['failures', failureLine],
    ['sf__Error', parseSfError],
    ['names of relationships', parseRelationshipName],
    ['results of a chunk', text => readChunkResult(resultLine(text))],
  ])(
    '%s',
    (_what, work) => {
      expect(timeOf(work)).toBeLessThan(LIMIT)
    },
    60_000,
  )
})

describe('the time does not grow with the square of the number', () => {
  test('of identity fields', () => {
    const identityFields = Array.from({ length: 120_000 }, (_, index) => `column ${index}`)
    const spec = { ...specOf({ fields: { LastName: 'last' } }), identityFields }
    expect(elapsed(() => parseSyncSpec(spec))).toBeLessThan(LIMIT)
  })

  test('of unknown fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`Unknown_${index}__c`, 'last']))
    const known = Array.from({ length: 800 }, (_, index) => field(`Known_${index}__c`))
    const wide = { ...CONTACT, fields: [...CONTACT.fields, ...known] }
    expect(elapsed(() => createPlan(specOf({ fields }), wide, PARENTS))).toBeLessThan(LIMIT)
  })

  test('of missing columns, and the header is listed once', () => {
    const identityFields = Array.from({ length: 900 }, (_, index) => `missing ${index}`)
    const header = Array.from({ length: 30_000 }, (_, index) => `column ${index}`)
    const plan = planOf({ fields: { LastName: 'last' }, identityFields })
    expect(elapsed(() => compileMapping(plan, header))).toBeLessThan(LIMIT)
    expect(JSON.stringify(compileMapping(plan, header)).length).toBeLessThan(200_000)
  })
})

test('a field of a type that this version does not know cannot be loaded, whatever the type is called', () => {
  const types = ['constructor', '__proto__', 'toString', 'hologram'] as unknown as FieldDescribe['type'][]
  for (const type of types) {
    expect(isLoadable(type)).toBe(false)
    expect(compileComparisonKey(field('X', { type }))(' x ')).toBe('x')
  }
})

function resultLine(code: string): string {
  const row = { row: 1, operation: 'create', outcome: 'failed', id: '', errorMessage: '', timestamp: '' } as const
  return chunkResultsText({ ...row, errorCode: code }, '').trimEnd()
}
