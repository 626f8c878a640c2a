// Records that services add call by call: gathered, loaded by the same activities, each call answered with its own results.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client'
import { expect, test } from 'vitest'
import type { PruneRunsAnswer } from '../../../packages/client/contract/maintenance.ts'
import type { AddRecordsAnswer, ReceiveRecordsInput } from '../../../packages/client/contract/receiveRecords.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { ageRun } from '../../rig/agedRun.ts'
import { fileRig, startLoadRig, until } from '../../rig/loadRig.ts'

const CREATE = {
  connection: 'org-1',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/none.csv' },
  fields: { LastName: 'last', Email: 'email' },
  identityFields: ['last'],
  maxRejected: 0,
} satisfies SyncSpecInput
const UPSERT = {
  ...CREATE,
  operation: 'upsert',
  externalIdField: 'Ext_Id__c',
  fields: { LastName: 'last', Ext_Id__c: 'ext' },
} satisfies SyncSpecInput

const syncs = {
  signups: CREATE,
  repeated: CREATE,
  removed: CREATE,
  again: CREATE,
  corrected: { ...CREATE, fields: { LastName: 'last', Nonsense__c: 'email' } },
  bad: CREATE,
  cancelled: CREATE,
  terminated: CREATE,
  long: CREATE,
  customers: UPSERT,
}
const rig = await fileRig({ syncs, places: { retention: { completed: 86_400_000 } } })
const org = await rig.openOrg()

const QUICKLY = { idleFor: 300 }

function add(
  id: string,
  records: unknown,
  input: Partial<ReceiveRecordsInput> & { sync: string },
): Promise<AddRecordsAnswer> {
  return addAny({ id, records }, { ...QUICKLY, ...input })
}

function addAny(call: unknown, input: { readonly sync?: string }): Promise<AddRecordsAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation('receiveRecords', {
    taskQueue: rig.taskQueue,
    workflowId: workflowId(input.sync ?? randomUUID()),
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  })
  return rig.client.workflow.executeUpdateWithStart('addRecords', { args: [call], startWorkflowOperation })
}

/** All test files share the server. */
const workflowId = (sync: string): string => `receive/${sync}-${rig.taskQueue}`
const receiver = (sync: string): WorkflowHandle => rig.client.workflow.getHandle(workflowId(sync))

const people = (...names: readonly string[]) => names.map(last => ({ last, email: `${last}@example.com` }))
const outcomes = ({ results }: AddRecordsAnswer) => results.map(({ outcome }) => outcome)

async function namesIn(prefix: string): Promise<readonly unknown[]> {
  const records = await org.records('Contact', 'LastName')
  return records
    .map(record => record['LastName'])
    .filter(name => String(name).startsWith(prefix))
    .sort()
}

test('calls are gathered into one run, and each gets the results of its own records, in its order', async () => {
  const gathered = { sync: 'signups', gatherFor: 150 }
  const [first, second, third] = await Promise.all([
    add('s1', [...people('S1'), { last: '', email: 'x@example.com' }], gathered),
    add('s2', people('S2', 'S3'), gathered),
    add('s3', [{ last: 'S4', email: null }], gathered),
  ])
  expect(new Set([first?.runId, second?.runId, third?.runId]).size).toBe(1)
  expect(first?.results).toMatchObject([
    { row: 1, outcome: 'created', id: expect.stringMatching(/^003/), identity: ['S1'] },
    { row: 2, outcome: 'failed', errorMessage: 'Required fields are missing: [LastName]', identity: [''] },
  ])
  expect(second?.results).toMatchObject([
    { row: 1, outcome: 'created', identity: ['S2'] },
    { row: 2, outcome: 'created', identity: ['S3'] },
  ])
  expect(third?.results).toMatchObject([{ row: 1, outcome: 'created', identity: ['S4'] }])
  expect(await namesIn('S')).toEqual(['S1', 'S2', 'S3', 'S4'])
  await receiver(gathered.sync).result()
})

test('a repeated call gets the first answer and loads nothing: at once, later, and from the next receiver', async () => {
  const sync = 'repeated'
  const [first, same] = await Promise.all([add('r1', people('R1'), { sync }), add('r1', people('R1'), { sync })])
  expect(same).toEqual(first)
  expect(await add('r1', people('R1'), { sync })).toEqual(first)
  const { runId } = await receiver(sync).describe()
  await receiver(sync).result()
  expect(await add('r1', [{ email: 'R1@example.com', last: 'R1' }], { sync })).toEqual(first)
  expect((await receiver(sync).describe()).runId).not.toBe(runId)
  expect(await namesIn('R')).toEqual(['R1'])
  await expect(add('r1', people('R2'), { sync })).rejects.toMatchObject({
    cause: {
      type: 'CallIdTakenError',
      message: expect.stringContaining('The id r1 belongs to a call with other records'),
    },
  })
  expect(await namesIn('R')).toEqual(['R1'])
})

test('a call whose run failed resumes when it is repeated, and sends nothing twice', async () => {
  const sync = 'again'
  const match = { operation: 'collectionCreate' }
  org.emulator.faults.add({
    match,
    fault: { type: 'status', status: 403, body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'Off' }] },
    times: 1,
  })
  const call = () => add('a1', people('A1'), { sync })
  await expect(call()).rejects.toMatchObject({
    cause: { type: 'RequestRejectedError', message: expect.stringContaining('403') },
  })
  const answer = await call()
  expect(outcomes(answer)).toEqual(['created'])
  expect(await call()).toEqual(answer)
  expect(await namesIn('A')).toEqual(['A1'])
})

test('a call that failed because of the sync is loaded when the sync is corrected', async () => {
  const sync = 'corrected'
  await expect(add('m1', people('M1'), { sync })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('Nonsense__c') },
  })
  await receiver(sync).result()
  const places = { runStore: `file:${rig.folder}/runs` }
  const later = await startLoadRig({ syncs: { corrected: CREATE }, places })
  try {
    const { emulator } = await later.openOrg()
    const startWorkflowOperation = new WithStartWorkflowOperation('receiveRecords', {
      ...{ taskQueue: later.taskQueue, workflowId: workflowId(sync), workflowIdConflictPolicy: 'FAIL' as const },
      args: [{ ...QUICKLY, sync }],
    })
    const args = [{ id: 'm1', records: people('M1') }]
    const answer = await later.client.workflow.executeUpdateWithStart('addRecords', { args, startWorkflowOperation })
    expect(outcomes(answer as AddRecordsAnswer)).toEqual(['created'])
    expect(emulator.stats().created).toEqual({ Contact: 1 })
  } finally {
    await later.close()
  }
})

test('calls with the same record, and calls with other columns, are loaded one after the other', async () => {
  const gathered = { sync: 'customers', gatherFor: 150 }
  const one = (last: string, ext: string) => [{ last, ext }]
  const answers = await Promise.all([
    add('c1', one('C1', 'e-1'), gathered),
    add('c2', one('C2', ' E-1'), gathered),
    add('c3', one('C3', 'e-3'), gathered),
    add('c4', [{ last: 'C4', ext: 'e-4', note: 'x' }], gathered),
  ])
  const [first, second, third, fourth] = answers
  expect([first, second].flatMap(answer => outcomes(answer as AddRecordsAnswer)).sort()).toEqual(['created', 'updated'])
  expect([third, fourth].flatMap(answer => outcomes(answer as AddRecordsAnswer))).toEqual(['created', 'created'])
  expect(first?.runId).not.toBe(second?.runId)
  expect([first, second, third].map(answer => answer?.runId)).not.toContain(fourth?.runId)
  expect(await org.records('Contact', 'Ext_Id__c').then(all => all.filter(one => one['Ext_Id__c']).length)).toBe(3)
})

test('a cancelled receiver finishes the calls that it has begun, and asks the other callers to retry', async () => {
  const sync = 'cancelled'
  org.emulator.faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'delay', ms: 1_000 }, times: 1 })
  const begun = add('x1', people('X1'), { sync })
  await org.meetsFault()
  const waiting = add('x2', people('X2'), { sync })
  const rejected = expect(waiting).rejects.toMatchObject({ cause: { type: 'ReceiverStoppedError' } })
  await until(
    async () => (await receiver(sync).fetchHistory()).events ?? [],
    events => events.filter(event => event.workflowExecutionUpdateAcceptedEventAttributes).length === 2,
  )
  await receiver(sync).cancel()
  expect(outcomes(await begun)).toEqual(['created'])
  await rejected
  await expect(receiver(sync).result()).rejects.toThrow('cancelled')
  expect(outcomes(await add('x2', people('X2'), { sync }))).toEqual(['created'])
  expect(await namesIn('X')).toEqual(['X1', 'X2'])
})

test('a call whose receiver was terminated is answered by the run, which continues', async () => {
  const sync = 'terminated'
  const match = { operation: 'collectionCreate' }
  org.emulator.faults.add({ match, fault: { type: 'delay', ms: 1_500 }, times: 1 })
  const lost = add('t1', people('T1'), { sync }).catch(() => undefined)
  await org.meetsFault()
  await receiver(sync).terminate()
  await lost
  const [again, other] = await Promise.all([add('t1', people('T1'), { sync }), add('t2', people('T2'), { sync })])
  expect([again, other].map(outcomes)).toEqual([['created'], ['created']])
  expect(await namesIn('T')).toEqual(['T1', 'T2'])
})

test('a receiver with a large history continues as new, and keeps its earlier calls', async () => {
  const sync = 'long'
  const patient = { sync, idleFor: 60_000 }
  const large = (last: string, bytes: number) => [{ last, email: null, note: 'x'.repeat(bytes) }]
  const first = await add('l1', people('L1'), patient)
  const { runId } = await receiver(sync).describe()
  await add('l2', large('L2', 900_000), patient)
  await add('l3', large('L3', 400_000), patient)
  await until(
    () => receiver(sync).describe(),
    description => description.runId !== runId,
  )
  expect(await add('l1', people('L1'), patient)).toEqual(first)
  expect(outcomes(await add('l4', people('L4'), patient))).toEqual(['created'])
  expect(await namesIn('L')).toEqual(['L1', 'L2', 'L3', 'L4'])
  await receiver(sync).cancel()
})

test('a call whose run was removed is not loaded again', async () => {
  const sync = 'removed'
  const { runId } = await add('g1', people('G1'), { sync })
  await ageRun(join(rig.folder, 'runs', runId))
  expect((await rig.execute<PruneRunsAnswer>('pruneRuns', {})).removed).toContain(runId)
  await expect(add('g1', people('G1'), { sync })).rejects.toMatchObject({
    cause: { type: 'CallRemovedError', message: expect.stringContaining(runId) },
  })
  expect(await namesIn('G')).toEqual(['G1'])
})
