// A run of an upsert that is planned first, and its org.
import type { SpecParts } from '../../rig/describes.ts'
import { asPlan, linesOf, newWorld, type Records, type World } from './memoryLoad.ts'

export const UPSERT: Partial<SpecParts> = {
  operation: 'upsert',
  externalIdField: 'Loose_Id__c',
  fields: { LastName: 'last', FirstName: 'first', Loose_Id__c: 'key' },
  identityFields: ['key'],
  resultColumns: ['id', 'errorcode'],
  chunk: { bulkRecords: 2, collectionsRecords: 2 },
}

export const row = (key: string, last: string, first = 'Ann') => ({ key, last, first })

export const ROWS: Records = [
  row('same', 'Same'),
  row('changed', 'New'),
  row('absent', 'Absent'),
  row('twin', 'Twin'),
  row('', 'Keyless'),
  row('other', 'Other'),
]

/** The org holds one record as it would be written, one with another name, and two with one key. */
export function planned(parts: Partial<SpecParts> = {}, rows = ROWS): World {
  const world = asPlan(newWorld(rows, { ...UPSERT, ...parts }))
  for (const [key, last] of [
    ['same', 'Same'],
    ['changed', 'Old'],
    ['twin', 'Twin'],
    ['twin', 'Twin'],
    ['other', 'Old, "too"'],
  ] as const)
    world.org.add({ LastName: last, FirstName: 'Ann', Loose_Id__c: key }, 'someone else', 3_600_000)
  return world
}

const recordOf = ({ org }: World, key: string) => {
  const found = org.records.find(record => record['Loose_Id__c'] === key)
  if (found === undefined) throw new Error(`The org has no record ${key}`)
  return found
}

/** Someone changes a record of the org. */
export const edit = (world: World, key: string, fields: Readonly<Record<string, string>>): void =>
  void Object.assign(recordOf(world, key), fields)

export const idOf = (world: World, key: string): string => recordOf(world, key)['Id'] ?? ''

/** The results of a run, by key: `true`, or the code of the error. */
export const results = (world: World) =>
  Object.fromEntries(linesOf(world, 'results.csv').map(({ key = '', status, errorcode }) => [key, errorcode || status]))

export const messageOf = (world: World, key: string) =>
  linesOf(world, 'results.csv').find(line => line['key'] === key)?.['errormessage'] ?? ''

export const namesOf = ({ org }: World) => org.records.map(record => `${record['Loose_Id__c']}: ${record['LastName']}`)
