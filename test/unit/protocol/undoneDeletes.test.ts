// An undo of a run that has deleted records: it creates them again, each at most once.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { asPlan, linesOf, load, newWorld, plan, type World } from './memoryLoad.ts'
import { ScriptedOrg } from './scriptedOrg.ts'
import { undoing } from './undoing.ts'

const FIELDS = { Id: 'id', LastName: 'last' }

/** A run that has deleted Doe and Roe. */
async function deleted(engine: (typeof ENGINES)[number], fields: SpecParts['fields'] = FIELDS): Promise<World> {
  const org = new ScriptedOrg()
  const rows = ['Doe', 'Roe'].map(LastName => ({ id: org.add({ LastName }), last: '' }))
  const parts: SpecParts = {
    ...{ engine, fields, operation: 'delete', undo: true },
    identityFields: ['last'],
    resultColumns: ['id', 'outcome', 'errorcode'],
  }
  const world = { ...newWorld(rows, parts), org }
  expect((await load(world)).tally.deleted).toBe(2)
  expect(org.records).toEqual([])
  return world
}

/** An administrator takes Doe out of the recycle bin. */
const restore = ({ org }: World): void => void org.records.push(...org.recycleBin.splice(0, 1))

const names = ({ org }: World) => org.records.map(record => record['LastName']).toSorted()

const outcomes = (world: World) =>
  linesOf(world, 'results.csv').map(({ outcome, errorcode }) => [outcome, errorcode].join(' ').trim())

describe.each(ENGINES)('through %s', engine => {
  test('a record that someone has restored from the recycle bin is not created a second time', async () => {
    const world = await deleted(engine)
    restore(world)
    const undo = await undoing(world)
    await load(undo)
    expect(names(world)).toEqual(['Doe', 'Roe'])
    expect(outcomes(undo)).toEqual(['unchanged', 'created'])
  })

  test('nor is one that was restored after the undo was planned', async () => {
    const world = await deleted(engine)
    const undo = asPlan(await undoing(world))
    const planned = await plan(undo)
    expect(planned.verdicts).toMatchObject({ create: 2, unchanged: 0 })
    restore(world)
    await load(undo)
    expect(names(world)).toEqual(['Doe', 'Roe'])
    expect(outcomes(undo)).toEqual(['failed PLAN_STALE', 'created'])
  })

  test('a record of which the run has kept no value is not created again', async () => {
    const world = await deleted(engine, { Id: 'id' })
    const undo = await undoing(world)
    await load(undo)
    expect(outcomes(undo)).toEqual(['failed UNDO_CONFLICT', 'failed UNDO_CONFLICT'])
    expect(linesOf(undo, 'results.csv')[0]?.['errormessage']).toContain('restore it from the recycle bin')
    expect(world.org.records).toEqual([])
  })
})
