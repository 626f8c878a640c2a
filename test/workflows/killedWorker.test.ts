// Workers are killed (SIGKILL) with runs at every point of a create, and started again: each record is in the org exactly once.
import { setTimeout as sleep } from 'node:timers/promises'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FaultRule } from '../../emulator/index.ts'
import { seededRandom } from '../../emulator/random.ts'
import type { AddRecordsAnswer } from '../../workflows/contract.ts'
import { type KillableWorkers, killableWorkers } from './killableWorkers.ts'
import { type LoadRig, QUICK, type RigOrg, type StartedLoad, startLoadRig, until } from './loadRig.ts'
import type { RigSyncs } from './rigConfiguration.ts'

let rig: LoadRig
let workers: KillableWorkers
beforeAll(async () => {
  rig = await startLoadRig({ workers: 'elsewhere', syncs })
  workers = killableWorkers(rig, { syncs })
})
afterAll(async () => {
  await workers.kill()
  await rig.close()
})

const RECORDS = 700

const names = Array.from({ length: RECORDS }, (_, index) => `P${index + 1}`)

type Point = { readonly engine: 'bulk' | 'collections'; readonly rule: FaultRule }

/** Milliseconds: a request is held for so long, and done all the same, also when nobody waits for its answer any more. */
const HELD = 6_000

const held = (engine: Point['engine'], match: FaultRule['match'], after = 0): Point => ({
  engine,
  rule: { ...(match === undefined ? {} : { match }), fault: { type: 'delay', ms: HELD }, times: 1, after },
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
]

/** Every request takes a random while, so that the kill finds each run somewhere else. */
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

test('held at each request, and at random points: the runs go on, and send nothing twice', async () => {
  const receivers = await startCalls()
  const runs = await Promise.all([...HELD_POINTS, ...RANDOM_POINTS].map(startRun))
  const orgs = [receivers.org, ...runs.map(({ org }) => org)]
  await workers.start(orgs)
  await until(
    () => orgs.slice(0, 1 + HELD_POINTS.length).map(({ emulator }) => emulator.faults.list()[0]?.hits),
    hits => hits.every(hit => hit === 1),
  )
  await sleep(500 * seededRandom(20261125)())
  await workers.kill()
  for (const { org } of runs.slice(HELD_POINTS.length)) org.emulator.faults.clear()
  await workers.start(orgs)
  await checkCalls(receivers)
  for (const { point, org, load } of runs) {
    const { tally } = await load.report()
    const records = await org.records('Contact', 'LastName', 'Id')
    const ids = new Map(records.map(record => [record['LastName'], record['Id']]))
    const results = await rig.rows(load.runId, 'results.csv')
    const right = results.filter(({ last, id }, index) => last === names[index] && id === ids.get(last))
    expect({ point, tally, records: records.length, right: right.length }).toEqual({
      point,
      tally: { created: RECORDS, updated: 0, failed: 0, inDoubt: 0 },
      records: RECORDS,
      right: RECORDS,
    })
  }
}, 120_000)

type Receivers = { readonly org: RigOrg; readonly answers: Promise<readonly AddRecordsAnswer[]> }

/** Two calls, held when their records are sent. */
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

/** Each is answered, also once more, and its record is in the org once. */
async function checkCalls({ org, answers }: Receivers): Promise<void> {
  const answered = await answers
  const ids = (await org.records('Contact', 'LastName', 'Id')).map(record => [record['LastName'], record['Id']])
  const results = answered.map(({ results }) => results.map(({ outcome, identity, id }) => [outcome, ...identity, id]))
  expect(results.flat()).toEqual(ids.toSorted().map(([name, id]) => ['created', name, id]))
  expect(results).toHaveLength(2)
  expect(await addRecord('r1')).toEqual(answered[0])
}

async function startRun(point: Point): Promise<{ point: Point; org: RigOrg; load: StartedLoad }> {
  const org = await rig.openOrg()
  org.emulator.faults.add(point.rule)
  const load = await rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(`last\n${names.join('\n')}\n`) },
    fields: { LastName: 'last' },
    identityFields: ['last'],
    resultColumns: ['id'],
    engine: point.engine,
    concurrency: 1,
    chunk: { bulkRecords: 300, collectionsRecords: 400 },
    resend: { ...QUICK.resend, lostAnswerWait: 2 * HELD },
  })
  return { point, org, load }
}
