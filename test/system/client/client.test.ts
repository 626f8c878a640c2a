// The package as a service uses it: starts loads once, tests connections, adds records; and the published JSON Schemas.
import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { freePort } from '../../../dev/processes/freePort.ts'
import { Secret } from '../../../loader/http/secret.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import {
  addRecords,
  applyPlan,
  connect,
  planSync,
  runSync,
  startSync,
  testConnection,
} from '../../../packages/client/index.ts'
import { fileRig } from '../../rig/loadRig.ts'
import { schemaErrors } from '../../rig/publishedSchema.ts'

/** All test files share the server. */
const sync = `client-${randomUUID().slice(0, 8)}`

const spec = {
  connection: 'org-1',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/none.csv' },
  fields: { LastName: 'last' },
  identityFields: ['last'],
} satisfies SyncSpecInput
const rig = await fileRig({ syncs: { [sync]: spec } })
const org = await rig.openOrg()
const queue = { taskQueue: rig.taskQueue }

const records = (...names: readonly string[]) => names.map(last => ({ last }))

async function namesIn(prefix: string): Promise<readonly unknown[]> {
  const all = await org.records('Contact', 'LastName')
  return all
    .map(record => record['LastName'])
    .filter(name => String(name).startsWith(prefix))
    .sort()
}

test('a load started twice, concurrently or after its end, runs once and returns one report', async () => {
  const request = { sync, label: 'order-1', records: records('A1', '') }
  const [first, second] = await Promise.all([
    startSync(rig.client, request, queue),
    runSync(rig.client, { ...request }, queue),
  ])
  const report = await first.result()
  expect(second).toEqual(report)
  expect(await runSync(rig.client, request, queue)).toEqual(report)
  expect(first).toMatchObject({ workflowId: `sync/${sync}/order-1`, runId: `${sync}.order-1` })
  expect(await first.progress()).toMatchObject({ stage: 'done', settled: 2 })
  expect(report.results?.map(({ outcome, errorMessage }) => [outcome, errorMessage])).toEqual([
    ['created', ''],
    ['failed', 'Required fields are missing: [LastName]'],
  ])
  expect(await namesIn('A')).toEqual(['A1'])
  expect(schemaErrors('syncRecords.report', report)).toEqual([])
  expect(schemaErrors('syncRecords.progress', await first.progress())).toEqual([])
})

test('a label of another load is rejected, whether that load is running or ended', async () => {
  await runSync(rig.client, { sync, label: 'order-2', records: records('B1') }, queue)
  const other = { sync, label: 'order-2', records: records('B2') }
  await expect(startSync(rig.client, other, queue)).rejects.toMatchObject({
    name: 'RunDiffersError',
    workflowId: `sync/${sync}/order-2`,
    message: expect.stringContaining('was started before with another input'),
  })
  expect(await namesIn('B')).toEqual(['B1'])
})

/** An answer without Salesforce's words would be one of an edge, and the outcome of the request unknown. */
const REJECTION = {
  type: 'status',
  status: 403,
  body: [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights' }],
} as const

test('the failed records of a load are loaded again, and a load is undone, by its run id', async () => {
  const { runId } = await runSync(rig.client, { sync, label: 'order-5', records: records('E1', '') }, queue)
  const retry = await runSync(rig.client, { sync, label: 'order-5-again', retryOf: runId }, queue)
  expect(retry).toMatchObject({ retryOf: runId, records: 1, tally: { created: 0, failed: 1 } })
  expect(retry).not.toHaveProperty('results')
  const undo = { sync, label: 'order-5-undo', undoOf: runId }
  const undone = await runSync(rig.client, undo, queue)
  expect(undone).toMatchObject({ undoOf: runId, outcome: 'completed', records: 1, tally: { deleted: 1 } })
  expect(await runSync(rig.client, undo, queue)).toEqual(undone)
  expect(await namesIn('E')).toEqual([])
  expect(schemaErrors('syncRecords.report', undone)).toEqual([])
  await expect(runSync(rig.client, { ...undo, label: 'order-5-undo-2' }, queue)).rejects.toThrow(
    `the run ${sync}.order-5-undo has undone it already`,
  )
})

test('a failed load resumes when it is started again', async () => {
  const request = { sync, label: 'order-3', records: records('C1') }
  const match = { operation: 'collectionCreate' }
  org.emulator.faults.add({ match, fault: REJECTION, times: 1 })
  await expect(runSync(rig.client, request, queue)).rejects.toMatchObject({
    name: 'RunFailedError',
    type: 'RequestRejectedError',
    message: expect.stringContaining('403'),
  })
  expect(await runSync(rig.client, request, queue)).toMatchObject({ outcome: 'completed' })
  expect(await namesIn('C')).toEqual(['C1'])
})

test('a cancelled load reports its cancellation, and resumes when it is started again', async () => {
  const request = { sync, label: 'order-4', records: records('D1') }
  org.emulator.faults.add({ match: { operation: 'describe' }, fault: { type: 'delay', ms: 1_000 }, times: 1 })
  const { cancel, result } = await startSync(rig.client, request, queue)
  await cancel()
  await expect(result()).rejects.toMatchObject({ name: 'RunFailedError', type: 'cancelled' })
  expect(await runSync(rig.client, request, queue)).toMatchObject({ outcome: 'completed' })
  expect(await namesIn('D')).toEqual(['D1'])
})

test('a paused load sends nothing until it is resumed', async () => {
  const request = { sync, label: 'paused-order', records: records('W1') }
  org.emulator.faults.add({ match: { operation: 'query' }, fault: { type: 'delay', ms: 1_000 }, times: 1 })
  const { pause, resume, progress, result } = await startSync(rig.client, request, queue)
  const paused = await pause({ by: 'order service' })
  expect(paused).toMatchObject({ changed: true, paused: { by: 'order service' } })
  expect(schemaErrors('pause.answer', paused)).toEqual([])
  await vi.waitFor(
    async () => expect(await progress()).toMatchObject({ stage: 'sending', paused: paused.paused }),
    10_000,
  )
  expect(await namesIn('W')).toEqual([])
  expect(await resume()).toMatchObject({ changed: true })
  expect(await result()).toMatchObject({ outcome: 'completed' })
  expect(await namesIn('W')).toEqual(['W1'])
})

test.each([
  [{ sync: 'unknown', label: 'x' }, 'no such sync'],
  [{ sync, label: 'a/b' }, 'a label without / and \\'],
  [{ sync, label: '' }, 'a label without / and \\'],
  [{ sync, label: 'bad', spec: { object: 'Contact', keyField: 7 as unknown as string } }, 'keyField'],
])('an invalid request is rejected: %o', async (request, message) => {
  await expect(runSync(rig.client, request, queue)).rejects.toMatchObject({
    name: 'InputRejectedError',
    message: expect.stringContaining(message),
  })
})

test('tests a connection, and reports the reason when it does not work', async () => {
  const answer = await testConnection(rig.client, 'org-1', queue)
  expect(answer).toMatchObject({ connection: 'org-1', instanceUrl: org.emulator.url })
  expect(schemaErrors('testConnection.answer', answer)).toEqual([])
  const closed = rig.addConnection({
    loginUrl: org.emulator.url,
    auth: { flow: 'access_token', accessToken: new Secret('00D!mistaken') },
  })
  await expect(testConnection(rig.client, closed, queue)).rejects.toMatchObject({ name: 'RunFailedError' })
  await expect(testConnection(rig.client, 'nowhere', queue)).rejects.toMatchObject({
    name: 'InputRejectedError',
    type: 'ConfigurationError',
    message: expect.stringContaining("there is no connection 'nowhere'"),
  })
})

test('answers each of more concurrent callers than Temporal accepts with their own results', async () => {
  const ids = Array.from({ length: 14 }, (_, index) => `E${index + 10}`)
  const add = (id: string) =>
    addRecords(rig.client, { sync, id, records: records(id, ''), receiver: { idleFor: 1_000 } }, queue)
  const answers = await Promise.all(ids.map(add))
  expect(answers.map(({ results }) => results.map(({ outcome, identity }) => [outcome, ...identity]))).toEqual(
    ids.map(id => [
      ['created', id],
      ['failed', ''],
    ]),
  )
  expect(await namesIn('E')).toEqual(ids)
  expect(await add('E10')).toEqual(answers[0])
  expect(schemaErrors('addRecords.answer', answers[0])).toEqual([])
})

test('reports to the caller that no worker runs, or that Temporal is not reachable', async () => {
  const unused = { taskQueue: `unused-${randomUUID()}` }
  const missing = {
    name: 'NoWorkerError',
    taskQueue: unused.taskQueue,
    message: expect.stringContaining('sflink worker'),
  }
  const address = `127.0.0.1:${await freePort()}`
  process.env['TEMPORAL_ADDRESS'] = address
  await Promise.all([
    expect(runSync(rig.client, { sync, label: 'no-worker' }, unused)).rejects.toMatchObject(missing),
    expect(testConnection(rig.client, 'org-1', unused)).rejects.toMatchObject(missing),
    expect(addRecords(rig.client, { sync: `${sync}-2`, id: 'F', records: records('F') }, unused)).rejects.toMatchObject(
      missing,
    ),
    expect(connect()).rejects.toMatchObject({
      name: 'TemporalUnreachableError',
      message: expect.stringContaining(`Temporal cannot be reached at ${address}`),
    }),
  ])
})

test('a plan made twice is one plan, and it is applied once; its label is taken then', async () => {
  const request = { sync, label: 'plan-1', records: records('P1', '') }
  const [report, again] = await Promise.all([
    planSync(rig.client, request, queue),
    planSync(rig.client, { ...request }, queue),
  ])
  expect(again).toEqual(report)
  expect(report.verdicts).toMatchObject({ create: 1, rejected: 1 })
  expect(report.changes).toEqual([
    { row: 1, verdict: 'create', id: '', identity: ['P1'], fields: [{ field: 'LastName', new: 'P1' }] },
  ])
  expect(schemaErrors('planRecords.report', report)).toEqual([])
  expect(await namesIn('P')).toEqual([])
  await expect(startSync(rig.client, request, queue)).rejects.toMatchObject({ name: 'RunDiffersError' })
  const [applied, twice] = await Promise.all([
    applyPlan(rig.client, report.runId, queue),
    applyPlan(rig.client, report.runId, queue),
  ])
  expect(applied).toMatchObject({
    runId: report.runId,
    tally: { created: 1, failed: 1 },
    results: [{ row: 1 }, { row: 2 }],
  })
  expect(twice).toEqual(applied)
  expect(await applyPlan(rig.client, report.runId, queue)).toEqual(applied)
  expect(await namesIn('P')).toEqual(['P1'])
  await expect(planSync(rig.client, request, queue)).rejects.toMatchObject({ name: 'RunDiffersError' })
})
