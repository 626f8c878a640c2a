// Workers are killed (SIGKILL) at every point of a create and restarted: each record is in the org exactly once.
import { setTimeout as sleep } from 'node:timers/promises'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AddRecordsAnswer } from '../../../packages/client/contract/receiveRecords.ts'
import { seededRandom } from '../../../packages/emulator/random.ts'
import { type BucketRig, startBucketRig } from '../../rig/bucketRig.ts'
import {
  checkHeldFiles,
  checkHeldRun,
  HELD,
  held,
  holdsNow,
  PEOPLE,
  type Point,
  startHeldFiles,
  startHeldRun,
} from '../../rig/heldRuns.ts'
import { type KillableWorkers, killableWorkers } from '../../rig/killableWorkers.ts'
import { type LoadRig, QUICK, type RigOrg, startLoadRig, until } from '../../rig/loadRig.ts'
import type { RigSyncs } from '../../rig/rigConfiguration.ts'
import { S3_START_MS } from '../../rig/s3.ts'

let rig: LoadRig
let workers: KillableWorkers
let bucket: BucketRig & { readonly workers: KillableWorkers }
beforeAll(async () => {
  rig = await startLoadRig({ workers: 'elsewhere', syncs })
  workers = killableWorkers(rig, { syncs })
  const started = await startBucketRig({ workers: 'elsewhere' })
  bucket = { ...started, workers: killableWorkers(started.rig, { places: started.places }) }
}, S3_START_MS)
afterAll(async () => {
  await workers.kill()
  await rig.close()
  await bucket.workers.kill()
  await bucket.close()
})

const HELD_POINTS: readonly Point[] = [
  held('bulk', { operation: 'describe' }),
  held('bulk', { operation: 'ingestCreate' }),
  held('bulk', { operation: 'ingestUpload' }, 1),
  held('bulk', { operation: 'ingestClose' }),
  held('bulk', { operation: 'ingestRead' }, 2),
  held('bulk', { operation: 'ingestResults' }),
  held('collections', { operation: 'collectionCreate' }),
  held('collections', { operation: 'collectionCreate' }, 2),
  { ...held('collections', { operation: 'collectionCreate' }, 2), inWaves: true },
  { ...held('bulk', { operation: 'ingestClose' }, 1), inWaves: true },
]

/** Every request takes a random time, so that the kill hits each run at another point. */
const RANDOM_POINTS: readonly Point[] = Array.from({ length: 8 }, (_, index) => ({
  engine: index % 2 === 0 ? 'bulk' : 'collections',
  rule: { fault: { type: 'delay', ms: 150 + 60 * index }, probability: 0.6, seed: index + 1 },
}))

/** For services that add records call by call. */
const syncs: RigSyncs = {
  received: {
    connection: 'org-1',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:data/none.csv' },
    fields: { LastName: 'last' },
    identityFields: ['last'],
    resend: { ...QUICK.resend, lostAnswerWait: 2 * HELD },
  },
}

test.concurrent('held at each request, and at random points: the runs continue, and send nothing twice', async () => {
  const receivers = await startCalls()
  const files = await startHeldFiles(rig)
  const uri = await rig.source(PEOPLE)
  const runs = await Promise.all([...HELD_POINTS, ...RANDOM_POINTS].map(point => startHeldRun(rig, point, uri)))
  const orgs = [receivers.org, files.org, ...runs.map(({ org }) => org)]
  await workers.start(orgs)
  const caught = [receivers, files, ...runs.slice(0, HELD_POINTS.length)]
  await until(
    () => caught.map(holdsNow),
    holds => holds.every(Boolean),
  )
  await sleep(500 * seededRandom(20261125)())
  await workers.kill()
  for (const { org } of runs.slice(HELD_POINTS.length)) org.emulator.faults.clear()
  await workers.start(orgs)
  await checkCalls(receivers)
  await checkHeldFiles(rig, files)
  for (const run of runs) await checkHeldRun(rig, run)
}, 120_000)

/** Before, during and after the commit, and in a create that must not be repeated. */
const BUCKET_POINTS: readonly Point[] = [
  held('bulk', { operation: 'ingestUpload' }),
  held('bulk', { operation: 'ingestClose' }),
  held('bulk', { operation: 'ingestResults' }),
  held('collections', { operation: 'collectionCreate' }),
  { ...held('collections', { operation: 'collectionCreate' }, 2), inWaves: true },
]

test.concurrent('with their files in a bucket that sometimes loses answers: the runs continue, and send nothing twice', async () => {
  for (const path of [/job\.json/, /intent\.json/, /settled\.json/]) {
    bucket.proxy.fail({ method: 'PUT', path, fault: { loseAnswer: true }, times: 6 })
  }
  bucket.proxy.fail({ method: 'GET', path: /chunks/, fault: { cutBodyAfter: 100 }, times: 6 })
  const uri = await bucket.source('people.csv', PEOPLE)
  const runs = await Promise.all(BUCKET_POINTS.map(point => startHeldRun(bucket.rig, point, uri)))
  const orgs = runs.map(({ org }) => org)
  await bucket.workers.start(orgs)
  await until(
    () => runs.map(holdsNow),
    holds => holds.every(Boolean),
  )
  await bucket.workers.kill()
  await bucket.workers.start(orgs)
  for (const run of runs) await checkHeldRun(bucket.rig, run)
}, 120_000)

test.concurrent('two load workers are killed and replaced, one after the other: no record is sent twice or lost', async () => {
  const split = await startLoadRig({ workers: 'elsewhere' })
  const pair = [0, 1].map(() => killableWorkers(split, { role: 'load' }))
  await split.work({ role: 'workflow' })
  const uri = await split.source(PEOPLE)
  const points = [held('bulk', { operation: 'ingestClose' }), held('collections', { operation: 'collectionCreate' })]
  const runs = await Promise.all(points.map(point => startHeldRun(split, point, uri)))
  const orgs = runs.map(({ org }) => org)
  for (const worker of pair) {
    await worker.startOne(orgs)
    await Promise.all(orgs.map(org => org.meetsFault()))
    await worker.kill()
    for (const { org, point } of runs) org.emulator.faults.add(point.rule)
  }
  for (const { emulator } of orgs) emulator.faults.clear()
  await pair[0]?.startOne(orgs)
  for (const run of runs) await checkHeldRun(split, run)
  await pair[0]?.kill()
  await split.close()
}, 180_000)

type Receivers = { readonly org: RigOrg; readonly answers: Promise<readonly AddRecordsAnswer[]> }

/** Two calls, held while their records are sent. */
async function startCalls(): Promise<Receivers> {
  const org = await rig.openOrg()
  org.emulator.faults.add(held('collections', { operation: 'collectionCreate' }).rule)
  return { org, answers: Promise.all(['r1', 'r2'].map(addRecord)) }
}

function addRecord(id: string): Promise<AddRecordsAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation('receiveRecords', {
    taskQueue: rig.taskQueue,
    workflowId: `receive/${rig.taskQueue}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ sync: 'received', idleFor: 60_000 }],
  })
  const call = { id, records: [{ last: id }] }
  return rig.client.workflow.executeUpdateWithStart('addRecords', { args: [call], startWorkflowOperation })
}

/** Each call is answered, also when it is repeated, and its record is in the org once. */
async function checkCalls({ org, answers }: Receivers): Promise<void> {
  const answered = await answers
  const ids = (await org.records('Contact', 'LastName', 'Id')).map(record => [record['LastName'], record['Id']])
  const results = answered.map(({ results }) => results.map(({ outcome, identity, id }) => [outcome, ...identity, id]))
  expect(results.flat()).toEqual(ids.toSorted().map(([name, id]) => ['created', name, id]))
  expect(results).toHaveLength(2)
  expect(await addRecord('r1')).toEqual(answered[0])
}
