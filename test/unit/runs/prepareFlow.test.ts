// Which flows may begin, and what their undo is made of. The steps read the run store alone.
import { expect, test } from 'vitest'
import { runsToUndo } from '../../../loader/runs/flowUndo.ts'
import { type PrepareFlowInput, prepareFlow } from '../../../loader/runs/prepareFlow.ts'
import type { CallerRules } from '../../../loader/spec/callerRules.ts'
import { flowRunNameOf } from '../../../packages/client/contract/names.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { CONTACT, PARENTS, specOf } from '../../rig/describes.ts'
import { dependenciesOf, newWorld, stepOf } from '../protocol/memoryLoad.ts'

const SYNCS = new Map([
  ['accounts', specOf({ object: 'Account', fields: { Name: 'name' } })],
  ['contacts', specOf({ fields: { LastName: 'last', AccountId: { sync: 'accounts', from: 'account' } } })],
])
const NAMES = [...SYNCS.keys()]

/** A source that exists. */
const THERE = { version: '1', bytes: 1, changedAt: undefined }

const runStores = () => dependenciesOf(newWorld([], { fields: { LastName: 'last' } })).runStores

const prepare = (input: Partial<PrepareFlowInput>, allow?: CallerRules, stores = runStores()) =>
  prepareFlow(
    {
      ...{ runStores: stores, syncNames: NAMES, flowNames: ['campaign'], allow, scheduleZone: () => undefined },
      sync: name => SYNCS.get(name),
      flow: name => (name === 'campaign' ? NAMES : undefined),
      connection: () => {
        throw new Error('The org was asked')
      },
      statSource: async ({ uri }) => (uri.includes('gone') ? undefined : THERE),
    },
    { flow: 'campaign', workflowId: 'flow/campaign/x', at: Date.now(), plans: false, ...input },
    stepOf(),
  )

test.each<[message: string, input: Partial<PrepareFlowInput>, allow?: CallerRules]>([
  ['start it as flow/campaign/LABEL, with a label such as the date', { workflowId: 'my-flow' }],
  ['start it as flow/campaign/LABEL', { workflowId: 'flow/other/x' }],
  [
    "Flow campain: the worker's configuration has no such flow; it has campaign; did you mean",
    {
      ...{ flow: 'campain', workflowId: 'flow/campain/x' },
    },
  ],
  [
    'its name belongs to a start of the schedule at a time that has not come',
    {
      workflowId: 'flow/campaign/scheduled-2999-01-01T00:00:00Z',
    },
  ],
  ['specs: leads: not a sync of the flow campaign; it has accounts, contacts', { specs: { leads: {} } }],
  ['Sync contacts: callers may not run it; allowed: accounts', {}, { syncs: ['accounts'], overrides: [] }],
  [
    'Sync contacts: its source file:data/gone.csv does not exist; check its name, or export it again; nothing was sent',
    { specs: { contacts: { source: { uri: 'file:data/gone.csv' } } } },
  ],
  [
    'Sync accounts: a run may not replace maxRejected',
    { specs: { accounts: { maxRejected: 1 } } },
    {
      ...{ syncs: NAMES, overrides: [] },
    },
  ],
])('%s', async (message, input, allow) => {
  await expect(prepare(input, allow)).rejects.toThrow(message)
})

test.each([{ waitFor: '2h' }, { missing: 'skip' }, { uri: 'database:gone', query: 'SELECT 1' }])(
  'a source may be absent when the run waits for it or skips it, and a query is not asked before: %j',
  async more => {
    const specs = { contacts: { source: { uri: 'file:data/gone.csv', ...more } } }
    await expect(prepare({ specs })).rejects.toThrow('The org was asked')
  },
)

const reportOf = (outcome: string, created: number) => ({
  ...{ runId: 'x', outcome, connection: 'c', object: 'Account', records: created + 1 },
  tally: { created, updated: 0, deleted: 0, unchanged: 0, failed: 1, inDoubt: 0 },
  ...{ startedAt: '2026-11-25T01:00:00', finishedAt: '2026-11-25T01:05:00' },
})

const [FIRST, SECOND] = ['2026-11-25T01:00:00', '2026-11-25T01:10:00']

const STARTED = { workflowId: 'w', connection: 'c', object: 'Account', operation: 'create' }

type Stored = { readonly at: string; readonly created?: number; readonly outcome?: string; readonly more?: object }

function storesWith(runs: Readonly<Record<string, Stored>>) {
  const world = newWorld([], { fields: { LastName: 'last' } })
  world.runs.set('removed-runs', new Map())
  for (const [runId, { at, created = 1, outcome = 'completed_with_rejected', more = {} }] of Object.entries(runs)) {
    const started = { ...STARTED, startedAt: at }
    const files = {
      'executions/e.started.json': started,
      'report.json': reportOf(outcome, created),
      'spec.json': SYNCS.get('accounts'),
      ...more,
    }
    world.runs.set(runId, new Map(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)])))
  }
  return dependenciesOf(world).runStores
}

test('a run that someone else has loaded under the name of one of the flow is not taken for it', async () => {
  const runs = { 'accounts.campaign.x': { at: FIRST } }
  await expect(prepare({}, undefined, storesWith(runs))).rejects.toThrow(
    'Flow run campaign.x: the run accounts.campaign.x was started on its own, and may have loaded other records; nothing was sent. Start the flow with another label',
  )
  const started = { ...STARTED, startedAt: FIRST, flow: 'campaign.x' }
  const own = { 'accounts.campaign.x': { at: FIRST, more: { 'executions/e.started.json': started } } }
  await expect(prepare({}, undefined, storesWith(own))).rejects.toThrow('The org was asked')
  const damaged = storesWith(runs)
  await damaged.open('accounts.campaign.x').write('executions/f.started.json', '{')
  await expect(prepare({}, undefined, damaged)).rejects.toThrow('The org was asked')
})

const undo = async (runs: Readonly<Record<string, Stored>>, undoOf = 'campaign.x', allow?: CallerRules) => {
  const own = flowRunNameOf('flow/campaign/undo')
  if (own === undefined) throw new Error('no name')
  const found = await runsToUndo({ runStores: storesWith(runs), allow }, own, undoOf, NAMES)
  return found.map(({ runId, input, report }) => [runId, input?.undoOf ?? report?.outcome])
}

test('an undo takes back children before their parents, and retries before what they have retried', async () => {
  const runs = {
    'accounts.campaign.x': { at: FIRST, more: { 'retried.json': { runId: 'accounts.again' } } },
    'contacts.campaign.x': { at: FIRST },
    'accounts.again': { at: SECOND },
    'accounts.campaign.y': { at: FIRST },
    'accounts.other': { at: FIRST },
  }
  expect(await undo(runs)).toEqual([
    ['accounts.campaign.undo', 'accounts.again'],
    ['contacts.campaign.undo', 'contacts.campaign.x'],
    ['accounts.campaign.undo.1', 'accounts.campaign.x'],
  ])
})

test('an undo passes over what has written nothing and what is undone, and continues its own runs', async () => {
  const done = reportOf('completed', 0)
  const runs = {
    'accounts.campaign.x': { at: FIRST, more: { 'undone.json': { runId: 'accounts.campaign.undo' } } },
    'contacts.campaign.x': { at: FIRST, more: { 'undone.json': { runId: 'contacts.campaign.undo' } } },
    'tasks.campaign.x': { at: SECOND, created: 0 },
    'notes.campaign.x': { at: SECOND, more: { 'undone.json': { runId: 'notes.undo' } } },
    'notes.undo': { at: SECOND, more: { 'report.json': done } },
    'contacts.campaign.undo': { at: SECOND, more: { 'report.json': done } },
  }
  expect(await undo(runs)).toEqual([
    ['contacts.campaign.undo', 'completed'],
    ['accounts.campaign.undo', 'accounts.campaign.x'],
  ])
})

test.each<[message: string, runs: Readonly<Record<string, Stored>>, undoOf?: string]>([
  ['undoOf: other.x is no run of the flow campaign', {}, 'other.x'],
  ['Flow run campaign.x: there is no run of it in memory:', {}],
  ['have written nothing that is not undone yet', { 'accounts.campaign.x': { at: FIRST, created: 0 } }],
  [
    'run accounts.campaign.x: the run a.undo has begun to undo it and has not completed; resume it first: sflink sync resume a.undo',
    {
      'accounts.campaign.x': { at: FIRST, more: { 'undone.json': { runId: 'a.undo' } } },
      'a.undo': { at: SECOND, outcome: 'failed' },
    },
  ],
  [
    'Flow run campaign.x: it is an undo; take its runs back one by one: sflink sync undo accounts.campaign.x; sflink sync undo contacts.campaign.x',
    {
      'contacts.campaign.x': { at: FIRST, more: { 'spec.json': { source: { uri: 'undo:contacts.w' } } } },
      'accounts.campaign.x': { at: SECOND, more: { 'spec.json': { source: { uri: 'undo:accounts.w' } } } },
    },
  ],
])('nothing is taken back: %s', async (message, runs, undoOf) => {
  await expect(undo(runs, undoOf)).rejects.toThrow(message)
})

test('callers may not undo syncs that they may not run', async () => {
  const allow = { syncs: ['contacts'], overrides: [] }
  await expect(undo({ 'accounts.campaign.x': { at: FIRST } }, 'campaign.x', allow)).rejects.toThrow(
    'Sync accounts: callers may not run it',
  )
})

/** Two connections, each to an org of its own unless `orgs` says otherwise. */
function inOrgs(
  connections: readonly [accounts: string, contacts: string],
  orgs: Readonly<Record<string, string>> = {},
) {
  const [accounts, contacts] = [SYNCS.get('accounts'), SYNCS.get('contacts')] as [SyncSpec, SyncSpec]
  const specs = new Map([
    ['accounts', { ...accounts, connection: connections[0], fields: { Name: { column: 'name' } } }],
    ['contacts', { ...contacts, connection: connections[1] }],
  ])
  const describes = new Map([...PARENTS, ['Contact', CONTACT] as const])
  return prepareFlow(
    {
      ...{ runStores: runStores(), syncNames: NAMES, flowNames: ['campaign'], allow: undefined },
      ...{ scheduleZone: () => undefined, sync: name => specs.get(name), flow: () => NAMES },
      statSource: async () => THERE,
      connection: name =>
        ({
          identity: async () => ({ organizationId: orgs[name] ?? name, userId: '005', instanceUrl: 'https://x' }),
          describe: async (object: string) => describes.get(object),
        }) as never,
    },
    { flow: 'campaign', workflowId: 'flow/campaign/x', at: Date.now(), plans: false },
    stepOf(),
  )
}

test('parents in another org stop a flow, and two connections to one org do not', async () => {
  await expect(inOrgs(['one', 'other'])).rejects.toThrow(
    'Sync contacts: its parents, the records of the sync accounts, are in the org one, and its connection other is to the org other; give both syncs connections to one org; nothing was sent',
  )
  expect(await inOrgs(['one', 'other'], { one: '00D', other: '00D' })).toMatchObject([
    { sync: 'accounts', parents: [], runId: 'accounts.campaign.x', workflowId: 'sync/accounts/campaign.x' },
    { sync: 'contacts', parents: ['accounts'], input: { sync: 'contacts', inlineResults: false } },
  ])
})
