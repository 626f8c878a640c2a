// Two workflows under one run id, or an activity attempt that continues after its timeout: both process the same run at the same time.
import { afterEach, expect, test, vi } from 'vitest'
import { RequestJournal } from '../../../loader/protocol/collections/requestJournal.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles, PLAN_FILE } from '../../../loader/protocol/layout.ts'
import type { SalesforceConnection } from '../../../loader/salesforce/salesforceConnection.ts'
import type { RunStore } from '../../../loader/storage/runStore.ts'
import {
  dependenciesOf,
  load,
  newWorld,
  outcomeOf,
  passTime,
  type Records,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import { memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const RECORDS: Records = ['Ada', 'Ben', 'Cleo'].map(last => ({ last }))
const created = RECORDS.map(({ last }) => ({ last, inOrg: 1, outcome: 'created: true', isRight: true }))
const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

test.each(['collections', 'bulk'] as const)('both load by %s, and every record is created once', async engine => {
  const chunk = { collectionsRecords: 1, bulkRecords: 2 }
  const world = newWorld(RECORDS, { engine, chunk, resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  const reports = await Promise.all([load(world), load(world)])
  expect(reports.map(({ tally }) => tally.created)).toEqual([3, 3])
  expect(outcomeOf(world)).toEqual(created)
  // Each chunk has a job of each worker, and one of the two is committed.
  const states = engine === 'bulk' ? ['Aborted', 'Aborted', 'JobComplete', 'JobComplete'] : []
  expect(world.org.jobs.map(({ state }) => state).toSorted()).toEqual(states)
})

test('both divide what exceeds a governor limit, and every record is created once', async () => {
  const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
  world.org.triggered = 1
  await stage(world)
  const reports = await Promise.all([load(world), load(world)])
  expect(reports.map(({ tally }) => tally.created)).toEqual([3, 3])
  expect(outcomeOf(world)).toEqual(created)
})

test('a request that another attempt sends is not sent, and its answer is used when it exists', async () => {
  const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  const dependencies = dependenciesOf(world)
  let rival: Promise<unknown> = Promise.resolve()
  world.org.onWrite = async () => {
    world.org.onWrite = async () => undefined
    rival = expect(sendChunk(dependencies, PLACE, stepOf())).rejects.toMatchObject({ kind: 'waiting' })
    await rival
  }
  await sendChunk(dependencies, PLACE, stepOf())
  expect(await sendChunk(dependencies, PLACE, stepOf(2))).toMatchObject({ tally: { created: 3 } })
  expect(world.org.count('createRecords')).toBe(1)
})

/** Dependencies of a worker whose creates wait until `wait` resolves, such as behind other requests. */
function waiting(world: World, wait: () => Promise<void>) {
  const dependencies = dependenciesOf(world)
  const connection = dependencies.connection()
  const createRecords: SalesforceConnection['createRecords'] = async (object, records, options) => {
    await wait()
    options?.signal?.throwIfAborted()
    return connection.createRecords(object, records, options)
  }
  return { ...dependencies, connection: () => ({ ...connection, createRecords }) }
}

test('a create that waits long behind others is declared when it leaves, so it needs no second declaration', async () => {
  const world = newWorld(RECORDS)
  await stage(world)
  const dependencies = waiting(world, async () => passTime(3_600_000))
  expect(await sendChunk(dependencies, PLACE, stepOf())).toMatchObject({ tally: { created: 3 } })
  expect(intentsOf(world)).toEqual(['1-3.intent.json'])
})

test('a create of a worker that lost its connection to Temporal does not leave after another attempt has sent it', async () => {
  const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  const dependencies = waiting(world, async () => {
    passTime(3_600_000)
    await load(world)
  })
  await expect(sendChunk(dependencies, PLACE, stepOf())).rejects.toMatchObject({ name: 'RequestTakenError' })
  expect(world.org.count('createRecords')).toBe(1)
  expect(await sendChunk(dependencies, PLACE, stepOf())).toMatchObject({ tally: { created: 3 } })
  expect(outcomeOf(world)).toEqual(created)
})

/** A run store whose first declaration takes `during`: the worker was stopped meanwhile. */
function stoppedAtDeclaration(world: World, during: () => Promise<void>) {
  const dependencies = dependenciesOf(world)
  const store = dependencies.runStore()
  let isStopped = true
  const slow: RunStore = {
    ...store,
    async writeOnce(path, content) {
      const isFirst = await store.writeOnce(path, content)
      if (isStopped && path.endsWith('.intent.json')) {
        isStopped = false
        await during()
      }
      return isFirst
    },
  }
  return { ...dependencies, runStore: () => slow }
}

test('a worker that was stopped after it declared a create does not send it, but declares the records again', async () => {
  const world = newWorld(RECORDS)
  await stage(world)
  const dependencies = stoppedAtDeclaration(world, async () => passTime(31_000))
  expect(await sendChunk(dependencies, PLACE, stepOf())).toMatchObject({ tally: { created: 3 } })
  expect(world.org.count('createRecords')).toBe(1)
  expect(intentsOf(world)).toEqual(['1-3.again.intent.json', '1-3.intent.json'])
})

test('a worker that was stopped after it declared a create follows the attempt that has searched for it meanwhile', async () => {
  const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  const dependencies = stoppedAtDeclaration(world, async () => void (await load(world)))
  await expect(sendChunk(dependencies, PLACE, stepOf())).rejects.toMatchObject({ name: 'RequestTakenError' })
  expect(await sendChunk(dependencies, PLACE, stepOf())).toMatchObject({ tally: { created: 3 } })
  expect(outcomeOf(world)).toEqual(created)
  expect(world.org.count('createRecords')).toBe(1)
})

test('a worker whose clock is set back while it is stopped does not send a create that was declared too long ago', async () => {
  const world = newWorld(RECORDS)
  passTime(1)
  await stage(world)
  const dependencies = stoppedAtDeclaration(world, async () => {
    passTime(31_000)
    vi.setSystemTime(Date.now() - 3_600_000)
  })
  await sendChunk(dependencies, PLACE, stepOf())
  expect(intentsOf(world)).toEqual(['1-3.again.intent.json', '1-3.intent.json'])
})

test.each([-3_600_000, 3_600_000])(
  'the wait starts when a create is given up, although the clock was set by %i ms meanwhile',
  async step => {
    const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
    passTime(1)
    await stage(world)
    const declaredAt = Date.now()
    world.org.script.createRecords = ['lostAfter']
    world.org.onWrite = async () => {
      passTime(30_000)
      vi.setSystemTime(Date.now() + step)
    }
    await expect(sendChunk(dependenciesOf(world), PLACE, stepOf())).rejects.toMatchObject({
      name: 'OutcomeUnknownError',
    })
    const intent = JSON.parse(world.files.get(`${chunkFiles(1, 1).journal}/1-3.intent.json`) ?? '{}')
    expect(intent.over - declaredAt).toBe(Math.max(30_000, 30_000 + step))
  },
)

test('an answer that comes after another attempt has decided changes nothing', async () => {
  const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
  await stage(world)
  const dependencies = dependenciesOf(world)
  const connection = dependencies.connection()
  const createRecords: SalesforceConnection['createRecords'] = async (...call) => {
    const answer = await connection.createRecords(...call)
    await load(world)
    // An org that took longer than all waits: this answer contradicts what was decided.
    return answer.map(() => ({ success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: 'locked' }] }))
  }
  const late = { ...dependencies, connection: () => ({ ...connection, createRecords }) }
  expect(await sendChunk(late, PLACE, stepOf())).toMatchObject({ tally: { created: 3 }, resend: 0 })
  await load(world)
  expect(outcomeOf(world)).toEqual(created)
})

test('a cancelled step stops a create that waits, and not one that has left', async () => {
  const world = newWorld(RECORDS)
  await stage(world)
  const controller = new AbortController()
  const step = { ...stepOf(), signal: controller.signal }
  const cancelled = waiting(world, async () => controller.abort(new Error('cancelled')))
  await expect(sendChunk(cancelled, PLACE, step)).rejects.toThrow('cancelled')
  expect(intentsOf(world)).toEqual([])
  const second = new AbortController()
  world.org.onWrite = async () => second.abort(new Error('cancelled'))
  const left = sendChunk(dependenciesOf(world), PLACE, { ...stepOf(), signal: second.signal })
  expect(await left).toMatchObject({ tally: { created: 3 } })
})

test('a cancelled step stops an upsert that waits, and a run that continues sends it', async () => {
  const rows = RECORDS.map((row, index) => ({ ...row, ext: `K${index}` }))
  const fields = { LastName: 'last', Ext_Id__c: 'ext' }
  const world = newWorld(rows, { operation: 'upsert', externalIdField: 'Ext_Id__c', fields })
  await stage(world)
  const controller = new AbortController()
  const dependencies = dependenciesOf(world)
  const connection = dependencies.connection()
  const upsertRecords: SalesforceConnection['upsertRecords'] = async (object, key, records, options) => {
    controller.abort(new Error('cancelled'))
    options?.signal?.throwIfAborted()
    return connection.upsertRecords(object, key, records, options)
  }
  const cancelled = { ...dependencies, connection: () => ({ ...connection, upsertRecords }) }
  const place = { ...PLACE, operation: 'upsert' } as const
  await expect(sendChunk(cancelled, place, { ...stepOf(), signal: controller.signal })).rejects.toThrow('cancelled')
  expect(world.org.records).toHaveLength(0)
  expect(intentsOf(world)).toEqual([])
  expect(await load(world)).toMatchObject({ tally: { created: 3 } })
})

test("the wait for a lost answer follows the org's clock, whatever the clocks of the workers show", async () => {
  for (const [at, kind] of [
    [-3_600_000, 'waiting'],
    [3_600_000, 'waiting'],
  ] as const) {
    const world = newWorld(RECORDS, { resend: { lostAnswerWait: 60_000 } })
    await stage(world)
    const intent = { at: Date.now() + at, orgTime: Date.now() }
    world.files.set(`${chunkFiles(1, 1).journal}/1-3.intent.json`, JSON.stringify(intent))
    const send = () => sendChunk(dependenciesOf(world), PLACE, stepOf())
    await expect(send()).rejects.toMatchObject({ kind })
    passTime(74_000)
    await expect(send()).rejects.toMatchObject({ kind })
    passTime(2_000)
    expect(await send()).toMatchObject({ tally: { created: 3 } })
  }
})

const intentsOf = ({ files }: World) =>
  [...files.keys()]
    .filter(path => path.endsWith('.intent.json'))
    .map(path => path.slice(path.lastIndexOf('/') + 1))
    .toSorted()

test('the journal assigns a create to the first of two attempts, and its outcome to the first that knows one', async () => {
  const store = memoryRunStore(new Map([[PLAN_FILE, '{}']]), new SimulatedWorker())
  const journal = await RequestJournal.open(store, 'journal')
  const intent = { at: 1, orgTime: 2 }
  await journal.declare('1-200', intent)
  await expect(journal.declare('1-200', intent)).rejects.toMatchObject({ name: 'RequestTakenError', kind: 'transient' })
  const rival = await RequestJournal.open(store, 'journal')
  await expect(rival.declare('1-200', intent)).rejects.toMatchObject({ name: 'RequestTakenError' })
  expect(await rival.intent('1-200')).toEqual(intent)
  expect(await rival.outcome('1-200')).toBeUndefined()
  const decision = { found: [], absent: [0], undecided: [] }
  expect(await rival.conclude('1-200', decision)).toEqual(decision)
  expect(await journal.conclude('1-200', [])).toEqual(decision)
  expect(await (await RequestJournal.open(store, 'journal')).outcome('1-200')).toEqual(decision)
})

test('the journal of a run that release 0.1.0 began is understood', async () => {
  const decision = { found: [], absent: [0], undecided: [] }
  const files = new Map([
    ['journal/1-200.decided.json', JSON.stringify(decision)],
    ['journal/201-400.a.intent.json', '{}'],
  ])
  const journal = await RequestJournal.open(memoryRunStore(files, new SimulatedWorker()), 'journal')
  expect(await journal.outcome('1-200')).toEqual(decision)
  expect([journal.isHalved('201-400'), journal.isHalved('201-400.a'), journal.isHalved('201-4')]).toEqual([
    true,
    false,
    false,
  ])
})
