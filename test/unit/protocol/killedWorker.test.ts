// A worker is killed after each store write and after each call to Salesforce; another worker continues the run.
import { describe, expect, test } from 'vitest'
import type { MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import type { Engine } from '../../../packages/client/contract/operations.ts'
import { BY_QUERY_JOB, fromFile, load, newWorld, outcomeOf, type Records, type World } from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const people = (...names: readonly string[]): Records =>
  names.map((last, index) => ({ last, ext: `K${index}`, key: `K${index}` }))

const NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'] as const

const keyed = { LastName: 'last', Ext_Id__c: 'ext' }
const chunk = { collectionsRecords: 2, bulkRecords: 2 }

/** Loads by name. */
const LOADS: Readonly<Record<string, () => World>> = {
  'a create': () => newWorld(people(...NAMES), { chunk }),
  'a create with a unique external ID': () => newWorld(people(...NAMES), { chunk, fields: keyed }),
  'a create with records that the org rejects': () => newWorld(people('Ada', 'Invalid1', 'Ben', 'Invalid2')),
  'a create with a record that fails the whole request': () => newWorld(people('Ada', 'Unreadable', 'Ben', 'Cleo')),
  'a create with records that are locked': () =>
    locked(newWorld(people('Ada', 'Locked1', 'Ben', 'Locked2'), { chunk }), 3),
  'a create with records that exceed a governor limit': () => heavy(newWorld(people(...NAMES, 'Fred', 'Gus'))),
  'an upsert with records that exceed a governor limit': () =>
    heavy(existing(newWorld(people(...NAMES), { ...upsert, chunk: { collectionsRecords: 5 } }), ['Ada', 'Cleo'])),
  'a bulk create with records that exceed a governor limit': () =>
    heavy(newWorld(people(...NAMES), { engine: 'bulk' })),
  'an update': () => existing(newWorld(people(...NAMES), updateOf('Id')), NAMES),
  'an update by a key field': () => keyedUpdate(),
  'an update by a key field whose records a query job finds': () => keyedUpdate(BY_QUERY_JOB),
  'a bulk update by a key field whose query jobs fail': () => {
    const world = keyedUpdate(BY_QUERY_JOB, 'bulk')
    world.org.queries.ends.push('Aborted', 'Failed')
    return world
  },
  'an update by a key field that sends what changed': () => changedUpdate(),
  'a bulk update by a key field that sends what changed, with a query job': () => changedUpdate(BY_QUERY_JOB, 'bulk'),
  'an upsert that sends what changed': () =>
    existing(newWorld(people(...NAMES), { ...upsert, send: 'changed', undo: true }), ['Ada', 'Cleo']),
  'an upsert': () => existing(newWorld(people(...NAMES), upsert), ['Ada', 'Cleo']),
  'a create that leaves what the org has': () => existing(newWorld(people(...NAMES), keep), ['Ada', 'Cleo']),
  'a bulk create that leaves what the org has, with a query job': () => ({
    ...existing(newWorld(people(...NAMES), { ...keep, engine: 'bulk' }), ['Ada', 'Cleo']),
    matchLimits: BY_QUERY_JOB,
  }),
  'an update that fills blank fields': () => filledUpdate(),
  'a bulk update that fills blank fields, with a query job': () => filledUpdate(BY_QUERY_JOB, 'bulk'),
  'a create whose parents are found': () => withParents(),
  'a create whose parents a query job finds': () => withParents(BY_QUERY_JOB),
  'a bulk create': () => newWorld(people(...NAMES), { chunk, engine: 'bulk' }),
  'a bulk create with records that the org rejects': () =>
    newWorld(people('Ada', 'Invalid1', 'Ben', 'Invalid2'), { engine: 'bulk' }),
  'a bulk create with records that are locked': () =>
    locked(newWorld(people('Ada', 'Locked1', 'Ben', 'Locked2'), { chunk, engine: 'bulk' }), 3),
  'a bulk create with a job that processes only a part': () => {
    const world = newWorld(people(...NAMES), { engine: 'bulk' })
    world.org.processes.push(2, 1)
    return world
  },
  'a bulk create with chunks that are uploaded early': () =>
    newWorld(people(...NAMES), { chunk: { bulkRecords: 1 }, engine: 'bulk' }),
  'a bulk upsert': () => existing(newWorld(people(...NAMES), { ...upsert, engine: 'bulk' }), ['Ada', 'Cleo']),
}

/** Loads that are tested with every pair of kills. */
const SMALL_LOADS: Readonly<Record<string, () => World>> = {
  'a create': () => newWorld(people('Ada', 'Ben', 'Cleo'), { chunk }),
  'a create with a record that fails the whole request': () => newWorld(people('Ada', 'Unreadable')),
  'a create with records that exceed a governor limit': () => heavy(newWorld(people('Ada', 'Ben', 'Cleo'))),
  'an upsert': () => existing(newWorld(people('Ada', 'Ben'), upsert), ['Ada']),
  'a bulk create': () => newWorld(people('Ada', 'Ben'), { engine: 'bulk' }),
}

const upsert = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: keyed, chunk } as const

const keep = {
  operation: 'create',
  existing: 'keep',
  keyField: 'Loose_Id__c',
  fields: { LastName: 'last', Loose_Id__c: 'ext' },
  chunk,
} as const

/** Of three records that the org has, one lacks a name. */
function filledUpdate(matchLimits?: MatchLimits, engine: Engine = 'collections'): World {
  const parts = { ...keep, operation: 'update', existing: 'fill-blanks', undo: true } as const
  const world = newWorld(people('Ada', 'Ben', 'Cleo'), { ...parts, engine })
  for (const [index, name] of ['', 'Ben', 'Cleo'].entries())
    world.org.add({ LastName: name, Loose_Id__c: `K${index}` }, 'someone else', 3_600_000)
  return { ...world, ...(matchLimits && { matchLimits }) }
}

function updateOf(field: string) {
  return { operation: 'update', fields: { LastName: 'last', [field]: 'key' }, chunk } as const
}

/** Ada has a record, Ben has two, and the others have none. */
function keyedUpdate(matchLimits?: MatchLimits, engine: Engine = 'collections'): World {
  const rows = [...people('Ada', 'Ben'), ...people('Cleo', 'Dan', 'Eve').map(row => ({ ...row, ext: `${row.ext}x` }))]
  const parts = {
    operation: 'update',
    keyField: 'Loose_Id__c',
    fields: { LastName: 'last', Loose_Id__c: 'ext' },
  } as const
  const world = newWorld(rows, { ...parts, chunk, engine })
  for (const key of ['K0', 'k1', 'K1', 'K9'])
    world.org.add({ LastName: 'Old', Loose_Id__c: key }, 'someone else', 3_600_000)
  return { ...world, ...(matchLimits && { matchLimits }) }
}

/** Of three records that the org has, the first differs; the others have none. */
function changedUpdate(matchLimits?: MatchLimits, engine: Engine = 'collections'): World {
  const parts = {
    operation: 'update',
    keyField: 'Loose_Id__c',
    fields: { LastName: 'last', Loose_Id__c: 'ext' },
    send: 'changed',
    undo: true,
  } as const
  const world = newWorld(people(...NAMES), { ...parts, chunk, engine })
  for (const [index, name] of ['Old', 'Ben', 'Cleo'].entries())
    world.org.add({ LastName: name, Loose_Id__c: `K${index}` }, 'someone else', 3_600_000)
  return { ...world, ...(matchLimits && { matchLimits }) }
}

/** The triggers of the org process two records at a time. */
function heavy(world: World): World {
  world.org.triggered = 2
  return world
}

/** From a file. Ada and Cleo have a parent, the parents of Ben are two, and Dan has none. */
function withParents(matchLimits?: MatchLimits): World {
  const bosses = ['B0', 'B1', 'b0', 'B9', '']
  const rows = people(...NAMES).map((row, index) => ({ ...row, boss: bosses[index] ?? '' }))
  const fields = { LastName: 'last', ReportsToId: { lookup: 'Contact', by: 'Loose_Id__c', from: 'boss' } }
  const world = newWorld(rows, { fields, chunk })
  for (const key of ['B0', 'B1', 'B1']) world.org.add({ LastName: 'Boss', Loose_Id__c: key }, 'someone else', 3_600_000)
  return fromFile({ ...world, ...(matchLimits && { matchLimits }) }, rows)
}

function locked(world: World, locks: number): World {
  world.org.locks = locks
  return world
}

/** Adds existing records to the org, each under its own key. */
function existing(world: World, names: readonly string[]): World {
  for (const [index, name] of NAMES.entries()) {
    if (names.includes(name))
      world.org.add({ LastName: name, Ext_Id__c: `K${index}`, Loose_Id__c: `K${index}` }, 'someone else', 3_600_000)
  }
  return world
}

/** Loads with workers that are killed after this many effects, and then with one that is not. */
async function loadKilled(newLoad: () => World, ...killedAfter: readonly number[]) {
  const world = newLoad()
  for (const effects of killedAfter) {
    await load(world, new SimulatedWorker(effects)).catch((error: unknown) => {
      if (!(error instanceof WorkerKilledError)) throw error
    })
  }
  const { tally } = await load(world)
  return { tally, outcomes: outcomeOf(world) }
}

async function effectsOf(newLoad: () => World): Promise<number> {
  const worker = new SimulatedWorker()
  await load(newLoad(), worker)
  return worker.effects
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe('every record is in the org at most once, with the same result as without a kill', () => {
  test.each(Object.entries(LOADS))('%s, killed after any one effect', async (_, newLoad) => {
    const undisturbed = await loadKilled(newLoad)
    expect(undisturbed.outcomes.every(({ isRight, inOrg }) => isRight && inOrg <= 1)).toBe(true)
    for (const effects of upTo(await effectsOf(newLoad))) {
      expect({ effects, ...(await loadKilled(newLoad, effects)) }).toEqual({ effects, ...undisturbed })
    }
  })

  test.each(Object.entries(SMALL_LOADS))('%s, killed after any two effects', async (_, newLoad) => {
    const undisturbed = await loadKilled(newLoad)
    const last = await effectsOf(newLoad)
    for (const first of upTo(last)) {
      for (const second of upTo(last - first + 4)) {
        const outcome = await loadKilled(newLoad, first, second)
        expect({ first, second, ...outcome }).toEqual({ first, second, ...undisturbed })
      }
    }
  })
})
