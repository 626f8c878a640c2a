// Which records are sent again, how often, and the result of a record that the org never accepts.
import { describe, expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { awaitJob } from '../../../loader/protocol/bulk/awaitJob.ts'
import { commitChunk } from '../../../loader/protocol/bulk/commitChunk.ts'
import { settleChunk } from '../../../loader/protocol/bulk/settleChunk.ts'
import { abortJob } from '../../../loader/protocol/bulk/stoppedJob.ts'
import { uploadChunk } from '../../../loader/protocol/bulk/uploadChunk.ts'
import { sendChunk } from '../../../loader/protocol/collections/sendChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import {
  dependenciesOf,
  linesOf,
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
import { SimulatedWorker } from './simulatedWorker.ts'

const people = (...names: readonly string[]): Records => names.map(last => ({ last }))
const PLACE = { runId: RUN_ID, chunk: 1, operation: 'create', attempt: 1 } as const

describe.each(['collections', 'bulk'] as const)('by %s', engine => {
  test('a record that is locked is sent again alone until the lock passes', async () => {
    const world = newWorld(people('Ada', 'Locked', 'Invalid'), { engine })
    world.org.locks = 2
    expect(await load(world)).toMatchObject({ tally: { created: 2, failed: 1 } })
    expect(linesOf(world, chunkFiles(1, 2).csv)).toEqual([{ LastName: 'Locked' }])
    expect(linesOf(world, chunkFiles(1, 3).csv)).toEqual([{ LastName: 'Locked' }])
    expect(world.files.has(chunkFiles(1, 4).csv)).toBe(false)
  })

  test('a lock that outlasts the attempts is the result of the record', async () => {
    const world = newWorld(people('Ada', 'Locked'), { engine, resend: { maxAttempts: 2 } })
    world.org.locks = 99
    await load(world)
    expect(outcomeOf(world)[1]).toMatchObject({ inOrg: 0, outcome: 'UNABLE_TO_LOCK_ROW' })
    expect(world.org.locks).toBe(97)
  })

  test('a second aggregation gives the same results', async () => {
    const world = newWorld(people('Ada', 'Invalid', 'Ben'), { engine })
    await load(world)
    const before = world.files.get('results.csv')
    await load(world)
    expect(world.files.get('results.csv')).toBe(before)
  })
})

test('records that the org leaves unprocessed in every attempt have failed', async () => {
  const world = newWorld(people('Ada', 'Ben'), { engine: 'bulk', resend: { maxAttempts: 3 } })
  world.org.processes.push(1, 0, 0)
  await load(world)
  expect(outcomeOf(world).map(({ outcome }) => outcome)).toEqual(['created: true', 'NOT_PROCESSED'])
  expect(world.org.jobs).toHaveLength(3)
})

test('records of a job that failed for its data are not sent again', async () => {
  const world = newWorld(people('Ada', 'Ben'), { engine: 'bulk' })
  world.org.processes.push(1)
  world.org.jobError = 'InvalidBatch : Field name not found : Nickname__c'
  await load(world)
  expect(outcomeOf(world).map(({ outcome }) => outcome)).toEqual(['created: true', 'JOB_FAILED'])
  expect(linesOf(world, 'results.csv')[1]).toMatchObject({ errormessage: world.org.jobError })
  expect(world.org.jobs).toHaveLength(1)
})

/** Uploads and commits the only chunk. */
async function commit(world: World): Promise<string> {
  await stage(world)
  const dependencies = dependenciesOf(world)
  const uploaded = await uploadChunk(dependencies, PLACE, stepOf())
  if ('settled' in uploaded) throw new Error('settled before')
  return (await commitChunk(dependencies, { ...PLACE, ...uploaded }, stepOf())).jobId
}

const settle = (world: World, jobId: string, cancelled: boolean) =>
  settleChunk(dependenciesOf(world), { ...PLACE, jobId, cancelled }, stepOf())

const aggregate = (world: World, ended: 'completed' | 'cancelled' | 'failed') =>
  aggregateResults(dependenciesOf(world), { runId: RUN_ID, inlineResults: false, ended }, stepOf())

function heldWorld(lostAnswerWait: number): World {
  const world = newWorld(people('Ada', 'Ben'), { engine: 'bulk', resend: { lostAnswerWait } })
  world.org.holdsJobs = true
  return world
}

describe('a committed job', () => {
  test('is closed again when the answer to closing it was lost and it is still open', async () => {
    const world = newWorld(people('Ada'), { engine: 'bulk' })
    world.org.script.closeIngestJob = ['lostBefore']
    await expect(commit(world)).rejects.toMatchObject({ kind: 'transient' })
    expect(world.org.jobs[0]?.state).toBe('Open')
    await load(world)
    expect(world.org.jobs.map(({ state }) => state)).toEqual(['JobComplete'])
  })

  test('is not closed again when its state shows that it was closed', async () => {
    const world = newWorld(people('Ada'), { engine: 'bulk' })
    world.org.script.closeIngestJob = ['lostAfter']
    await commit(world)
    expect(world.org.count('closeIngestJob')).toBe(1)
  })

  test('is polled with growing intervals, and its state is shown', async () => {
    const world = heldWorld(0)
    const jobId = await commit(world)
    passTime(0)
    let lastHeartbeat: unknown
    const heartbeat = (details: object) => {
      lastHeartbeat = details
    }
    const wait = () =>
      awaitJob(dependenciesOf(world), { runId: RUN_ID, jobId, records: 2 }, { ...stepOf(), heartbeat, lastHeartbeat })
    await expect(wait()).rejects.toMatchObject({ kind: 'waiting', retryAfter: 300 })
    passTime(10_000)
    await expect(wait()).rejects.toMatchObject({ retryAfter: 3_000 })
    passTime(600_000)
    await expect(wait()).rejects.toMatchObject({
      retryAfter: 60_000,
      message: expect.stringContaining('0 of 2 records'),
    })
  })
})

describe('a stopped job', () => {
  test('leaves its records in doubt while the org may still process them', async () => {
    const world = heldWorld(60_000)
    const jobId = await commit(world)
    await abortJob(dependenciesOf(world), { ...PLACE, jobId }, stepOf())
    expect(await settle(world, jobId, true)).toMatchObject({ resend: 0 })
    await expect(settle(world, jobId, false)).rejects.toMatchObject({ kind: 'waiting' })
    expect(await aggregate(world, 'cancelled')).toMatchObject({ tally: { inDoubt: 2 } })
  })

  test('has its records sent again by a run that continues, once the org can no longer process them', async () => {
    const world = heldWorld(0)
    const jobId = await commit(world)
    await abortJob(dependenciesOf(world), { ...PLACE, jobId }, stepOf())
    world.org.holdsJobs = false
    expect(await load(world)).toMatchObject({ tally: { created: 2 } })
    // The job's own counts settle them, so its results are not read again.
    expect(world.files.has(chunkFiles(1, 1).reading)).toBe(false)
    expect(outcomeOf(world).every(({ inOrg, isRight }) => inOrg === 1 && isRight)).toBe(true)
  })

  test('fails its records when someone aborted it in Salesforce', async () => {
    const world = heldWorld(0)
    const jobId = await commit(world)
    await world.org.connection(new SimulatedWorker()).abortIngestJob(jobId)
    expect(await load(world)).toMatchObject({ tally: { failed: 2 } })
    expect(outcomeOf(world)[0]).toMatchObject({ outcome: 'JOB_ABORTED' })
    const errormessage = expect.stringMatching(/^Job 750\w+ was aborted in Salesforce/)
    expect(linesOf(world, 'results.csv')[0]).toMatchObject({ errormessage })
  })

  test('that was never committed leaves its records unsent', async () => {
    const world = newWorld(people('Ada'), { engine: 'bulk' })
    await stage(world)
    const uploaded = await uploadChunk(dependenciesOf(world), PLACE, stepOf())
    const jobId = 'jobId' in uploaded ? uploaded.jobId : ''
    await abortJob(dependenciesOf(world), { ...PLACE, jobId }, stepOf())
    await settle(world, jobId, true)
    await aggregate(world, 'cancelled')
    expect(outcomeOf(world)).toMatchObject([{ inOrg: 0, outcome: 'NOT_SENT' }])
  })

  test('that had ended is unchanged', async () => {
    const world = newWorld(people('Ada'), { engine: 'bulk' })
    const jobId = await commit(world)
    await abortJob(dependenciesOf(world), { ...PLACE, jobId }, stepOf())
    expect(world.org.jobs[0]?.state).toBe('JobComplete')
    expect(world.files.has(chunkFiles(1, 1).stopped)).toBe(false)
  })
})

describe('the results of a run', () => {
  const results = chunkFiles(1, 1).results

  async function settled(): Promise<World> {
    const world = newWorld(people('Ada', 'Ben'))
    await load(world)
    return world
  }

  test.each([
    ['a record without a result', (lines: string[]) => lines.toSpliced(1, 1), /record 1 has no result/],
    ['a last record without a result', (lines: string[]) => lines.toSpliced(2, 1), /1 of 2 records have a result/],
    ['a record with two results', (lines: string[]) => lines.toSpliced(2, 0, lines[1] ?? ''), /record 1 has two/],
  ])('are not written for %s', async (_, change, message) => {
    const world = await settled()
    world.files.delete('results.csv')
    world.files.set(results, change((world.files.get(results) ?? '').split('\n')).join('\n'))
    await expect(aggregate(world, 'completed')).rejects.toMatchObject({
      kind: 'fatal',
      message: expect.stringMatching(message),
    })
    expect(world.files.has('results.csv')).toBe(false)
  })

  test('account for every record of a run that ended early, for any outcome of its requests', async () => {
    const world = newWorld(people('Ada', 'Ben', 'Cleo', 'Dan'), { chunk: { collectionsRecords: 1 } })
    await stage(world)
    const send = (chunk: number) => sendChunk(dependenciesOf(world), { ...PLACE, chunk }, stepOf())
    await send(1)
    world.org.script.createRecords = ['lostAfter', 'limitReached']
    await expect(send(2)).rejects.toMatchObject({ name: 'OutcomeUnknownError' })
    await expect(send(3)).rejects.toMatchObject({ kind: 'limit' })
    expect(await aggregate(world, 'failed')).toMatchObject({ outcome: 'failed', records: 4 })
    expect(outcomeOf(world).map(({ outcome }) => outcome)).toEqual([
      'created: true',
      'IN_DOUBT',
      'NOT_SENT',
      'NOT_SENT',
    ])
  })

  test('use the stored answers of a request whose chunk was not settled', async () => {
    const world = newWorld(people('Ada', 'Unreadable', 'Invalid'))
    await stage(world)
    world.org.script.createRecords = ['succeed', 'succeed', 'succeed', 'succeed', 'limitReached']
    await expect(sendChunk(dependenciesOf(world), PLACE, stepOf())).rejects.toMatchObject({ kind: 'limit' })
    await aggregate(world, 'cancelled')
    expect(outcomeOf(world).map(({ outcome }) => outcome)).toEqual(['created: true', 'JSON_PARSER_ERROR', 'NOT_SENT'])
    expect(await load(world)).toMatchObject({ tally: { created: 1, failed: 2 } })
    expect(outcomeOf(world)).toMatchObject([{ inOrg: 1 }, { inOrg: 0 }, { inOrg: 0 }])
  })

  test('have the records of a committed job of an ended run in doubt, until the run continues and reads it', async () => {
    const world = heldWorld(0)
    await commit(world)
    expect(await aggregate(world, 'failed')).toMatchObject({ tally: { inDoubt: 2 } })
    expect(linesOf(world, 'in_doubt.csv')[0]).toMatchObject({
      errormessage: expect.stringMatching(/^Job 750\w+ was committed, .* check the job in Salesforce before you load/),
    })
    for (const job of world.org.jobs) world.org.process(job)
    expect(await load(world)).toMatchObject({ tally: { created: 2, inDoubt: 0 } })
    expect(linesOf(world, 'in_doubt.csv')).toEqual([])
    expect(world.org.jobs).toHaveLength(1)
  })

  test.each(['cancelled', 'failed'] as const)(
    'of an execution that ended early (%s) are removed before the run continues to send',
    async ended => {
      const world = newWorld(people('Ada', 'Invalid'))
      await stage(world)
      await aggregate(world, ended)
      const files = ['results.csv', 'rejected.csv', 'report.json']
      expect(files.filter(file => world.files.has(file))).toEqual(files)
      await stage(world)
      expect(files.filter(file => world.files.has(file))).toEqual([])
      await load(world)
      await stage(world)
      expect(files.filter(file => world.files.has(file))).toEqual(files)
    },
  )

  test.each([
    [200, 200],
    [201, undefined],
  ])('of %i records are in the report: %s', async (records, carried) => {
    const world = newWorld(people(...Array.from({ length: records }, (_, index) => `P${index}`)))
    await load(world)
    const input = { runId: RUN_ID, inlineResults: true, ended: 'completed' } as const
    expect((await aggregateResults(dependenciesOf(world), input, stepOf())).results?.length).toBe(carried)
  })
})
