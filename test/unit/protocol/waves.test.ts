// Records whose parents are rows of the same source.
import { expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { PLAN_FILE } from '../../../loader/protocol/layout.ts'
import { fillParents } from '../../../loader/protocol/waves/fillParents.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { hierarchy, rowsOf, SELF, worldOf } from './hierarchies.ts'
import { asPlan, dependenciesOf, fromFile, linesOf, load, plan, RUN_ID, stage, stepOf } from './memoryLoad.ts'
import { accepts, retryOf } from './retrying.ts'
import { undoing } from './undoing.ts'

test.each(['collections', 'bulk'] as const)(
  'each record gets the Id of its parent, wherever that is in the source (%s)',
  async engine => {
    const world = worldOf(rowsOf('Grandchild Child', 'Child Parent', 'Parent', 'Other Parent', 'Alone'), { engine })
    const { tally } = await load(world)
    expect(tally).toMatchObject({ created: 5, failed: 0 })
    expect(hierarchy(world)).toEqual([
      'Grandchild < Child',
      'Child < Parent',
      'Parent < ',
      'Other < Parent',
      'Alone < ',
    ])
  },
)

test('a source with several lookups to its own rows is loaded in the order of all of them', async () => {
  const fields = { ReportsToId: SELF, LastName: 'last', Deputy__c: { ...SELF, from: 'deputy' } }
  const world = worldOf(rowsOf('A B C', 'B C', 'C', 'D - A'), { fields })
  await load(world)
  expect(hierarchy(world)).toEqual(['A < B, C', 'B < C', 'C < ', 'D < A'])
})

test('a row whose parent is not there, or may be one of two, is rejected with its column and value', async () => {
  const world = worldOf(rowsOf('A X9', 'B', 'B', 'C B', 'D -'))
  await load(world)
  expect(hierarchy(world)).toEqual([
    'A: PARENT_NOT_FOUND: Reports To ID: no row of this source has ref "X9" (column boss); correct it, or find a parent that the org has already by lookup',
    'B < ',
    'B < ',
    'C: PARENT_AMBIGUOUS: Reports To ID: rows 2 and 3 both have ref "B" (column boss); give each row its own',
    'D < ',
  ])
})

test('a parent that a later row repeats is the first one, also in a retry', async () => {
  const repeated = { ref: 'A', boss: '', deputy: '', last: 'Repeated' }
  const world = worldOf([...rowsOf('A', 'B A', 'Invalid A'), repeated], {
    fields: { ReportsToId: SELF, LastName: 'last', Ext_Id__c: 'ref' },
  })
  await load(world)
  const repeat = expect.stringMatching(/^Repeated: KEY_REPEATED: /)
  expect(hierarchy(world)).toEqual(['A < ', 'B < A', expect.stringMatching(/^Invalid: /), repeat])
  accepts(world)
  const again = retryOf(world)
  await load(again)
  expect(hierarchy(again)).toEqual(['Valid < A', repeat])
})

test('a row whose parent is not there is loaded without it where the field may be blank', async () => {
  const world = worldOf(rowsOf('A X9', 'B A'), {
    fields: { ReportsToId: { ...SELF, none: 'blank' }, LastName: 'last' },
  })
  await load(world)
  expect(hierarchy(world)).toEqual(['A < ', 'B < A'])
})

test('a ring and a row that is its own parent are rejected, and rows below them with the first reason', async () => {
  const world = worldOf(rowsOf('A B', 'B A', 'C A', 'D C', 'E E', 'F'))
  const { tally, errors } = await load(world)
  expect(tally).toMatchObject({ created: 1, failed: 5 })
  const ring = (from: string) =>
    `its parents lead to a ring: ${from}; leave the parent of one of these rows blank, or name another one`
  expect(hierarchy(world)).toEqual([
    `A: PARENT_IN_RING: ${ring('row 1 -> row 2 -> row 1')}`,
    `B: PARENT_IN_RING: ${ring('row 2 -> row 1 -> row 2')}`,
    `C: PARENT_REJECTED: its parent, row 1, was rejected: PARENT_IN_RING: ${ring('row 1 -> row 2 -> row 1')}`,
    `D: PARENT_REJECTED: its parent, row 3, was rejected because row 1 was rejected: PARENT_IN_RING: ${ring('row 1 -> row 2 -> row 1')}`,
    'E: PARENT_IN_RING: it is its own parent (row 5 -> row 5); leave its parent blank, or name another one',
    'F < ',
  ])
  expect(errors.map(({ errorCode, count }) => [errorCode, count])).toEqual([
    ['PARENT_IN_RING', 3],
    ['PARENT_REJECTED', 2],
  ])
})

test.each(['collections', 'bulk'] as const)(
  'the children of a record that the org rejects are not sent (%s)',
  async engine => {
    const world = worldOf(rowsOf('Child Invalid', 'Invalid', 'Grandchild Child', 'Other'), { engine })
    await load(world)
    const [invalid = ''] = hierarchy(world).filter(line => line.startsWith('Invalid'))
    const reason = invalid.replace('Invalid: ', '')
    expect(hierarchy(world)).toEqual([
      `Child: PARENT_REJECTED: its parent, row 2, was rejected: ${reason}`,
      invalid,
      `Grandchild: PARENT_REJECTED: its parent, row 1, was rejected because row 2 was rejected: ${reason}`,
      'Other < ',
    ])
    expect(world.org.records).toHaveLength(1)
  },
)

test('the children of a record in doubt are not sent without it', async () => {
  const world = worldOf(rowsOf('Child Parent', 'Parent', 'Other'), { chunk: { collectionsRecords: 1 } })
  let twin = ''
  world.org.script.createRecords = ['lostAfter']
  world.org.onWrite = async () => {
    world.org.onWrite = async () => undefined
    twin = world.org.add({ LastName: 'Parent' })
  }
  const { tally } = await load(world)
  expect(tally).toMatchObject({ created: 1, inDoubt: 1, failed: 1 })
  expect(hierarchy(world)).toMatchObject([
    expect.stringMatching(/^Child: PARENT_REJECTED: its parent, row 2, is in doubt: /),
    expect.stringMatching(/^Parent: IN_DOUBT: /),
    'Other < ',
  ])
  // Someone deletes the other record, so that a retry finds ours.
  world.org.records.splice(
    world.org.records.findIndex(({ Id }) => Id === twin),
    1,
  )
  const again = retryOf(world)
  expect(await load(again)).toMatchObject({ tally: { created: 2, failed: 0, inDoubt: 0 } })
  expect(hierarchy(again)).toEqual(['Child < Parent', 'Parent < '])
})

test('rows below a rejected one count for maxRejected before anything is sent', async () => {
  const world = worldOf(rowsOf('C B', 'B A', 'A X', 'D', 'E D'), { maxRejected: 2 })
  await expect(load(world)).rejects.toThrow(
    /3 of 5 records can't be sent \(2 of them because of a row above them\), maxRejected allows 2; nothing was sent\. The first is row 3: /,
  )
  expect(world.org.records).toEqual([])
  expect(await load(worldOf(rowsOf('C B', 'B A', 'A X', 'D', 'E D'), { maxRejected: 3 }))).toMatchObject({
    tally: { created: 2, failed: 3 },
  })
})

test('a run that is cancelled before a wave accounts for all of its records', async () => {
  const world = worldOf(rowsOf('C B', 'B A', 'A', 'X Y'))
  const dependencies = dependenciesOf(world)
  const results = async () => {
    const input = { runId: RUN_ID, inlineResults: false, ended: 'cancelled' } as const
    const { tally } = await aggregateResults(dependencies, input, stepOf())
    return [tally.created, ...linesOf(world, 'results.csv').map(({ last, errorcode }) => `${last} ${errorcode}`)]
  }
  await stage(world)
  const notSent = ['C NOT_SENT', 'B NOT_SENT', 'A NOT_SENT', 'X PARENT_NOT_FOUND']
  expect(await results()).toEqual([0, ...notSent])
  const { chunks } = JSON.parse(world.files.get('staged.json') ?? '')
  const { chunk } = chunks.find((one: { readonly wave?: number }) => one.wave === undefined)
  await sendChunk(dependencies, { runId: RUN_ID, chunk, operation: 'create', attempt: 1 }, stepOf())
  const filled = await fillParents(dependencies, { runId: RUN_ID, wave: 1 }, stepOf())
  expect(filled).toMatchObject({ chunks: [{ records: 1, wave: 1 }], rejected: 0, rejections: [] })
  expect(await results()).toEqual([1, 'C NOT_SENT', 'B NOT_SENT', 'A ', 'X PARENT_NOT_FOUND'])
})

test('marks of spreadsheets and words for blank cells count in no column that names rows', async () => {
  const rows = [
    { ...rowsOf('Child')[0], ref: 'c', boss: '="007"' },
    { ...rowsOf('Parent')[0], ref: ' ="007" ', boss: 'NONE' },
    { ...rowsOf('Nameless')[0], ref: 'NONE', boss: '' },
  ]
  const world = fromFile(worldOf(rows), rows)
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '')
  run.spec.source.blankValues = ['NONE']
  world.files.set(PLAN_FILE, JSON.stringify(run))
  await load(world)
  expect(hierarchy(world)).toEqual(['Child < Parent', 'Parent < ', 'Nameless < '])
})

test('rows below more than 100 others are sent together where Salesforce finds their parents, which may exist already', async () => {
  const rows = rowsOf('R0', ...Array.from({ length: 104 }, (_, row) => `R${row + 1} R${row}`))
  const fields = { Ext_Id__c: 'ref', LastName: 'last', 'ReportsTo.Ext_Id__c': 'boss' }
  const byKey = worldOf(rows, { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
  const { rejected, chunks } = await stage(byKey)
  const last = chunks.filter(({ wave = 0 }) => wave > 99).map(({ wave, records }) => ({ wave, records }))
  expect({ rejected, last }).toEqual({
    rejected: 0,
    last: [
      { wave: 100, records: 1 },
      { wave: 101, records: 4 },
    ],
  })
  expect(await stage(worldOf(rows))).toMatchObject({ rejected: 4 })
})

test('a ring by External IDs is rejected for a hierarchy, and sent for a custom lookup', async () => {
  const byKey = (field: string): Partial<SpecParts> => ({
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'ref', LastName: 'last', [field]: 'boss' },
  })
  const rows = rowsOf('A B', 'B A', 'C C', 'D A')
  const wavesOf = async (field: string) => {
    const world = worldOf(rows, byKey(field))
    const { rejected, chunks } = await stage(world)
    return { rejected, chunks: chunks.map(({ records, wave = 0, isUnfilled }) => ({ records, wave, isUnfilled })) }
  }
  expect(await wavesOf('ReportsTo.Ext_Id__c')).toEqual({ rejected: 3, chunks: [{ records: 1, wave: 1 }] })
  expect(await wavesOf('Deputy__r.Ext_Id__c')).toEqual({
    rejected: 0,
    chunks: [
      { records: 3, wave: 0 },
      { records: 1, wave: 1 },
    ],
  })
})

test('a plan shows the row of a parent that does not exist yet, and what would be rejected', async () => {
  const world = asPlan(worldOf(rowsOf('C B', 'B A', 'A', 'X Y', 'Z X', 'W Z')))
  const report = await plan(world)
  expect(report.verdicts).toMatchObject({ create: 3, rejected: 3 })
  const planned = linesOf(world, 'plan.csv').map(line => [line['verdict'], line['new.ReportsToId'], line['errorcode']])
  expect(planned).toEqual([
    ['create', 'row 2', ''],
    ['create', 'row 3', ''],
    ['create', '', ''],
    ['rejected', '', 'PARENT_NOT_FOUND'],
    ['rejected', '', 'PARENT_REJECTED'],
    ['rejected', '', 'PARENT_REJECTED'],
  ])
  await load(world)
  expect(hierarchy(world).slice(0, 3)).toEqual(['C < B', 'B < A', 'A < '])
})

test('a retry gives failed children the Ids of parents that earlier runs have loaded', async () => {
  const world = worldOf(rowsOf('Grandchild Invalid', 'Invalid Parent', 'Parent', 'X Y'))
  await load(world)
  const again = retryOf(world)
  await load(again)
  expect(hierarchy(again).map(line => line.split(': ').slice(0, 2).join(': '))).toEqual([
    'Grandchild: PARENT_REJECTED',
    expect.stringMatching(/^Invalid: /),
    'X: PARENT_NOT_FOUND',
  ])
  accepts(world)
  const third = retryOf(again, 'third')
  const { tally } = await load(third)
  expect(tally).toMatchObject({ created: 2, failed: 1 })
  expect(hierarchy(third).slice(0, 2)).toEqual(['Grandchild < Valid', 'Valid < Parent'])
})

test('a retry does not take one of two rows of the earlier run for the parent', async () => {
  const second = { ref: 'A', boss: '', deputy: '', last: 'Second' }
  const world = worldOf([...rowsOf('A', 'Child A'), second])
  await load(world)
  const again = retryOf(world)
  await load(again)
  expect(hierarchy(again)[0]).toBe(
    'Child: PARENT_AMBIGUOUS: Reports To ID: several rows have ref "A" (column boss); give each row its own',
  )
})

test.each(['collections', 'bulk'] as const)('an undo deletes children before their parents (%s)', async engine => {
  const world = worldOf(rowsOf('Parent', 'Grandchild Child', 'Child Parent', 'Other Parent'), { engine })
  await load(world)
  const { tally } = await load(await undoing(world))
  expect(tally).toMatchObject({ deleted: 4, failed: 0 })
  const deleted = world.org.recycleBin.map(record => record['LastName'])
  expect(deleted).toEqual(['Grandchild', 'Child', 'Other', 'Parent'])
})
