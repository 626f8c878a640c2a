// Deletions: an answer that is lost, records that others delete, and records that stay.
import { describe, expect, test } from 'vitest'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import type { SalesforceConnection } from '../../../loader/salesforce/salesforceConnection.ts'
import type { SpecParts } from '../../rig/describes.ts'
import {
  dependenciesOf,
  LOSSES,
  linesOf,
  load,
  loadThrough,
  newWorld,
  type Records,
  RUN_ID,
  retried,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const NAMES = ['Ada', 'Ben', 'Cleo'] as const
const idOf = (index: number): string => `003${String(index + 1).padStart(12, '0')}AAA`
const ROWS: Records = NAMES.map((last, index) => ({ last, ext: `K${index}`, id: idOf(index) }))

const BY_ID = { operation: 'delete', fields: { Id: 'id' } } as const
const BY_KEY = { operation: 'delete', fields: { Loose_Id__c: 'ext' }, keyField: 'Loose_Id__c' } as const

/** An org with a record for each row, and one that stays. */
function worldOf(parts: SpecParts = BY_ID, rows = ROWS): World {
  const world = newWorld(rows, parts)
  for (const [index, last] of NAMES.entries()) world.org.add({ LastName: last, Loose_Id__c: `K${index}` })
  world.org.add({ LastName: 'Stays' })
  return world
}

const left = ({ org }: World) => org.records.map(record => record['LastName'])

/** `id,status,errorcode` of each record. */
const results = (world: World) =>
  linesOf(world, 'results.csv').map(({ id, status, errorcode }) => [id, status, errorcode].join())

describe.each(['collections', 'bulk'] as const)('through %s', engine => {
  test.each([
    ['their Id', BY_ID],
    ['a key field', BY_KEY],
  ])('records are deleted by %s, and no other', async (_, parts) => {
    const world = worldOf({ ...parts, engine })
    expect(await load(world)).toMatchObject({ outcome: 'completed', tally: { updated: 0, deleted: 3, failed: 0 } })
    expect(results(world)).toEqual(NAMES.map((_, index) => `${idOf(index)},true,`))
    expect(left(world)).toEqual(['Stays'])
  })

  test('a record that someone else has deleted before is rejected', async () => {
    const world = worldOf({ ...BY_ID, engine })
    world.org.records.splice(1, 1)
    expect(await load(world)).toMatchObject({ tally: { deleted: 2, failed: 1 } })
    expect(results(world)[1]).toBe(',error,ENTITY_IS_DELETED')
  })

  test('a record that is locked is deleted in a later attempt', async () => {
    const rows = ROWS.map((row, index) => (index === 1 ? { ...row, last: 'Locked' } : row))
    const world = worldOf({ ...BY_ID, engine }, rows)
    Object.assign(world.org.records[1] ?? {}, { LastName: 'Locked' })
    world.org.locks = 2
    expect(await load(world)).toMatchObject({ tally: { deleted: 3, failed: 0 } })
    expect(left(world)).toEqual(['Stays'])
  })

  test('a key that no record has, or several, deletes nothing', async () => {
    const world = worldOf({ ...BY_KEY, engine }, [...ROWS, { last: 'Dan', ext: 'K9', id: '' }])
    world.org.add({ LastName: 'Twin', Loose_Id__c: 'k1' })
    expect(await load(world)).toMatchObject({ tally: { deleted: 2, failed: 2 } })
    const codes = results(world).map(line => line.split(',').at(-1))
    expect(codes).toEqual(['', 'KEY_AMBIGUOUS', '', 'KEY_NOT_FOUND'])
    expect(left(world)).toEqual(['Ben', 'Stays', 'Twin'])
  })
})

test.each(LOSSES)('a request whose answer is lost (%s) is repeated, and its records are deleted', async loss => {
  const world = worldOf()
  world.org.script.deleteRecords = [loss, loss]
  expect(await load(world)).toMatchObject({ tally: { deleted: 3, failed: 0, inDoubt: 0 } })
  expect(results(world)).toEqual(NAMES.map((_, index) => `${idOf(index)},true,`))
  expect(world.org.count('deleteRecords')).toBe(3)
})

test('a request that the org certainly did not apply is no reason to take the deletion of someone else for ours', async () => {
  const world = worldOf()
  world.org.script.deleteRecords = ['temporarilyRejected', 'unreachable']
  world.org.records.splice(0, 1)
  expect(await load(world)).toMatchObject({ tally: { deleted: 2, failed: 1 } })
  expect(results(world)[0]).toBe(',error,ENTITY_IS_DELETED')
})

test('a record that a lost request has rejected keeps its rejection when it is repeated', async () => {
  const rows = ROWS.map((row, index) => (index === 2 ? { ...row, last: 'Invalid' } : row))
  const world = worldOf(BY_ID, rows)
  Object.assign(world.org.records[2] ?? {}, { LastName: 'Invalid' })
  world.org.script.deleteRecords = ['lostAfter']
  expect(await load(world)).toMatchObject({ tally: { deleted: 2, failed: 1 } })
  expect(left(world)).toEqual(['Invalid', 'Stays'])
})

test('a worker that is killed after each effect deletes every record once, with its result', async () => {
  for (const parts of [BY_ID, BY_KEY]) {
    for (const engine of ['collections', 'bulk'] as const) {
      const chunk = { collectionsRecords: 2, bulkRecords: 2 }
      for (let effects = 1, isKilled = true; isKilled; effects += 1) {
        const world = worldOf({ ...parts, engine, chunk })
        isKilled = await load(world, new SimulatedWorker(effects)).then(
          () => false,
          error => error instanceof WorkerKilledError,
        )
        const { tally } = await load(world)
        expect({ engine, effects, deleted: tally.deleted, left: left(world) }).toEqual({
          ...{ engine, effects, deleted: 3, left: ['Stays'] },
        })
        expect(results(world)).toEqual(NAMES.map((_, index) => `${idOf(index)},true,`))
      }
    }
  }
})

test('a hard delete goes through a bulk job of its own operation, however few its records are', async () => {
  const world = worldOf({ ...BY_ID, engine: 'auto', hardDelete: true })
  expect(await load(world)).toMatchObject({ engine: 'bulk', tally: { deleted: 3 } })
  expect(world.org.jobs.map(({ operation }) => operation)).toEqual(['hardDelete'])
  expect([left(world), world.org.recycleBin]).toEqual([['Stays'], []])
})

test('a record that a lost request has deleted and its repetition finds locked is deleted', async () => {
  const world = worldOf()
  world.org.script.deleteRecords = ['lostAfter']
  const locked = { success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: 'locked' }] }
  let requests = 0
  await loadThrough(world, (_, work) =>
    retried(step => {
      const dependencies = dependenciesOf(world)
      const connection = dependencies.connection()
      const deleteRecords: typeof connection.deleteRecords = async (...given) => {
        requests += 1
        const results = await connection.deleteRecords(...given)
        return requests === 2 ? results.map((result, index) => (index === 1 ? locked : result)) : results
      }
      return work({ ...dependencies, connection: () => ({ ...connection, deleteRecords }) }, step)
    }),
  )
  expect(requests).toBe(3)
  expect(results(world)).toEqual(NAMES.map((_, index) => `${idOf(index)},true,`))
})

describe('two attempts of one step that are both alive', () => {
  const PLACE = { runId: RUN_ID, chunk: 1, operation: 'delete', attempt: 1 } as const

  /** A world whose chunk is staged, and the step that sends it. @param change of the connection of one attempt */
  async function twoAttempts() {
    const world = worldOf()
    await stage(world)
    const send = (change: (connection: SalesforceConnection) => Partial<SalesforceConnection> = () => ({})) => {
      const dependencies = dependenciesOf(world)
      const connection = dependencies.connection()
      return sendChunk(
        { ...dependencies, connection: () => ({ ...connection, ...change(connection) }) },
        PLACE,
        stepOf(),
      )
    }
    return { world, send }
  }

  test('what the other one has deleted since this one began is not taken for the deletion of someone else', async () => {
    const { world, send } = await twoAttempts()
    world.org.script.deleteRecords = ['lostAfter']
    const readClock = () => expect(send()).rejects.toThrow('the answer was cut')
    expect(await send(() => ({ readClock }))).toMatchObject({ tally: { deleted: 3, failed: 0 } })
    expect(left(world)).toEqual(['Stays'])
  })

  test('nor what the other one has deleted while the request of this one was on its way', async () => {
    const { world, send } = await twoAttempts()
    world.org.script.deleteRecords = ['succeed', 'lostAfter']
    world.org.onWrite = async () => {
      world.org.onWrite = async () => undefined
      await expect(send()).rejects.toThrow('the answer was cut')
    }
    expect(await send()).toMatchObject({ tally: { deleted: 3, failed: 0 } })
    expect(left(world)).toEqual(['Stays'])
  })
})
