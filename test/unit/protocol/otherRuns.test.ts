// A create whose answer was lost, beside another run for the same org: a record of the other run is never reported as one of this run.
import { describe, expect, test } from 'vitest'
import { commitChunk } from '../../../loader/protocol/bulk/commitChunk.ts'
import { uploadChunk } from '../../../loader/protocol/bulk/uploadChunk.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import {
  dependenciesOf,
  LOSSES,
  linesOf,
  load,
  newWorld,
  otherRun,
  people,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import type { Answer } from './scriptedOrg.ts'

const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

const idsIn = (world: World) => new Set(linesOf(world, 'results.csv').map(({ id }) => id))

describe('beside another run for the same org', () => {
  const fields = { LastName: 'last', FirstName: 'title' }
  const rows = people('Ada', 'Ben')

  /** Ids that each run reports for its records. */
  const idsOf = (...worlds: readonly World[]) => worlds.flatMap(world => [...idsIn(world)]).filter(id => id !== '')

  test('a record that the other run has written is never ours: ours is absent, and sent again', async () => {
    for (const engine of ['collections', 'bulk'] as const) {
      const world = newWorld(rows, { fields })
      const other = otherRun(world, rows, { fields, engine })
      world.org.script.createRecords = ['lostBefore']
      await stage(world)
      await sendChunk(dependenciesOf(world), PLACE, stepOf()).catch(() => undefined)
      await load(other)
      await load(world)
      expect(new Set(idsOf(world, other)).size).toBe(4)
      expect(world.org.records).toHaveLength(4)
    }
  })

  /** Both runs have sent their records, and both answers are lost. */
  async function lostBoth(ours: Answer, theirs: Answer, parts = { fields }) {
    const world = newWorld(rows, { fields })
    const other = otherRun(world, rows, parts)
    world.org.script.createRecords = [ours, theirs]
    for (const run of [world, other]) {
      await stage(run)
      await sendChunk(dependenciesOf(run), { ...PLACE, runId: run.runId }, stepOf()).catch(() => undefined)
    }
    return { world, other }
  }

  const PAIRS = LOSSES.flatMap(one => LOSSES.map(two => [one, two] as const))

  test.each(PAIRS)('equal records of lost requests of both runs are counted: %s, %s', async (ours, theirs) => {
    const { world, other } = await lostBoth(ours, theirs)
    const reports = await Promise.all([load(world), load(other)])
    expect(reports.map(({ tally }) => tally)).toMatchObject(Array(2).fill({ created: 2, inDoubt: 0 }))
    expect(new Set(idsOf(world, other)).size).toBe(4)
    expect(world.org.records).toHaveLength(4)
  })

  test.each(PAIRS)(
    'a lost request of a run that never continues leaves the org what it may own: %s, %s',
    async (...lost) => {
      const { world, other } = await lostBoth(...lost)
      // 'other' comes before 'run'.
      const report = await load(world)
      const isWritten = lost.filter(loss => loss === 'lostAfter').length
      expect(report.tally).toMatchObject(isWritten === 1 ? { created: 0, inDoubt: 2 } : { created: 2, inDoubt: 0 })
      await load(other)
      expect(new Set(idsOf(world, other)).size).toBe(idsOf(world, other).length)
    },
  )

  test('a record that a lost upsert of the other run may have created is waited for, and is not ours', async () => {
    const keyed = { ...fields, Ext_Id__c: 'ext' }
    const world = newWorld(rows, { fields: keyed })
    const other = otherRun(world, rows, { fields: keyed, operation: 'upsert', externalIdField: 'Ext_Id__c' })
    Object.assign(world.org.script, { createRecords: ['lostBefore'], upsertRecords: ['lostAfter'] })
    for (const [run, operation] of [
      [world, 'create'],
      [other, 'upsert'],
    ] as const) {
      await stage(run)
      await sendChunk(dependenciesOf(run), { ...PLACE, runId: run.runId, operation }, stepOf()).catch(() => undefined)
    }
    const send = () => sendChunk(dependenciesOf(world), PLACE, stepOf())
    await expect(send()).rejects.toMatchObject({ kind: 'waiting', message: expect.stringContaining('another request') })
    expect(await load(other)).toMatchObject({ tally: { created: 2 } })
    await load(world)
    // The scripted org takes a second record with the same key and name.
    expect(new Set(idsOf(world, other)).size).toBe(4)
  })

  test('a record that a lost request of a run with other fields may own is in doubt', async () => {
    const { world } = await lostBoth('lostBefore', 'lostAfter', {
      fields: { ...fields, Phone: 'title' } as typeof fields,
    })
    expect(await load(world)).toMatchObject({ tally: { created: 0, inDoubt: 2 } })
  })

  test('a record that a job of the other run may still write is waited for, and is not ours when the job is settled', async () => {
    const world = newWorld(rows, { fields })
    const other = otherRun(world, rows, { fields, engine: 'bulk' })
    world.org.script.createRecords = ['lostBefore']
    await stage(world)
    const send = () => sendChunk(dependenciesOf(world), PLACE, stepOf())
    await expect(send()).rejects.toMatchObject({ name: 'OutcomeUnknownError' })
    await stage(other)
    await commitJob(other)
    await expect(send()).rejects.toMatchObject({ kind: 'waiting', message: expect.stringContaining('another request') })
    await load(other)
    await load(world)
    expect(new Set(idsOf(world, other)).size).toBe(4)
  })

  test('a run whose files are damaged or incomplete does not stop the search', async () => {
    const world = newWorld(rows, { fields })
    const damaged = otherRun(world, rows, { fields })
    await load(damaged)
    world.org.records.length = 0
    damaged.files.delete(chunkFiles(1, 1).results)
    damaged.files.set('report.json', '{"outcome":')
    world.runs.set('broken', new Map([['plan.json', '{']]))
    world.org.script.createRecords = ['lostAfter']
    expect(await load(world)).toMatchObject({ tally: { created: 2 } })
  })

  test('a run that ended long before is not read, unless a workflow executes it again', async () => {
    for (const startedAt of ['2020-01-01T00:00:00', '2120-01-01T00:00:00']) {
      const world = newWorld(rows, { fields })
      const earlier = otherRun(world, rows, { fields })
      world.org.script.createRecords = ['lostAfter']
      await stage(world)
      await sendChunk(dependenciesOf(world), PLACE, stepOf()).catch(() => undefined)
      // It claims the records that the other run has written.
      await stage(earlier)
      const [one, two] = world.org.records.map(record => ({ success: true, id: record['Id'], errors: [] }))
      earlier.files.set(`${chunkFiles(1, 1).journal}/1-2.answer.json`, JSON.stringify([one, two]))
      earlier.files.set('report.json', JSON.stringify({ outcome: 'completed', finishedAt: '2020-01-01T01:00:00' }))
      earlier.files.set('executions/one.started.json', JSON.stringify({ startedAt }))
      await load(world)
      expect(world.org.records).toHaveLength(startedAt.startsWith('2020') ? 2 : 4)
    }
  })

  test.each([
    ['in the same run store', undefined],
    ['in a run store of its own', new Map()],
  ])('with a unique external ID, a record with other values is not ours: %s', async (_, runs) => {
    const keyed = { ...fields, Ext_Id__c: 'ext' }
    const world = newWorld(rows, { fields: keyed })
    const others = rows.map(({ ext }, index) => ({ last: `Other${index}`, title: 'Else', ext: ext ?? '' }))
    const other = otherRun(world, others, { fields: keyed }, runs)
    world.org.script.createRecords = ['lostBefore']
    await stage(world)
    await sendChunk(dependenciesOf(world), PLACE, stepOf()).catch(() => undefined)
    await load(other)
    expect(await load(world)).toMatchObject({ tally: { created: 0, failed: 2, inDoubt: 0 } })
    expect(linesOf(world, 'results.csv').map(({ errorcode }) => errorcode)).toEqual([
      'DUPLICATE_VALUE',
      'DUPLICATE_VALUE',
    ])
    expect(world.org.records).toHaveLength(2)
  })
})

/** Uploads and commits the only chunk; its results are not read. */
async function commitJob(world: World): Promise<void> {
  const place = { ...PLACE, runId: world.runId }
  const uploaded = await uploadChunk(dependenciesOf(world), place, stepOf())
  if ('settled' in uploaded) throw new Error('settled before')
  await commitChunk(dependenciesOf(world), { ...place, ...uploaded }, stepOf())
}
