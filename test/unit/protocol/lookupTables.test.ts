// Which of the records that were found is the parent: of several objects, of converted leads and inactive users, of values of other types.
import { describe, expect, test } from 'vitest'
import { LineBuffer } from '../../../loader/csv/lineBuffer.ts'
import { csvLine } from '../../../loader/csv/ownCsv.ts'
import type { ParentTable } from '../../../loader/mapping/parentTable.ts'
import { lookupSearches } from '../../../loader/plan/lookupSearches.ts'
import { foundFile, SCANNED_FILE, scanFolder } from '../../../loader/protocol/layout.ts'
import { openParents } from '../../../loader/protocol/parents/openParents.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { field, object, planOf } from '../../rig/describes.ts'
import { memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

const TASK = object('Task', [
  field('WhoId', { label: 'Name ID', type: 'reference', referenceTo: ['Contact', 'Lead'], relationshipName: 'Who' }),
  field('OwnerId', { label: 'Owner ID', type: 'reference', referenceTo: ['Group', 'User'], relationshipName: 'Owner' }),
])

const created = field('CreatedDate', { type: 'datetime' })
const PARENTS = new Map([
  [
    'Contact',
    object('Contact', [field('Email', { type: 'email' }), field('Score__c', { type: 'double', scale: 2 }), created]),
  ],
  ['Lead', object('Lead', [field('Email', { type: 'email' }), field('IsConverted', { type: 'boolean' }), created])],
  ['User', object('User', [field('Name'), field('IsActive', { type: 'boolean' })])],
  ['Group', object('Group', [field('Name'), field('Type')])],
])

type Found = Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>

const id = (prefix: string, number: number): string => `${prefix}${String(number).padStart(12, '0')}AAA`

const FOUND: Found = {
  Contact: [
    { Id: id('003', 1), Email: 'ada@x.example', Score__c: '1.50', CreatedDate: '2024-01-01T00:00:00.000Z' },
    { Id: id('003', 2), Email: 'both@x.example', Score__c: '7.0', CreatedDate: '2024-01-01T00:00:00.000Z' },
    { Id: id('003', 3), Email: 'old@x.example', CreatedDate: '2024-03-01T00:00:00.000+0000' },
    { Id: id('003', 4), Email: 'OLD@x.example', CreatedDate: '2024-01-31T23:00:00.000-0200' },
    { Id: id('003', 5), Email: 'converted-too@x.example', CreatedDate: '2024-01-01T00:00:00.000Z' },
    ...Array.from({ length: 7 }, (_, at) => ({ Id: id('003', 20 + at), Email: 'many@x.example', CreatedDate: '' })),
  ],
  Lead: [
    { Id: id('00Q', 1), Email: 'leo@x.example', IsConverted: 'false', CreatedDate: '2020-01-01T00:00:00.000Z' },
    { Id: id('00Q', 2), Email: 'both@x.example', IsConverted: 'false', CreatedDate: '2020-01-01T00:00:00.000Z' },
    { Id: id('00Q', 3), Email: 'converted@x.example', IsConverted: 'true', CreatedDate: '2020-01-01T00:00:00.000Z' },
    {
      Id: id('00Q', 4),
      Email: 'converted-too@x.example',
      IsConverted: 'true',
      CreatedDate: '2020-01-01T00:00:00.000Z',
    },
  ],
  User: [
    { Id: id('005', 1), Name: 'Ada Active', IsActive: 'true' },
    { Id: id('005', 2), Name: 'Ida Inactive', IsActive: 'false' },
    { Id: id('005', 3), Name: 'Twin', IsActive: 'false' },
    { Id: id('005', 4), Name: 'Twin', IsActive: 'true' },
  ],
  Group: [{ Id: id('00G', 1), Name: 'Support' }],
}

/** Finds the parents of the only field among these records. */
async function finder(name: string, mapping: SyncSpecInput['fields'][string], formats: SyncSpecInput['formats'] = {}) {
  const plan = planOf({ object: 'Task', fields: { [name]: mapping }, formats }, TASK, PARENTS)
  const folder = scanFolder('x')
  const lookups = lookupSearches(plan).map(({ place }) => ({ place, files: [] }))
  const files = new Map([[SCANNED_FILE, JSON.stringify({ folder, lookups })]])
  for (const { place, searched, paths } of lookupSearches(plan)) {
    const columns = ['Id', ...searched.by.map(one => one.name), ...paths]
    const lines = (FOUND[searched.name] ?? []).map(record => columns.map(column => record[column] ?? ''))
    files.set(`${place}.csv`, [columns, ...lines].map(line => csvLine(line)).join(''))
    files.set(foundFile(folder, place), JSON.stringify({ pages: [`${place}.csv`] }))
  }
  const store = memoryRunStore(files, new SimulatedWorker())
  const tables = await openParents({ store, runStores: {} as never }, { plan } as PlannedRun)
  const table = tables.get(name) as ParentTable
  return Object.assign((...values: readonly string[]) => table.find(values), { table })
}

const who = { lookup: ['Contact', 'Lead'], by: 'Email', from: 'who' }

const rejected = (message: string, code = 'PARENT_NOT_FOUND') => ({ code, message })

test('a parent is found in any of the objects, and one in two of them is not taken', async () => {
  const find = await finder('WhoId', who)
  expect(find('ADA@x.example')).toBe(id('003', 1))
  expect(find(' leo@x.example')).toBe(id('00Q', 1))
  expect(find('both@x.example')).toEqual(
    rejected(
      `Name ID: 2 Contact and Lead records have Email "both@x.example": ${id('003', 2)}, ${id('00Q', 2)}; find them by more fields, or set many: first (column who)`,
      'PARENT_AMBIGUOUS',
    ),
  )
  expect(find('eve@x.example')).toEqual(
    rejected('Name ID: no Contact or Lead has Email "eve@x.example"; correct it, or set none: blank (column who)'),
  )
})

test('with many: first the first object counts, and in it the oldest record', async () => {
  const find = await finder('WhoId', { ...who, many: 'first' })
  expect([find('both@x.example'), find('old@x.example')]).toEqual([id('003', 2), id('003', 4)])
  const leadFirst = await finder('WhoId', { ...who, lookup: ['Lead', 'Contact'], many: 'first' })
  expect(leadFirst('both@x.example')).toBe(id('00Q', 2))
})

test.each([
  ['one object', { lookup: 'Contact' }],
  ['two objects', {}],
  ['the oldest', { many: 'first' }],
  ['leads', { lookup: 'Lead', none: 'blank' }],
] as const)('the Id of %s is written for bytes as for a text, if there is one', async (_, more) => {
  const find = await finder('WhoId', { ...who, ...more })
  const values = [...(FOUND['Contact'] ?? []), ...(FOUND['Lead'] ?? [])].map(({ Email = '' }) => Email)
  for (const value of [...values, 'eve@x.example']) {
    const line = new LineBuffer()
    const isWritten = find.table.writeId?.(line, Buffer.from(`,${value.toUpperCase()},`), 1, value.length + 1)
    const found = find(value)
    const id = typeof found === 'string' ? found : ''
    expect({ value, isWritten, id: line.written.toString() }).toEqual({ value, isWritten: id !== '', id })
  }
})

test('five Ids of many are named', async () => {
  const find = await finder('WhoId', who)
  const ids = [20, 21, 22, 23, 24].map(number => id('003', number)).join(', ')
  expect(find('many@x.example')).toMatchObject({
    message: expect.stringContaining(`7 Contact records have Email "many@x.example": ${ids} …; find them`),
  })
})

describe('records that are no parents', () => {
  test('a converted lead', async () => {
    const find = await finder('WhoId', who)
    expect(find('converted-too@x.example')).toBe(id('003', 5))
    expect(find('converted@x.example')).toEqual(
      rejected(
        `Name ID: the Lead with Email "converted@x.example", ${id('00Q', 3)}, is converted, and a converted lead has no new records; name its contact or account (column who)`,
      ),
    )
    expect((await finder('WhoId', { ...who, none: 'blank' }))('converted@x.example')).toBe('')
  })

  test('an inactive user', async () => {
    const find = await finder('OwnerId', { lookup: ['User', 'Group'], by: 'Name', from: 'owner' })
    expect([find('ada active'), find('Twin'), find('Support')]).toEqual([id('005', 1), id('005', 4), id('00G', 1)])
    expect(find('Ida Inactive')).toEqual(
      rejected(
        `Owner ID: the User with Name "Ida Inactive", ${id('005', 2)}, is inactive, and an inactive user owns no new records; activate the user, or name another (column owner)`,
      ),
    )
  })
})

test('values of other types than text are read by the formats of the sync', async () => {
  const byScore = { lookup: 'Contact', by: 'Score__c', from: 'score' }
  const find = await finder('WhoId', byScore, { decimalSeparator: ',' })
  expect([find('1,5'), find('7')]).toEqual([id('003', 1), id('003', 2)])
  expect(find('eleven')).toMatchObject({ code: 'INVALID_VALUE', message: expect.stringMatching(/column score/) })
  const byId = await finder('WhoId', { lookup: 'Contact', by: 'Id', from: 'who' })
  expect([byId(id('003', 2).slice(0, 15)), byId('x')]).toEqual([
    id('003', 2),
    expect.objectContaining({ code: 'MALFORMED_ID' }),
  ])
})
