// A job that someone deleted in Salesforce, or that is older than seven days, before its results were read.
import { expect, test } from 'vitest'
import { commitChunk } from '../../../loader/protocol/bulk/commitChunk.ts'
import { settleChunk } from '../../../loader/protocol/bulk/settleChunk.ts'
import { abortJob } from '../../../loader/protocol/bulk/stoppedJob.ts'
import { uploadChunk } from '../../../loader/protocol/bulk/uploadChunk.ts'
import { chunkFiles } from '../../../loader/protocol/layout.ts'
import type { Operation } from '../../../packages/client/contract/operations.ts'
import {
  dependenciesOf,
  linesOf,
  load,
  newWorld,
  otherRun,
  outcomeOf,
  passTime,
  type Records,
  RUN_ID,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'
import { USER_ID } from './scriptedOrg.ts'

const PEOPLE: Records = ['Ada', 'Ben', 'Invalid'].map((last, index) => ({
  ...{ last, title: `Title ${index}`, ext: `K${index}`, id: `00300000000000${index + 1}AAA` },
}))
const fields = { LastName: 'last', FirstName: 'title' }
const keyed = { ...fields, Ext_Id__c: 'ext' }
const WORDS = /^Job 750\w+ does not exist in Salesforce any more .* the org does not have this record; load it again$/

const PLACE = { runId: RUN_ID, chunk: 1, attempt: 1 } as const

/** Commits the only chunk and deletes its job when the org has processed it. */
async function commitAndDelete(
  world: World,
  operation: Operation,
  deleted: typeof world.org.jobs = [],
): Promise<string> {
  const place = { ...PLACE, operation }
  await stage(world)
  const uploaded = await uploadChunk(dependenciesOf(world), place, stepOf())
  if ('settled' in uploaded) throw new Error('settled before')
  const { jobId } = await commitChunk(dependenciesOf(world), { ...place, ...uploaded }, stepOf())
  deleted.push(...world.org.jobs.splice(0))
  return jobId
}

test.each([
  ['by a unique External ID', keyed],
  ['by their values', fields],
])('created records are found %s, the others are failed, and the run ends', async (_, columns) => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields: columns })
  await commitAndDelete(world, 'create')
  expect(await load(world)).toMatchObject({ tally: { created: 2, failed: 1, inDoubt: 0 } })
  expect(outcomeOf(world).map(({ outcome, isRight }) => [outcome, isRight])).toEqual([
    ['created: true', true],
    ['created: true', true],
    ['JOB_DELETED', true],
  ])
  expect(linesOf(world, 'rejected.csv')).toMatchObject([
    { last: 'Invalid', errormessage: expect.stringMatching(WORDS) },
  ])
  expect(world.org.jobs).toEqual([])
})

test('the search in the org keeps no other chunk from being matched', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  const jobId = await commitAndDelete(world, 'create')
  const place = { runId: RUN_ID, chunk: 1, attempt: 1, operation: 'create', jobId, cancelled: false } as const
  const taken = { ...stepOf(), inTurn: () => Promise.reject(new Error('takes the turn of the matches')) }
  expect(await settleChunk(dependenciesOf(world), place, taken)).toMatchObject({ tally: { created: 2, failed: 1 } })
})

test('a record that another run has created is not ours', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  await commitAndDelete(world, 'create')
  world.org.records.length = 0
  await load(otherRun(world, PEOPLE, { fields }))
  expect(await load(world)).toMatchObject({ tally: { created: 0, failed: 3, inDoubt: 0 } })
})

test('an update is found by the Id and its values', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', operation: 'update', fields: { ...fields, Id: 'id' } })
  for (const { last = '' } of PEOPLE) world.org.add({ LastName: last }, USER_ID, 3_600_000)
  await commitAndDelete(world, 'update')
  expect(await load(world)).toMatchObject({ tally: { created: 0, updated: 2, failed: 1, inDoubt: 0 } })
  expect(linesOf(world, 'rejected.csv')).toMatchObject([
    {
      last: 'Invalid',
      errormessage: expect.stringMatching(/the org has not changed this record since; load it again$/),
    },
  ])
})

test('a record that was changed since, to other values than those of the update, is in doubt', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', operation: 'update', fields: { ...fields, Id: 'id' } })
  for (const { last = '' } of PEOPLE) world.org.add({ LastName: last }, USER_ID, 3_600_000)
  await commitAndDelete(world, 'update')
  Object.assign(world.org.records[2] ?? {}, { SystemModstamp: new Date(Date.now() + 1_000).toISOString() })
  expect(await load(world)).toMatchObject({ tally: { created: 0, updated: 2, failed: 0, inDoubt: 1 } })
})

test('an upsert is found by the External ID and its values, and reports the records that it created', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', operation: 'upsert', externalIdField: 'Ext_Id__c', fields: keyed })
  world.org.add({ LastName: 'Ada', Ext_Id__c: 'K0' }, USER_ID, 3_600_000)
  await commitAndDelete(world, 'upsert')
  expect(await load(world)).toMatchObject({ tally: { created: 1, updated: 1, failed: 1, inDoubt: 0 } })
})

test('a deletion is found in the recycle bin, and a record that the org still has was not deleted', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', operation: 'delete', fields: { Id: 'id' } })
  for (const { last = '' } of PEOPLE) world.org.add({ LastName: last }, USER_ID, 3_600_000)
  await commitAndDelete(world, 'delete')
  expect(await load(world)).toMatchObject({ tally: { updated: 0, deleted: 2, failed: 1, inDoubt: 0 } })
  const words = expect.stringMatching(/^Job 750\w+ .* the org still has this record; load it again$/)
  expect(linesOf(world, 'rejected.csv')).toMatchObject([{ last: 'Invalid', errormessage: words }])
})

test('a record that is nowhere, or was deleted before, is in doubt', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', operation: 'delete', fields: { Id: 'id' } })
  for (const { last = '' } of PEOPLE) world.org.add({ LastName: last }, USER_ID, 3_600_000)
  await commitAndDelete(world, 'delete')
  Object.assign(world.org.recycleBin[0] ?? {}, { SystemModstamp: new Date(Date.now() - 60_000).toISOString() })
  world.org.recycleBin.splice(1, 1)
  expect(await load(world)).toMatchObject({ tally: { deleted: 0, failed: 1, inDoubt: 2 } })
  expect(linesOf(world, 'in_doubt.csv')[0]?.['errormessage']).toContain('does not show that this record was deleted')
})

test('a job that no longer exists needs no abort', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  const jobId = await commitAndDelete(world, 'create')
  const place = { runId: RUN_ID, chunk: 1, attempt: 1, jobId }
  await expect(abortJob(dependenciesOf(world), place, stepOf())).resolves.toBeUndefined()
})

test('days later, a record that the org does not have is in doubt: someone may have deleted it', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  await commitAndDelete(world, 'create')
  passTime(7 * 86_400_000)
  expect(await load(world)).toMatchObject({ tally: { created: 2, failed: 0, inDoubt: 1 } })
})

test('a record that the org has with other values is in doubt: the org may have rewritten it', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  await commitAndDelete(world, 'create')
  Object.assign(world.org.records[0] ?? {}, { LastName: 'Rewritten' })
  expect(await load(world)).toMatchObject({ tally: { created: 1, failed: 1, inDoubt: 1 } })
})

test('a job that is deleted between its end and the download of its results is settled in the same way', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  const readResults = world.org.changeResults
  world.org.changeResults = (...results) => {
    world.org.jobs.length = 0
    return readResults(...results)
  }
  expect(await load(world)).toMatchObject({ tally: { created: 2, failed: 1, inDoubt: 0 } })
})

test('while Salesforce may still process a job that is gone, its records are not settled', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields, resend: { lostAnswerWait: 60_000 } })
  const jobId = await commitAndDelete(world, 'create')
  const settle = (cancelled: boolean) =>
    settleChunk(dependenciesOf(world), { ...PLACE, operation: 'create', jobId, cancelled }, stepOf())
  await expect(settle(false)).rejects.toMatchObject({ kind: 'waiting' })
  await settle(true)
  expect(world.files.get(chunkFiles(1, 1).provisional)).toContain('check the org before you load it again')
  passTime(61_000)
  expect(await settle(false)).toMatchObject({ tally: { created: 2, failed: 1, inDoubt: 0 } })
})

test('a job that the org did not know for a moment is settled by its results', async () => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields, resend: { lostAnswerWait: 60_000 } })
  world.org.holdsJobs = true
  const jobs: typeof world.org.jobs = []
  const jobId = await commitAndDelete(world, 'create', jobs)
  const settle = () =>
    settleChunk(dependenciesOf(world), { ...PLACE, operation: 'create', jobId, cancelled: false }, stepOf())
  await expect(settle()).rejects.toMatchObject({ kind: 'waiting' })
  world.org.jobs.push(...jobs)
  await expect(settle()).rejects.toMatchObject({ kind: 'waiting', message: expect.stringContaining('InProgress') })
  for (const job of jobs) world.org.process(job)
  expect(await settle()).toMatchObject({ tally: { created: 2, failed: 1, inDoubt: 0 } })
})

test.each(['Aborted', 'deleted'] as const)('a job that is %s during its upload is not opened again', async how => {
  const world = newWorld(PEOPLE, { engine: 'bulk', fields })
  world.org.onUpload = job => {
    if (how === 'deleted') world.org.jobs.length = 0
    else job.state = 'Aborted'
  }
  expect(await load(world)).toMatchObject({ tally: { created: 0, failed: 3, inDoubt: 0 } })
  expect(world.org.count('openIngestJob')).toBe(1)
})
