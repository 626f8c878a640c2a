// match.where: a record of the org that does not meet the conditions counts as not found.
import { expect, test } from 'vitest'
import { MATCH_LIMITS } from '../../../loader/protocol/match/matchLimits.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { BY_QUERY_JOB, linesOf, load, newWorld, type World } from './memoryLoad.ts'

const NARROWED: SpecParts = {
  operation: 'update',
  keyField: 'Email',
  match: { where: "FirstName = 'Open'" },
  fields: { LastName: 'last', Email: 'mail' },
  resultColumns: ['row', 'id', 'errorcode'],
}

const MAILS = ['both@x.org', 'closed@x.org', 'none@x.org']

/** The org has an open and a closed record of the first mail, and a closed one of the second. */
function newRun(parts: Partial<SpecParts>): World {
  const world = newWorld(
    MAILS.map(mail => ({ last: 'New', mail })),
    { ...NARROWED, ...parts },
  )
  const add = (FirstName: string, Email: string) => world.org.add({ LastName: 'Old', FirstName, Email })
  add('Closed', 'both@x.org')
  add('Open', 'both@x.org')
  add('Closed', 'closed@x.org')
  return world
}

const lastNames = ({ org }: World) => org.records.map(record => record['LastName'])

test.each([
  ['lists', {}, MATCH_LIMITS],
  ['lists, compared', { send: 'changed' }, MATCH_LIMITS],
  ['a query job', {}, BY_QUERY_JOB],
  ['a query job, compared', { send: 'changed' }, BY_QUERY_JOB],
] as const)('only records that meet the conditions are found by %s', async (_, parts, matchLimits) => {
  const world = { ...newRun(parts), matchLimits }
  expect(await load(world)).toMatchObject({ tally: { updated: 1, failed: 2 } })
  expect(lastNames(world)).toEqual(['Old', 'New', 'Old'])
  expect(linesOf(world, 'results.csv').map(({ errorcode, errormessage }) => [errorcode, errormessage])).toEqual([
    ['', ''],
    ['KEY_NOT_FOUND', 'Key field: no Contact that meets match.where has Email closed@x.org'],
    ['KEY_NOT_FOUND', 'Key field: no Contact that meets match.where has Email none@x.org'],
  ])
})

test.each(['all', 'changed'] as const)(
  'a record named by its Id must meet the conditions too, with send: %s',
  async send => {
    const world = newRun({})
    const ids = world.org.records.map(record => record['Id'] ?? '')
    const { keyField: _, ...common } = NARROWED
    const byId = newWorld(
      ids.map(id => ({ id, last: 'New' })),
      { ...common, send, fields: { Id: 'id', LastName: 'last' } },
    )
    byId.org.records.push(...world.org.records)
    expect(await load(byId)).toMatchObject({ tally: { updated: 1, failed: 2 } })
    expect(lastNames(byId)).toEqual(['Old', 'New', 'Old'])
  },
)

test('an upsert in the same run finds every record, as Salesforce does', async () => {
  const parts = { operation: { column: 'todo' }, keyField: 'Loose_Id__c', externalIdField: 'Loose_Id__c' } as const
  const fields = { LastName: 'last', Loose_Id__c: 'mail' }
  const rows = ['update', 'upsert'].map(todo => ({ todo, last: 'New', mail: `${todo}@x.org` }))
  const world = newWorld(rows, { ...NARROWED, ...parts, fields, send: 'changed', undo: true })
  for (const { mail } of rows) world.org.add({ LastName: 'Old', FirstName: 'Closed', Loose_Id__c: mail })
  expect(await load(world)).toMatchObject({ tally: { created: 0, updated: 1, failed: 1 } })
  expect(lastNames(world)).toEqual(['Old', 'New'])
  expect([...world.files.keys()].filter(path => path.endsWith('/found.json'))).toEqual([
    'match/update/found.json',
    'match/upsert/found.json',
  ])
})
