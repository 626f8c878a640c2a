// The chunks of a run whose records have parents in the same source.
import { expect, test } from 'vitest'
import { matchRecords } from '../../../loader/protocol/match/matchRecords.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { RunFileMissingError } from '../../../loader/storage/errors.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { hierarchy, rowsOf, worldOf } from './hierarchies.ts'
import { dependenciesOf, linesOf, load, RUN_ID, stage, stepOf } from './memoryLoad.ts'

test('an upsert that compares waits only for waves that create records', async () => {
  const rows = rowsOf('Grandchild Child', 'Child Parent', 'Parent', 'Other Child')
  const fields = { Ext_Id__c: 'ref', LastName: 'last', 'ReportsTo.Ext_Id__c': 'boss' }
  const given = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields, send: 'changed' } as const
  const chunksWith = async (...names: readonly string[]) => {
    const world = worldOf(rows, given)
    for (const LastName of names) world.org.add({ LastName, Ext_Id__c: LastName }, 'someone', 3_600_000)
    await stage(world)
    const { chunks } = await matchRecords(dependenciesOf(world), { runId: RUN_ID }, stepOf())
    return chunks.flatMap(({ records, wave }) => (records === 0 ? [] : [{ records, wave }]))
  }
  // The org holds Parent as it would be written.
  expect(await chunksWith('Parent', 'Child', 'Grandchild', 'Other')).toEqual([{ records: 3, wave: undefined }])
  expect(await chunksWith('Parent', 'Child')).toEqual([{ records: 3, wave: undefined }])
  expect(await chunksWith('Child')).toEqual([
    { records: 3, wave: 1 },
    { records: 1, wave: undefined },
  ])
  expect(await chunksWith()).toEqual([
    { records: 2, wave: 2 },
    { records: 1, wave: 1 },
    { records: 1, wave: undefined },
  ])
})

test('a run whose source was not read for its order, as an earlier release planned it, is staged in the order of the source', async () => {
  const stagedWith = (fields: SpecParts['fields']) => {
    const given = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields } as const
    const world = worldOf(rowsOf('B A', 'A'), given)
    return stageSource(dependenciesOf(world), { runId: RUN_ID }, stepOf())
  }
  const keyed = { Ext_Id__c: 'ref', LastName: 'last', 'ReportsTo.Ext_Id__c': 'boss' }
  expect((await stagedWith(keyed)).chunks).toEqual([{ chunk: 1, operation: 'upsert', firstRow: 1, records: 2 }])
  const world = worldOf(rowsOf('B A', 'A'))
  await expect(stageSource(dependenciesOf(world), { runId: RUN_ID }, stepOf())).rejects.toThrow(RunFileMissingError)
})

test('chunks have records of one wave, and rows keep their order', async () => {
  const rows = rowsOf('A', 'B A', 'C', 'D A', 'E D', 'F C')
  const world = worldOf(rows, { chunk: { collectionsRecords: 2 } })
  await load(world)
  const { chunks } = JSON.parse(world.files.get('staged.json') ?? '')
  expect(chunks).toEqual([
    { chunk: 1, operation: 'create', firstRow: 1, records: 2 },
    { chunk: 2, operation: 'create', firstRow: 2, records: 2, wave: 1, isUnfilled: true },
    { chunk: 3, operation: 'create', firstRow: 5, records: 1, wave: 2, isUnfilled: true },
    { chunk: 4, operation: 'create', firstRow: 6, records: 1, wave: 1, isUnfilled: true },
  ])
  expect(hierarchy(world)).toEqual(['A < ', 'B < A', 'C < ', 'D < A', 'E < D', 'F < C'])
})

test('the records of a wave are grouped by their parents, as those of any load', async () => {
  const children = Array.from({ length: 40 }, (_, row) => `C${row} P${row % 3}`)
  const rows = rowsOf('P0', 'P1', 'P2', ...children)
  const world = worldOf(rows, { engine: 'bulk', groupBy: 'ReportsToId', chunk: { bulkRecords: 4 } })
  const { chunks } = await stage(world)
  const lanes = new Map<string, Set<number | undefined>>()
  for (const { chunk, wave, lane } of chunks) {
    expect(wave === undefined || chunk === 2 || lane !== undefined).toBe(true)
    if (lane === undefined) continue
    for (const { row } of linesOf(world, `chunks/${String(chunk).padStart(5, '0')}.unfilled.rows.csv`)) {
      const boss = rows[Number(row) - 1]?.['boss'] ?? ''
      lanes.set(boss, (lanes.get(boss) ?? new Set()).add(lane))
    }
  }
  expect([...lanes].map(([boss, own]) => [boss, own.size])).toEqual([
    ['P1', 1],
    ['P2', 1],
    ['P0', 1],
  ])
  await load(world)
  expect(hierarchy(world)).toEqual(['P0 < ', 'P1 < ', 'P2 < ', ...children.map(child => child.replace(' ', ' < '))])
})

test('a source whose rows have no parents has no waves', async () => {
  const world = worldOf(rowsOf('A', 'B'))
  await load(world)
  expect([...world.files.keys()].filter(path => path.startsWith('waves') || path.endsWith('waves.bin'))).toEqual([])
})
