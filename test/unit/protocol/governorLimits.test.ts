// An org whose triggers cannot process all records of a request: smaller requests follow, and nothing is written twice.
import { describe, expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import { RequestRejectedError } from '../../../loader/salesforce/errors.ts'
import {
  dependenciesOf,
  LOSSES,
  linesOf,
  load,
  newWorld,
  otherRun,
  outcomeOf,
  type Records,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'

const contacts = (count: number): Records =>
  Array.from({ length: count }, (_, index) => ({ last: `P${index + 1}`, ext: `K${index + 1}` }))

const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

const KEYED = { LastName: 'last', Ext_Id__c: 'ext' }

/** The sizes of the requests that the org got, in order. */
function sizesOf(world: World): readonly number[] {
  const sizes: number[] = []
  const connection = world.org.connection.bind(world.org)
  world.org.connection = worker => {
    const org = connection(worker)
    return {
      ...org,
      createRecords: (object, records, options) => {
        sizes.push(records.length)
        return org.createRecords(object, records, options)
      },
    }
  }
  return sizes
}

const isWhole = (world: World, count: number) => {
  expect(new Set(outcomeOf(world).map(({ inOrg, outcome }) => `${inOrg} ${outcome}`))).toEqual(
    new Set(['1 created: true']),
  )
  expect(outcomeOf(world).every(({ isRight }) => isRight)).toBe(true)
  expect(world.org.records).toHaveLength(count)
}

describe('a request whose records all exceed a governor limit', () => {
  test('is halved until the org accepts it, and the next requests have the size that worked', async () => {
    const world = newWorld(contacts(600))
    const sizes = sizesOf(world)
    world.org.triggered = 60
    await load(world)
    isWhole(world, 600)
    // The fifth of one size that is accepted is followed by a larger one, which is rejected.
    expect(sizes).toEqual([200, 100, 50, 50, 50, 50, 100, ...Array(8).fill(50)])
  })

  test.each(LOSSES)('is sent in its halves once, also when the answer of a half is lost: %s', async loss => {
    const world = newWorld(contacts(8))
    world.org.triggered = 4
    world.org.script.createRecords = ['succeed', loss]
    expect(await load(world)).toMatchObject({ tally: { created: 8 } })
    isWhole(world, 8)
  })

  test.each(LOSSES)('of an upsert says which records it has created, also after a lost answer: %s', async loss => {
    const world = newWorld(contacts(8), { operation: 'upsert', externalIdField: 'Ext_Id__c', fields: KEYED })
    world.org.script.upsertRecords = [loss]
    // The triggers take longer for the repeated request.
    world.org.onWrite = async () => {
      world.org.triggered = world.org.records.length > 0 ? 4 : 8
    }
    expect(await load(world)).toMatchObject({ tally: { created: 8, updated: 0 } })
    isWhole(world, 8)
  })

  test('is halved by a worker that finds only the answer of another', async () => {
    const world = newWorld(contacts(8))
    world.org.triggered = 4
    world.org.script.createRecords = ['succeed', 'unreachable', 'unreachable']
    expect(await load(world)).toMatchObject({ tally: { created: 8 } })
    isWhole(world, 8)
  })
})

test('a record that exceeds the limit alone has failed with the words of Salesforce, and the others are created', async () => {
  const world = newWorld(contacts(3), { fields: { LastName: 'last' } })
  world.org.triggered = 0
  expect(await load(world)).toMatchObject({ tally: { failed: 3 } })
  expect(linesOf(world, 'results.csv')[0]).toMatchObject({
    errorcode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    errormessage: 'ContactTrigger: System.LimitException: Apex CPU time limit exceeded',
  })
  // Three records, two of them, and each alone.
  expect(world.org.count('createRecords')).toBe(5)
})

test.each([
  [413, 'HTTP_413', 'answered with HTML instead of Salesforce’s JSON'],
  [400, 'EXCEEDED_MAX_SIZE_REQUEST', 'request exceeded the maximum size'],
  [500, 'UNKNOWN_EXCEPTION', 'System.LimitException: Apex heap size too large: 12044257'],
])('a request that is rejected as a whole for its records is halved: %i %s', async (statusCode, errorCode, detail) => {
  const world = newWorld(contacts(5))
  const connection = world.org.connection.bind(world.org)
  const facts = { action: 'Create', method: 'POST', path: '/', statusCode, errorCode, detail, fields: [] }
  world.org.connection = worker => {
    const org = connection(worker)
    return {
      ...org,
      createRecords: async (object, records, options) => {
        if (records.length <= 2) return org.createRecords(object, records, options)
        await options?.beforeSend?.()
        throw new RequestRejectedError(facts)
      },
    }
  }
  expect(await load(world)).toMatchObject({ tally: { created: 5 } })
  isWhole(world, 5)
})

test.each([
  ['create', {}, 'createRecords'],
  ['upsert', { externalIdField: 'Ext_Id__c', fields: KEYED }, 'upsertRecords'],
] as const)('a request that another worker has divided is not searched for: %s', async (operation, parts, call) => {
  const world = newWorld(contacts(4), { operation, ...parts, resend: { lostAnswerWait: 600_000 } })
  await stage(world)
  const intent = { at: 0, orgTime: 0, divided: true }
  world.files.set(`${chunkFiles(1, 1).journal}/1-4.intent.json`, JSON.stringify(intent))
  await sendChunk(dependenciesOf(world), { ...PLACE, operation }, stepOf())
  expect(world.org.count(call)).toBe(2)
  expect(world.org.records).toHaveLength(4)
})

test('a sync may begin with smaller requests', async () => {
  const world = newWorld(contacts(5), { collections: { recordsPerRequest: 2 } })
  const sizes = sizesOf(world)
  await load(world)
  isWhole(world, 5)
  expect(sizes).toEqual([2, 2, 1])
})

describe('a job whose records exceed a governor limit', () => {
  test('leaves them to requests, which are halved', async () => {
    const world = newWorld(contacts(4), { engine: 'bulk' })
    world.org.triggered = 2
    await load(world)
    const settled = JSON.parse(world.files.get(chunkFiles(1, 1).settled) ?? '')
    expect(settled).toMatchObject({ resend: 4, needsRequests: true })
    isWhole(world, 4)
  })

  test('says what helps when no attempt is left', async () => {
    const world = newWorld(contacts(4), { engine: 'bulk', resend: { maxAttempts: 1 } })
    world.org.triggered = 2
    await load(world)
    expect(linesOf(world, 'results.csv')[3]).toMatchObject({
      errormessage: expect.stringMatching(
        /Apex CPU time limit exceeded; .* load rejected.csv with engine: collections/,
      ),
    })
  })
})

describe('a run that ends while the smaller requests are sent', () => {
  test('says which records are in doubt, and which were not written', async () => {
    const world = newWorld(contacts(4))
    world.org.triggered = 2
    world.org.script.createRecords = ['succeed', 'lostAfter']
    await stage(world)
    await expect(sendChunk(dependenciesOf(world), PLACE, stepOf())).rejects.toMatchObject({
      name: 'OutcomeUnknownError',
    })
    const input = { runId: RUN_ID, inlineResults: false, ended: 'failed' } as const
    await aggregateResults(dependenciesOf(world), input, stepOf())
    const codes = linesOf(world, 'results.csv').map(({ errorcode }) => errorcode)
    expect(codes).toEqual(['IN_DOUBT', 'IN_DOUBT', ...Array(2).fill('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY')])
  })

  test('accounts for its records when another run looks for equal ones', async () => {
    const world = newWorld(contacts(2), { resend: { lostAnswerWait: 0 } })
    world.org.triggered = 1
    world.org.script.createRecords = ['succeed', 'succeed', 'lostAfter']
    await stage(world)
    await expect(sendChunk(dependenciesOf(world), PLACE, stepOf())).rejects.toThrow('outcome is unknown')
    const other = otherRun(world, contacts(2))
    other.org.script.createRecords = ['succeed', 'lostBefore']
    await load(other)
    await load(world)
    const ids = [world, other].flatMap(run => linesOf(run, 'results.csv').map(({ id }) => id))
    expect(new Set(ids).size).toBe(4)
    expect(world.org.records).toHaveLength(4)
  })
})
