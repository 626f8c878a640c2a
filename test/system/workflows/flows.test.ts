// A flow: syncs one after the other, whose records are parents of each other. Against Temporal and an emulated org.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import type { FlowPlan, FlowReport, RunFlowInput } from '../../../packages/client/contract/runFlow.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { type LoadRig, type RigOrg, startLoadRig } from '../../rig/loadRig.ts'
import type { RigSyncs } from '../../rig/rigConfiguration.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../../unit/notifications/receivers.ts'

let rig: LoadRig
let org: RigOrg
let hook: WebhookReceiver

const SYNC: Pick<SyncSpecInput, 'connection' | 'operation' | 'identityFields' | 'undo'> = {
  ...{ connection: 'org-1', operation: 'create', identityFields: ['ref'], undo: true },
}

const syncs: RigSyncs = {
  accounts: {
    ...{ ...SYNC, object: 'Account', source: { uri: 'file:data/accounts-{date}.csv' } },
    fields: { Name: 'name', NumberOfEmployees: 'employees' },
  },
  contacts: {
    ...{ ...SYNC, object: 'Contact', source: { uri: 'file:data/contacts-{date}.csv' } },
    fields: { LastName: 'last', AccountId: { sync: 'accounts', from: 'account' } },
  },
  tasks: {
    ...{ ...SYNC, object: 'Task', source: { uri: 'file:data/tasks-{date}.csv' } },
    fields: { Subject: 'subject', WhoId: { sync: 'contacts', by: 'ref', from: 'who' } },
  },
}

const flows = new Map([['campaign', { syncs: ['accounts', 'contacts', 'tasks'] }]])

beforeAll(async () => {
  hook = await startWebhookReceiver()
  rig = await startLoadRig({
    syncs,
    places: { flows },
    notifications: name => (name === 'campaign' ? { webhook: { url: new Secret(hook.url) } } : undefined),
  })
  org = await rig.openOrg()
})
afterAll(async () => {
  await Promise.all([rig.close(), hook.close()])
})

const SOURCES = {
  accounts: 'ref,name,employees\nA-1,Acme,5\nA-2,,6\n',
  contacts: 'ref,last,account\nC-1,Aster,A-1\nC-2,Berg,A-2\nC-3,Cohn,A-9\nC-4,Dahl,\n',
  tasks: 'ref,subject,who\nT-1,Call,C-1\nT-2,Write,C-2\n',
}

let days = 0

/** Writes the sources of a day of its own. Returns the day. */
async function sources(given: Partial<typeof SOURCES> = {}): Promise<string> {
  days += 1
  const day = `2026-11-${String(days).padStart(2, '0')}`
  for (const [name, text] of Object.entries({ ...SOURCES, ...given })) await rig.source(text, `${name}-${day}.csv`)
  return day
}

async function start(type: 'runFlow' | 'planFlow', input: Partial<RunFlowInput> = {}, label: string = randomUUID()) {
  const args = [{ flow: 'campaign', ...input }]
  const workflowId = `flow/campaign/${label}`
  return rig.client.workflow.start(type, { taskQueue: rig.taskQueue, workflowId, args })
}

const at = (day: string) => ({ scheduledTime: `${day}T01:00:00Z` })

const messageOf = (error: unknown): string => String((error as { cause?: Error }).cause?.message ?? error)

const pageOf = async (handle: { query: (name: string) => Promise<unknown> }): Promise<string> =>
  ((await handle.query('__temporal_workflow_metadata')) as { currentDetails?: string }).currentDetails ?? ''

const reasons = async (runId: string) => (await rig.rows(runId, 'results.csv')).map(row => row['errormessage'])

test('the syncs of a flow run one after the other, and records find the parents that the run before has written', async () => {
  const day = await sources()
  const label = randomUUID()
  const handle = await start('runFlow', at(day), label)
  const report = (await handle.result()) as FlowReport
  expect(report).toMatchObject({
    ...{ runId: `campaign.${label}`, flow: 'campaign', outcome: 'completed_with_rejected', records: 8 },
    tally: { created: 4, failed: 4, inDoubt: 0 },
    syncs: [
      { sync: 'accounts', report: { runId: `accounts.campaign.${label}`, tally: { created: 1, failed: 1 } } },
      { sync: 'contacts', report: { runId: `contacts.campaign.${label}`, tally: { created: 2, failed: 2 } } },
      { sync: 'tasks', report: { tally: { created: 1, failed: 1 } } },
    ],
  })
  const [acme] = await org.records('Account', 'Id', 'Name')
  const contacts = await org.records('Contact', 'Id', 'LastName', 'AccountId')
  expect(contacts.map(({ LastName, AccountId }) => [LastName, AccountId])).toEqual([
    ['Aster', acme?.['Id']],
    ['Dahl', null],
  ])
  expect(await org.records('Task', 'Subject', 'WhoId')).toMatchObject([{ Subject: 'Call', WhoId: contacts[0]?.['Id'] }])
  expect(await reasons(`contacts.campaign.${label}`)).toEqual([
    '',
    'Account ID: its parent, row 2 of the sync accounts, was rejected: REQUIRED_FIELD_MISSING: Required fields are missing: [Name]',
    'Account ID: no row of the sync accounts has ref "A-9"; correct it, or set none: blank',
    '',
  ])
  expect(await pageOf(handle)).toContain('### Completed: 3 of 3 syncs ended')
  expect(await pageOf(handle)).toContain(`sflink sync retry accounts.campaign.${label}`)
})

test('a flow whose second sync fails is resumed: what has completed does not run again, and one notification is sent', async () => {
  const day = await sources({ contacts: SOURCES.contacts.replace('account', 'company') })
  const label = randomUUID()
  const before = (await org.records('Account', 'Id')).length
  const failed = await start('runFlow', at(day), label)
  const message = await failed.result().then(() => '', messageOf)
  expect(message).toMatch(
    /^Sync contacts, 2 of 3 of the flow campaign: The source data\/contacts.*column "account" is not in the header/,
  )
  expect(await pageOf(failed)).toContain(`sflink flow resume campaign.${label}`)
  expect(await failed.query('progress')).toMatchObject({
    syncs: [{ state: 'completed_with_rejected' }, { state: 'waiting' }, { state: 'waiting' }],
  })
  await rig.source(SOURCES.contacts, `contacts-${day}.csv`)
  const report = (await (await start('runFlow', at(day), label)).result()) as FlowReport
  expect(report).toMatchObject({ outcome: 'completed_with_rejected', tally: { created: 4 } })
  expect(await org.records('Account', 'Id')).toHaveLength(before + 1)
  expect(hook.received.map(({ notification }) => [notification.event, notification.run.runId])).toEqual([
    ['failing', `campaign.${label}`],
    ['recovered', `campaign.${label}`],
  ])
  expect(hook.received[0]?.notification).toMatchObject({
    flow: 'campaign',
    text: expect.stringMatching(/^Flow campaign is failing: Sync contacts/),
  })
})

test('a plan of a flow names the rows of parents that do not exist yet, sends nothing, and its children are not applied', async () => {
  const day = await sources()
  const label = randomUUID()
  const before = await org.records('Contact', 'Id')
  const plan = (await (await start('planFlow', at(day), label)).result()) as FlowPlan
  expect(plan).toMatchObject({ outcome: 'planned', records: 8, verdicts: { create: 4, rejected: 4 } })
  const rows = await rig.rows(`contacts.campaign.${label}`, 'plan.csv')
  expect(rows.map(row => row['new.AccountId'])).toEqual(['row 1 of accounts', '', '', ''])
  expect(await org.records('Contact', 'Id')).toEqual(before)
  const applied = await rig.client.workflow.start('syncRecords', {
    ...{ taskQueue: rig.taskQueue, workflowId: `sync/contacts/campaign.${label}` },
    args: [{ plan: `contacts.campaign.${label}` }],
  })
  await expect(applied.result().then(() => '', messageOf)).resolves.toContain('it is for reading only; run the flow')
})

test('the undo of a flow takes back its runs, the last one first', async () => {
  const day = await sources()
  const label = randomUUID()
  const count = async () =>
    Promise.all(['Account', 'Contact', 'Task'].map(async one => (await org.records(one, 'Id')).length))
  const before = await count()
  await (await start('runFlow', at(day), label)).result()
  expect(await count()).not.toEqual(before)
  const undo = await start('runFlow', { undoOf: `campaign.${label}` })
  const report = (await undo.result()) as FlowReport
  expect(report.syncs.map(({ sync, report: { undoOf } }) => [sync, undoOf])).toEqual([
    ['tasks', `tasks.campaign.${label}`],
    ['contacts', `contacts.campaign.${label}`],
    ['accounts', `accounts.campaign.${label}`],
  ])
  expect(report).toMatchObject({ outcome: 'completed', tally: { deleted: 4, failed: 0 } })
  expect(await count()).toEqual(before)
  const again = await start('runFlow', { undoOf: `campaign.${label}` })
  await expect(again.result().then(() => '', messageOf)).resolves.toContain(
    'have written nothing that is not undone yet',
  )
  const resumed = await start('runFlow', at(day), label)
  await expect(resumed.result().then(() => '', messageOf)).resolves.toContain(
    'so it does not continue; start a new run',
  )
})

test('a flow that is cancelled cancels its run, which keeps its results', async () => {
  const day = await sources()
  const label = randomUUID()
  const input = {
    ...at(day),
    specs: { contacts: { chunk: { collectionsRecords: 1 }, engine: 'collections', concurrency: 1, groupBy: 'none' } },
  }
  // The first request creates accounts.
  org.emulator.faults.add({
    match: { operation: 'collectionCreate' },
    after: 1,
    times: 1,
    fault: { type: 'delay', ms: 2_000 },
  })
  const handle = await start('runFlow', input, label)
  const child = rig.client.workflow.getHandle(`sync/contacts/campaign.${label}`)
  await org.meetsFault()
  expect(await handle.query('progress')).toMatchObject({ syncs: [{ sync: 'accounts' }, { state: 'running' }, {}] })
  await handle.cancel()
  await expect(handle.result()).rejects.toThrow()
  expect((await handle.describe()).status.name).toBe('CANCELLED')
  expect((await child.describe()).status.name).toBe('CANCELLED')
  expect(await reasons(`contacts.campaign.${label}`)).toMatchObject(
    [/^$/, /parent/, /no row/, /Not sent: the run was cancelled/].map(words => expect.stringMatching(words)),
  )
  expect(await pageOf(handle)).toContain('### Cancelled: 1 of 3 syncs ended')
  const report = (await (await start('runFlow', input, label)).result()) as FlowReport
  expect(report).toMatchObject({ tally: { created: 4, failed: 4, inDoubt: 0 } })
})

test('a flow continues on another worker, and sends nothing twice', async () => {
  const own = await startLoadRig({ workers: 'elsewhere', syncs, places: { flows } })
  try {
    const first = await own.work()
    const target = await own.openOrg()
    for (const [name, text] of Object.entries(SOURCES)) await own.source(text, `${name}-2026-11-01.csv`)
    target.emulator.faults.add({
      ...{ match: { operation: 'collectionCreate' }, after: 1, times: 1, fault: { type: 'delay', ms: 1_000 } },
    })
    const workflowId = `flow/campaign/${randomUUID()}`
    const args = [{ flow: 'campaign', ...at('2026-11-01') }]
    const handle = await own.client.workflow.start('runFlow', { taskQueue: own.taskQueue, workflowId, args })
    await target.meetsFault()
    first.stop()
    await first.stopped
    await own.work()
    expect(await handle.result()).toMatchObject({ tally: { created: 4, failed: 4, inDoubt: 0 } })
    expect(await target.records('Contact', 'LastName')).toHaveLength(2)
  } finally {
    await own.close()
  }
})

test.each<[problem: string, input: Partial<RunFlowInput>, message: string]>([
  ['an unknown flow', { flow: 'campain' }, 'the workflow is called flow/campaign/'],
  [
    'a sync that it does not have',
    { specs: { leads: {} } },
    'specs: leads: not a sync of the flow campaign; it has accounts, contacts, tasks',
  ],
  ['an open placeholder', {}, '{date} is open; give scheduledTime'],
  [
    'a field that the last sync maps wrongly',
    { ...at('2026-11-01'), specs: { tasks: { fields: { Subjekt: 'subject' } } } },
    'Sync tasks: The load into Task: fields.Subjekt: Task.Subjekt is unknown',
  ],
  [
    'an object that is no parent',
    { ...at('2026-11-01'), specs: { contacts: { object: 'Case', fields: { Subject: 'last' } } } },
    'Sync tasks: fields.WhoId: it refers to Contact, Lead, and the sync contacts loads Case',
  ],
  ['an undo of another flow', { undoOf: 'other.x' }, 'undoOf: other.x is no run of the flow campaign'],
  ['an undo of a run that does not exist', { undoOf: 'campaign.x' }, 'Flow run campaign.x: there is no run of it in'],
])('%s stops a flow before its first sync', async (_, input, message) => {
  const before = await org.records('Account', 'Id')
  const handle = await start('runFlow', input)
  await expect(handle.result().then(() => '', messageOf)).resolves.toContain(message)
  expect(await org.records('Account', 'Id')).toEqual(before)
})
