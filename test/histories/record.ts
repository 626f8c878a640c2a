// Records the histories of this version: npm run histories. Run it before a release and commit the files.
import { setTimeout as sleep } from 'node:timers/promises'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../loader/http/secret.ts'
import type { WorkflowType } from '../../packages/client/contract/names.ts'
import type { SyncSpecInput } from '../../packages/client/contract/syncSpec.ts'
import type { FaultRule } from '../../packages/emulator/index.ts'
import { PACKAGE_VERSION } from '../../workers/identity.ts'
import { type LoadRig, QUICK, type RigOrg, type StartedLoad, startLoadRig } from '../rig/loadRig.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../unit/notifications/receivers.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { dropHistories, storedHistories, storeHistory } from './storedHistories.ts'

const SYNC = {
  connection: 'org-1',
  object: 'Contact',
  operation: 'create',
  source: { uri: 'file:data/none.csv' },
  fields: { LastName: 'last' },
  identityFields: ['last'],
} satisfies SyncSpecInput

let rig: LoadRig
let org: RigOrg
let hook: WebhookReceiver
beforeAll(async () => {
  await dropHistories(PACKAGE_VERSION)
  hook = await startWebhookReceiver()
  rig = await startLoadRig({
    syncs: {
      signups: SYNC,
      skipping: { ...SYNC, source: { uri: 'file:data/none.csv', missing: 'skip' } },
      awaiting: { ...SYNC, source: { uri: 'file:data/awaited.csv', waitFor: '1m', stableFor: '50ms' } },
      notified: SYNC,
      companies: {
        ...{ ...SYNC, object: 'Account', source: { uri: 'file:data/companies.csv' } },
        fields: { Name: 'last' },
      },
      employees: {
        ...{ ...SYNC, source: { uri: 'file:data/employees.csv' } },
        fields: { LastName: 'last', AccountId: { sync: 'companies', from: 'company' } },
      },
    },
    places: { flows: new Map([['campaign', { syncs: ['companies', 'employees'] }]]) },
    notifications: sync => (sync === 'notified' ? { webhook: { url: new Secret(hook.url) } } : undefined),
  })
  org = await rig.openOrg({ processingDelayMs: 100 })
})
afterAll(async () => {
  await Promise.all([rig.close(), hook.close()])
})

/** Events of a history per request. */
const PAGE = 6

type Given = Readonly<Record<string, unknown>>

const people = (count: number) => `last\n${Array.from({ length: count }, (_, index) => `P${index + 1}\n`).join('')}`

const spec = async (engine: 'bulk' | 'collections', given: Given = {}): Promise<Given> => ({
  ...QUICK,
  ...SYNC,
  source: { uri: await rig.source(people(50)) },
  engine,
  chunk: { bulkRecords: 20, collectionsRecords: 20 },
  ...given,
})

async function store(name: Scenario, workflowId: string, runId?: string): Promise<void> {
  const { namespace } = rig.client.options
  const execution = { workflowId, ...(runId === undefined ? {} : { runId }) }
  const events = []
  let page: Uint8Array | undefined
  do {
    // Small pages: gRPC rejects an answer of more than 4 MB.
    const request = {
      namespace,
      execution,
      maximumPageSize: PAGE,
      ...(page === undefined ? {} : { nextPageToken: page }),
    }
    const answer = await rig.client.workflowService.getWorkflowExecutionHistory(request)
    events.push(...(answer.history?.events ?? []))
    page = answer.nextPageToken
  } while (page?.length)
  await storeHistory(PACKAGE_VERSION, name, { events })
}

async function ended(load: StartedLoad): Promise<string> {
  return load.report().then(
    ({ outcome }) => outcome,
    () => 'no report',
  )
}

/** Runs a load to its end and stores its history. Returns how it ended. */
async function record(name: Scenario, given: Given, fault?: FaultRule): Promise<string> {
  const rule = fault && org.emulator.faults.add(fault)
  const load = await rig.start(given)
  const outcome = await ended(load)
  if (rule !== undefined) org.emulator.faults.clear()
  await store(name, load.handle.workflowId)
  return outcome
}

async function recordAnswer(name: Scenario, type: WorkflowType, input: object): Promise<void> {
  const workflowId = `${name}-${rig.taskQueue}`
  const handle = await rig.client.workflow.start(type, { taskQueue: rig.taskQueue, workflowId, args: [input] })
  await handle.result().catch(() => undefined)
  await store(name, workflowId)
}

/** A run of a flow is named by its workflow. */
async function recordFlow(name: Scenario, type: 'planFlow' | 'runFlow'): Promise<void> {
  const workflowId = `flow/campaign/${name}-${rig.taskQueue}`
  const options = { taskQueue: rig.taskQueue, workflowId, args: [{ flow: 'campaign' }] }
  const { outcome } = await rig.client.workflow.execute(type, options)
  expect(outcome).toBe(type === 'runFlow' ? 'completed' : 'planned')
  await store(name, workflowId)
}

async function recordSync(name: Scenario, input: Given): Promise<string> {
  const workflowId = `${name}-${rig.taskQueue}`
  const options = { taskQueue: rig.taskQueue, workflowId, args: [input] }
  const handle = await rig.client.workflow.start('syncRecords', options)
  const outcome = await handle.result().then(
    (report: { readonly outcome: string }) => report.outcome,
    () => 'no report',
  )
  await store(name, workflowId)
  return outcome
}

test('loads through bulk', async () => {
  expect(await record('bulk-create', await spec('bulk'))).toBe('completed')
  const lock = { match: { method: 'JOB' }, fault: { type: 'lockRows', share: 0.5 }, times: 3 } as const
  expect(await record('bulk-resent-locked-rows', await spec('bulk'), lock)).toBe('completed')
  await org.create('Contact', [{ LastName: 'Known', Ext_Id__c: 'mix-2' }])
  const rows = 'action,ext,last\ncreate,mix-1,Mixed\nupdate,mix-2,Mixed\nupsert,mix-3,Mixed\nupdate,mix-4,Mixed\n'
  const mixed = {
    source: { uri: await rig.source(rows) },
    operation: { column: 'action' },
    keyField: 'Ext_Id__c',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'ext', LastName: 'last' },
  }
  expect(await record('bulk-mixed-operations', await spec('bulk', mixed))).toBe('completed_with_rejected')
})

test('a load that is cancelled, and the same run resumed', async () => {
  const given = await spec('bulk', { concurrency: 1 })
  org.emulator.faults.add({ match: { operation: 'ingestRead' }, fault: { type: 'delay', ms: 500 }, times: 1 })
  const load = await rig.start(given)
  await org.meetsFault()
  await load.handle.cancel()
  expect(await ended(load)).toBe('no report')
  org.emulator.faults.clear()
  await store('bulk-cancelled', load.handle.workflowId)
  const again = await rig.start(given, { runId: load.runId })
  expect(await ended(again)).toBe('completed')
  await store('bulk-resumed', again.handle.workflowId)
})

test('loads through collections', async () => {
  expect(await record('collections-create', await spec('collections'))).toBe('completed')
  await org.create('Contact', [{ LastName: 'Known', Email: 'known@acme.test' }])
  const update = {
    source: { uri: await rig.source('mail,last\nknown@acme.test,Changed\nunknown@acme.test,Changed\n') },
    operation: 'update',
    keyField: 'Email',
    fields: { Email: 'mail', LastName: 'last' },
  }
  expect(await record('collections-update-by-key', await spec('collections', update))).toBe('completed_with_rejected')
  const upsert = {
    source: { uri: await rig.source('ext,last\nup-1,Upserted\nup-2,Upserted\n') },
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'ext', LastName: 'last' },
  }
  expect(await record('collections-upsert', await spec('collections', upsert))).toBe('completed')
  const match = { operation: 'collectionCreate' }
  const cut = { match, fault: { type: 'cutAfter' }, times: 1 } as const
  expect(await record('collections-answer-lost', await spec('collections'), cut)).toBe('completed')
  const body = [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'Off' }]
  const reject = { match, fault: { type: 'status', status: 403, body }, after: 1 } as const
  expect(await record('collections-failed-half-way', await spec('collections'), reject)).toBe('no report')
})

test('loads that are rejected, are skipped, wait for their source, and send a notification', async () => {
  const inline = { source: { inline: [{ last: 'Kept' }, { last: '' }] }, engine: 'collections' }
  expect(await record('inline-with-rejected-records', { ...SYNC, ...inline })).toBe('completed_with_rejected')
  expect(await record('source-missing', await spec('bulk', SYNC))).toBe('no report')
  expect(await record('object-rejected', await spec('bulk', { object: 'Contract' }))).toBe('no report')
  expect(await recordSync('source-missing-skipped', { sync: 'skipping' })).toBe('skipped')
  expect(await recordSync('notified', { sync: 'notified' })).toBe('no report')
  expect(hook.received).toHaveLength(1)
  await recordAnswer('input-rejected', 'syncRecords', ['no object'])
  const waiting = recordSync('source-waited-for', { sync: 'awaiting' })
  await sleep(300)
  await rig.source(people(2), 'awaited.csv')
  expect(await waiting).toBe('completed')
})

test('parents that are looked up, that are rows of the same source, and that another sync of a flow writes', async () => {
  await org.create('Account', [{ Name: 'Acme' }])
  const lookup = { lookup: 'Account', by: 'Name', from: 'company' }
  const looked = {
    source: { uri: await rig.source('last,company\nAster,Acme\nBerg,Nowhere\n') },
    fields: { LastName: 'last', AccountId: lookup },
  }
  expect(await record('parents-looked-up', await spec('collections', looked))).toBe('completed_with_rejected')
  const hierarchy = {
    object: 'Account',
    source: { uri: await rig.source('ref,last,parent\n1,Office,2\n2,Country,3\n3,World,\n4,Lost,5\n') },
    fields: { Name: 'last', ParentId: { sync: 'self', by: 'ref', from: 'parent' } },
  }
  expect(await record('waves', await spec('bulk', hierarchy))).toBe('completed_with_rejected')
  await rig.source('last\nAcme West\n', 'companies.csv')
  await rig.source('last,company\nCohn,Acme West\n', 'employees.csv')
  await recordFlow('flow-planned', 'planFlow')
  await recordFlow('flow', 'runFlow')
})

test('a plan and its application, a run of what changed and its undo, and a run that is paused', async () => {
  const upsert = {
    source: { uri: await rig.source('ext,last\nplan-1,Planned\nplan-2,Planned\n') },
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    fields: { Ext_Id__c: 'ext', LastName: 'last' },
  }
  const plan = `planned-${rig.taskQueue}`
  await recordAnswer('planned', 'planRecords', { spec: await spec('collections', upsert), runId: plan })
  await recordAnswer('plan-applied', 'syncRecords', { plan })
  const changed = { ...upsert, source: { uri: await rig.source('ext,last\nplan-1,Changed\nplan-2,Planned\n') } }
  const load = await rig.start(await spec('collections', { ...changed, send: 'changed', undo: true }))
  expect(await load.report()).toMatchObject({ tally: { updated: 1, unchanged: 1 } })
  await store('changed-only', load.handle.workflowId)
  await recordAnswer('undone', 'syncRecords', { undoOf: load.runId })
  org.emulator.faults.add({ match: { operation: 'ingestRead' }, fault: { type: 'delay', ms: 500 }, times: 1 })
  const paused = await rig.start(await spec('bulk', { concurrency: 1 }))
  await org.meetsFault()
  await paused.handle.executeUpdate('pause', { args: [{ by: 'anna@ops' }] })
  await paused.handle.executeUpdate('resume', { args: [{}] })
  expect(await ended(paused)).toBe('completed')
  org.emulator.faults.clear()
  await store('paused', paused.handle.workflowId)
})

test('a run whose history has grown long', async () => {
  org.emulator.faults.add({
    match: { operation: 'collectionCreate' },
    fault: { type: 'delay', ms: 4_000 },
    times: 1,
  })
  const load = await rig.start(await spec('collections', { concurrency: 1 }))
  await org.meetsFault()
  // Signals without a handler: at 5 MB Temporal suggests a new history.
  const large = ' '.repeat(500_000)
  for (let sent = 0; sent < 10; sent += 1) await load.handle.signal('unknown', large)
  expect(await ended(load)).toBe('completed')
  org.emulator.faults.clear()
  const { workflowId, firstExecutionRunId } = load.handle
  const { runId } = await rig.client.workflow.getHandle(workflowId).describe()
  expect(runId).not.toBe(firstExecutionRunId)
  await store('continued-as-new', workflowId, firstExecutionRunId)
  await store('continuation', workflowId, runId)
})

test('a receiver and its calls', async () => {
  const workflowId = `receive/signups-${rig.taskQueue}`
  const call = (id: string, last: string) => {
    const startWorkflowOperation = new WithStartWorkflowOperation('receiveRecords', {
      taskQueue: rig.taskQueue,
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ sync: 'signups', idleFor: 1_000 }],
    })
    const args: [object] = [{ id, records: [{ last }] }]
    return rig.client.workflow.executeUpdateWithStart('addRecords', { args, startWorkflowOperation })
  }
  await Promise.all([call('a', 'Amundsen'), call('b', 'Byrd')])
  await call('a', 'Amundsen')
  await rig.client.workflow.getHandle(workflowId).result()
  await store('received-calls', workflowId)
})

test('queries, checks and pruning', async () => {
  const { connection } = org
  await recordAnswer('tested-connection', 'testConnection', { connection })
  await recordAnswer('failed-connection-test', 'testConnection', { connection: 'nowhere' })
  await recordAnswer('fetched-versions', 'fetchVersions', { connection })
  await recordAnswer('listed-objects', 'listObjects', { connection })
  await recordAnswer('described-object', 'describeObject', { connection, object: 'Contact' })
  await recordAnswer('checked-sync', 'checkSync', { sync: 'signups' })
  await recordAnswer('checked-worker', 'checkWorker', {})
  await recordAnswer('pruned-runs', 'pruneRuns', { retention: 86_400_000, dryRun: true })
})

test('every history was recorded', async () => {
  const names = (await storedHistories(PACKAGE_VERSION)).map(({ name }) => name)
  expect(names).toEqual([...SCENARIOS].sort())
})
