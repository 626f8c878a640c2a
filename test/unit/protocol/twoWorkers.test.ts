// Two workflows under one run id, or an activity attempt that continues after its timeout: both process the same run at the same time.
import { afterEach, expect, test, vi } from 'vitest'
import { RequestJournal } from '../../../loader/protocol/collections/requestJournal.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import { dependenciesOf, load, newWorld, outcomeOf, type Records, RUN_ID, stage, stepOf } from './memoryLoad.ts'
import { memoryRunStore } from './memoryRunStore.ts'
import { SimulatedWorker } from './simulatedWorker.ts'

afterEach(() => vi.restoreAllMocks())

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

test('a request that was declared too long ago is not sent: another attempt may have searched for it since', async () => {
  const world = newWorld(RECORDS)
  await stage(world)
  const intent = `${chunkFiles(1, 1).journal}/1-3.intent.json`
  const dependencies = dependenciesOf(world)
  const store = dependencies.runStore()
  const slow = {
    ...store,
    async writeOnce(path: string, content: string) {
      const isFirst = await store.writeOnce(path, content)
      const now = Date.now() + 31_000
      vi.spyOn(Date, 'now').mockReturnValue(now)
      return isFirst
    },
  }
  await expect(sendChunk({ ...dependencies, runStore: () => slow }, PLACE, stepOf())).rejects.toMatchObject({
    kind: 'transient',
  })
  expect(world.org.count('createRecords')).toBe(0)
  expect(world.files.has(intent)).toBe(false)
})

test('the journal assigns a create to the first of two attempts, and has the answers that the other stored', async () => {
  const store = memoryRunStore(new Map(), new SimulatedWorker())
  const journal = await RequestJournal.open(store, 'journal')
  const intent = { at: 1, orgTime: 2 }
  await journal.declare('1-200', intent)
  await expect(journal.declare('1-200', intent)).rejects.toMatchObject({ name: 'RequestTakenError', kind: 'transient' })
  const rival = await RequestJournal.open(store, 'journal')
  await expect(rival.declare('1-200', intent)).rejects.toMatchObject({ name: 'RequestTakenError' })
  expect(await rival.intent('1-200')).toEqual(intent)
  await journal.withdraw('1-200')
  await rival.declare('1-200', intent)
  await rival.recordAnswer('1-200.a', [])
  const later = await RequestJournal.open(store, 'journal')
  expect([later.isHalved('1-200'), later.isHalved('1-200.a'), later.isHalved('1-2')]).toEqual([true, false, false])
})
