// A geolocation field: both coordinates in one column, or each in its own.
import { describe, expect, test } from 'vitest'
import { compileMapping } from '../../../loader/mapping/mapping.ts'
import { createPlan } from '../../../loader/plan/plan.ts'
import { wireColumns } from '../../../loader/plan/syncPlan.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { CONTACT, field, object, PARENTS, planOf, specOf } from '../../rig/describes.ts'

const coordinate = (name: string, label: string) => field(name, { label, type: 'double', precision: 18, scale: 6 })

const SITE = object('Contact', [
  field('LastName', { nillable: false }),
  field('Site__c', { label: 'Site', type: 'location', createable: false, updateable: false }),
  coordinate('Site__Latitude__s', 'Site (Latitude)'),
  coordinate('Site__Longitude__s', 'Site (Longitude)'),
])

/** The cells of a row with this value of column `place`, or its error. */
function cellsOf(mapping: SyncSpecInput['fields'][string], place: string) {
  const plan = planOf({ fields: { LastName: { value: 'Aster' }, Site__c: mapping } }, SITE)
  const compiled = compileMapping(plan, ['place'])
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'))
  const row = compiled.mapping.mapRow([place])
  return row.rejected ? `${row.errorCode} ${row.errorMessage}` : row.cells.slice(1)
}

describe('one column sets both parts of a geolocation field', () => {
  test.each([
    ['48.1372, 11.5755', '48.1372', '11.5755'],
    ['48.1372,11.5755', '48.1372', '11.5755'],
    ['48,1372, 11,5755', '48.1372', '11.5755'],
    ['48,1372,11,5755', '48.1372', '11.5755'],
    ['48,1372; 11,5755', '48.1372', '11.5755'],
    ['48.1372 11.5755', '48.1372', '11.5755'],
    ['-33.8688 / 151.2093', '-33.8688', '151.2093'],
    ['−33.8688, −70.65', '-33.8688', '-70.65'],
    ['48, 11', '48', '11'],
    ['48,-11', '48', '-11'],
    ['48.1 N 11.5 E', '48.1', '11.5'],
    ['48.1372° N, 11.5755° e', '48.1372', '11.5755'],
    ['N48.1 W11.5', '48.1', '-11.5'],
    ['11.5 W, 48.1 S', '-48.1', '-11.5'],
    ['48.12345678, 11.50000', '48.123457', '11.5'],
    ['0, 0', '0', '0'],
    ['90; -180', '90', '-180'],
  ])('%s', (place, latitude, longitude) => {
    expect(cellsOf('place', place)).toEqual([latitude, longitude])
  })

  test('which is sent as the two fields that can be written', () => {
    const plan = planOf({ fields: { LastName: 'last', site__c: 'place' } }, SITE)
    expect(wireColumns(plan, 'create').map(({ name }) => name)).toEqual([
      'LastName',
      'Site__Latitude__s',
      'Site__Longitude__s',
    ])
  })

  test('with a default for blank cells, and values by name', () => {
    const mapping = { column: 'place', values: { Munich: '48.1372, 11.5755' }, default: '0; 0' }
    expect(cellsOf(mapping, 'munich')).toEqual(['48.1372', '11.5755'])
    expect(cellsOf(mapping, ' ')).toEqual(['0', '0'])
    expect(cellsOf('place', '')).toEqual(['', ''])
  })
})

describe('a text with another number of readings than one is rejected once', () => {
  test.each([
    '48,11',
    '48,1372',
    '48,13,11',
    '48.1',
    '48.1, 11,5',
    '48.1 N, 11.5',
    '48.1 N, 11.5 N',
    '-48.1 S, 11.5 E',
    '48.1 N, 11.5 O',
    `48°8'14" N, 11°34'31" E`,
    '(48.1, 11.5)',
    'POINT(11.5 48.1)',
    '48.1, 11.5, 520',
    'Munich',
    `${'4'.repeat(50)}${' '.repeat(60)}1`,
  ])('%s', place => {
    const error = cellsOf('place', place)
    expect(error).toMatch(
      /^INVALID_VALUE Site: .* is not a location; expected latitude and longitude in degrees with one reading, such as .*\(column place\)$/,
    )
    expect(String(error).match(/is not a location/g)).toHaveLength(1)
  })
})

describe('degrees outside the range are rejected', () => {
  test('with the order of the two', () => {
    expect(cellsOf('place', '151.2, -33.8')).toBe(
      'NUMBER_OUTSIDE_VALID_RANGE Site: value outside of valid range on numeric field: 151.2, -33.8: the latitude 151.2 is not between -90 and 90; the latitude comes first (column place)',
    )
    expect(cellsOf('place', '-33.8; 180.1')).toContain('the longitude 180.1 is not between -180 and 180')
  })

  test.each([
    [
      'Site__Latitude__s',
      '90.10',
      'Site (Latitude): value outside of valid range on numeric field: 90.10: the latitude 90.1 is not between -90 and 90 (column place)',
    ],
    [
      'Site__Longitude__s',
      '-181',
      'Site (Longitude): value outside of valid range on numeric field: -181: the longitude -181 is not between -180 and 180 (column place)',
    ],
    ['Site__Longitude__s', '151.2093', '151.2093'],
  ])('in the part %s alone: %s', (name, place, expected) => {
    const compiled = compileMapping(planOf({ fields: { LastName: { value: 'x' }, [name]: 'place' } }, SITE), ['place'])
    const row = compiled.ok ? compiled.mapping.mapRow([place]) : undefined
    expect(row?.rejected ? row.errorMessage : row?.cells[1]).toBe(expected)
    expect(compiled.ok && compiled.mapping.cellsOf.create.makers[1]?.isSent(Buffer.from(place), 0, place.length)).toBe(
      false,
    )
  })
})

describe('a wrong mapping is one problem', () => {
  const problemsOf = (fields: SyncSpecInput['fields'], describe = SITE) => {
    const planned = createPlan(specOf({ fields }), describe, PARENTS)
    return planned.ok ? [] : planned.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }

  test('a constant that is not a location', () => {
    expect(problemsOf({ LastName: 'last', Site__c: { value: '48.1' } })).toEqual([
      expect.stringMatching(/^fields\.Site__c: Site: 48\.1 is not a location/),
    ])
  })

  test('a part that is mapped besides', () => {
    expect(problemsOf({ LastName: 'last', Site__c: 'place', Site__Latitude__s: 'lat' })).toEqual([
      'fields.Site__Latitude__s: sets Site__Latitude__s, as Site__c does; map one of them',
    ])
  })

  test('a key, by which no record is found', () => {
    const parts = { operation: 'update', keyField: 'Site__c', fields: { LastName: 'last', Site__c: 'place' } } as const
    const planned = createPlan(specOf(parts), SITE, PARENTS)
    expect(planned.ok ? [] : planned.problems.map(({ message }) => message)).toEqual([
      'Contact.Site__c cannot be filtered on; use a field that can be filtered on',
    ])
  })

  test('an address, which has other parts', () => {
    expect(problemsOf({ LastName: 'last', MailingAddress: 'place' }, CONTACT)).toEqual([
      'fields.MailingAddress: is of type address, which cannot be loaded from text',
    ])
  })

  test('a column that is missing', () => {
    const plan = planOf({ fields: { LastName: 'last', Site__c: 'place' } }, SITE)
    const compiled = compileMapping(plan, ['last'])
    expect(compiled).toMatchObject({ problems: ['fields.Site__c: column "place" is not in the header of the source'] })
  })
})
