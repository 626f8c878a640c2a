// Which runs may be the parents of another sync's records: each other one is rejected before anything is sent, in one line with the remedy.
import { expect, test } from 'vitest'
import { EARLIER_FILES, PLAN_FILE, PLAN_REPORT_FILE, REPORT_FILE, SPEC_FILE } from '../../../loader/protocol/layout.ts'
import { checkParentRuns, parentProblems } from '../../../loader/runs/parentRuns.ts'
import { type PrepareRunInput, prepareRun } from '../../../loader/runs/prepareRun.ts'
import { markRemoved } from '../../../loader/runs/removedRuns.ts'
import { openFileRunStores } from '../../../loader/storage/fileRunStore.ts'
import { planOf, specOf } from '../../rig/describes.ts'
import { dependenciesOf, newWorld } from '../protocol/memoryLoad.ts'

const RUN = 'accounts.x'

const SPEC = specOf({
  fields: { LastName: 'last', AccountId: { sync: 'accounts', by: 'ref', from: 'account' } },
  parentRuns: { accounts: RUN },
})

const START = {
  workflowId: 'sync/accounts/x',
  sync: 'accounts',
  connection: 'c',
  object: 'Account',
  operation: 'create',
}
const TALLY = { created: 1, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

const reportOf = (outcome: string) => ({
  ...{ runId: RUN, outcome, connection: 'c', object: 'Account', records: 1, tally: TALLY },
  ...{ startedAt: '2026-11-25T01:00:00', finishedAt: '2026-11-25T01:05:00' },
})

/** A run store with a completed run of the sync accounts. @param files replace those of the run; undefined removes one */
function storesWith(files: Readonly<Record<string, object | undefined>> = {}) {
  const world = newWorld([], { fields: { LastName: 'last' } })
  const own = {
    'executions/e.started.json': { ...START, startedAt: '2026-11-25T01:00:00' },
    [REPORT_FILE]: reportOf('completed'),
    ...files,
  }
  const texts = Object.entries(own).flatMap(([path, content]) =>
    content === undefined ? [] : [[path, JSON.stringify(content)] as const],
  )
  world.runs.set(RUN, new Map(texts))
  for (const other of ['child', 'removed-runs']) world.runs.set(other, new Map())
  return dependenciesOf(world).runStores
}

const checked = (files: Readonly<Record<string, object | undefined>>, plans = false) =>
  checkParentRuns(storesWith(files), { spec: SPEC, name: 'contacts', plans })

const planned = {
  'executions/e.started.json': { ...START, plans: true, startedAt: '2026-11-25T01:00:00' },
  [REPORT_FILE]: undefined,
  [PLAN_REPORT_FILE]: {
    ...{ runId: RUN, outcome: 'planned', records: 1, changedFields: [], errors: [], files: { report: 'x' } },
    verdicts: { create: 1, update: 0, unchanged: 0, delete: 0, ambiguous: 0, rejected: 0 },
    ...{ connection: 'c', object: 'Account', operation: 'create', warnings: [] },
    ...{ startedAt: '2026-11-25T01:00:00', finishedAt: '2026-11-25T01:05:00' },
  },
}

const endedEarly = {
  [REPORT_FILE]: reportOf('failed'),
  'executions/e.ended.json': { outcome: 'failed', finishedAt: '2026-11-25T01:05:00' },
}

test.each(['completed', 'completed_with_rejected', 'skipped'])(
  'a run that has %s may be the parents',
  async outcome => {
    await expect(checked({ [REPORT_FILE]: reportOf(outcome) })).resolves.toEqual([])
  },
)

test.each([
  ['of another sync', { 'executions/e.started.json': undefined, [REPORT_FILE]: undefined }, 'is not in memory:'],
  ['that failed', endedEarly, 'failed before every record was sent; resume it: sflink sync resume accounts.x'],
  ['that runs', { [REPORT_FILE]: undefined }, 'has not ended; follow it: sflink sync status accounts.x --follow'],
  [
    'that was undone',
    { [EARLIER_FILES.undo]: { runId: 'accounts.y' } },
    'was undone by run accounts.y, so its records are gone; name a later run',
  ],
  [
    'that retries another',
    { [SPEC_FILE]: { ...SPEC, source: { uri: 'retry:accounts.w' } } },
    'loads failed records of run accounts.w again; name that run, which counts them too',
  ],
  [
    'that undoes another',
    { [SPEC_FILE]: { ...SPEC, source: { uri: 'undo:accounts.w' } } },
    'undoes run accounts.w; name a run that loads',
  ],
  [
    'that is a plan',
    planned,
    'is a plan, so its records have no Ids; apply it first: sflink sync run --plan accounts.x',
  ],
] as const)('a run %s is rejected', async (_, files, problem) => {
  await expect(checked(files)).rejects.toThrow(`Sync contacts: parentRuns.accounts: run accounts.x ${problem}`)
})

test('a run of another sync, and one that was removed, are rejected', async () => {
  const spec = { ...SPEC, fields: { ...SPEC.fields, AccountId: { ...SPEC.fields['AccountId'], sync: 'companies' } } }
  const child = { spec: { ...spec, parentRuns: { companies: RUN } } as typeof SPEC, name: undefined, plans: false }
  await expect(checkParentRuns(storesWith(), child)).rejects.toThrow(
    'The load: parentRuns.companies: run accounts.x is a run of the sync accounts; name a run of companies',
  )
  const stores = storesWith()
  await markRemoved(stores, RUN, {})
  await expect(checkParentRuns(stores, { ...child, spec: SPEC })).rejects.toThrow(
    'parentRuns.accounts: run accounts.x was removed from the run store, so its Ids are not known; find the parents by lookup',
  )
})

test('a plan may have a plan as its parents, and says so', async () => {
  await expect(checked(planned, true)).resolves.toEqual(['accounts'])
})

test('a sync alone is rejected without a run of its parents, and itself is no other sync', async () => {
  const { parentRuns: _, ...alone } = SPEC
  await expect(checkParentRuns(storesWith(), { spec: alone, name: 'contacts', plans: false })).rejects.toThrow(
    'Sync contacts: AccountId has its parents in the sync accounts, and no run of it is named; name one: sflink sync run contacts --parents accounts=RUN, or run a flow with both syncs: sflink flow list',
  )
  await expect(checkParentRuns(storesWith(), { spec: alone, name: 'accounts', plans: false })).resolves.toEqual([])
})

test('a run of parents that no field takes is a mistake of the spec', () => {
  expect(() => specOf({ fields: { LastName: 'last' }, parentRuns: { accounts: RUN } })).toThrow(
    'no field takes its parent from the sync accounts; no field has a parent of another sync',
  )
})

test('parents of another org, and of an object that the field does not refer to, are rejected', async () => {
  const run = { spec: SPEC, plan: planOf({ fields: SPEC.fields as never }), organizationId: '00D1' }
  const parents = (object: string, organizationId: string) =>
    parentProblems(storesWith({ [PLAN_FILE]: { plan: { object }, organizationId } }), run)
  await expect(parents('Account', '00D1')).resolves.toEqual([])
  const path = ['fields', 'AccountId']
  await expect(parents('Account', '00D2')).resolves.toEqual([
    {
      path,
      message: 'run accounts.x of the sync accounts has loaded another org (00D2, not 00D1); give both syncs one org',
    },
  ])
  await expect(parents('Lead', '00D1')).resolves.toEqual([
    {
      path,
      message:
        'it refers to Account, and the sync accounts loads Lead; take the parents from another sync, or map another field',
    },
  ])
})

test('a plan with planned parents is for reading: it is never applied', async () => {
  const runStores = storesWith(planned)
  const prepare = (input: Partial<PrepareRunInput>) =>
    prepareRun(
      {
        ...{ runStores, sync: () => undefined, syncNames: [], allow: undefined, scheduleZone: () => undefined },
        connection: () => ({ requestTimeout: 0 }) as never,
      },
      { runId: 'child', workflowId: 'w', at: Date.now(), execution: 'e', ...input },
    )
  await prepare({ spec: SPEC, plans: true })
  const child = runStores.open('child')
  await child.write(PLAN_FILE, JSON.stringify({ spec: SPEC, plannedParents: ['accounts'] }))
  await child.write(PLAN_REPORT_FILE, JSON.stringify({ outcome: 'planned' }))
  await expect(prepare({ plan: 'child' })).rejects.toThrow(
    'Plan child: its parents are those of a plan (accounts.x) and have no Ids yet, so it is for reading only; run the flow of both syncs: sflink flow list',
  )
})

test('a lookup has no runs of parents, except in a plan for what other plans would create', async () => {
  const lookup = { lookup: 'Account', by: 'Name', from: 'company' } as const
  const spec = specOf({ fields: { LastName: 'last', AccountId: lookup }, parentRuns: { accounts: RUN } })
  const check = (plans: boolean) => checkParentRuns(storesWith(planned), { spec, name: 'contacts', plans })
  await expect(check(true)).resolves.toEqual(['accounts'])
  await expect(check(false)).rejects.toThrow(
    'Sync contacts: parentRuns.accounts: no field takes its parent from the sync accounts; leave it out',
  )
})

test('a parent that is no run id is rejected as one, and no file outside the run store is read', async () => {
  const spec = { ...SPEC, parentRuns: { accounts: '../accounts.x' } }
  await expect(
    checkParentRuns(openFileRunStores('/nowhere'), { spec, name: 'contacts', plans: false }),
  ).rejects.toMatchObject({ name: 'RunIdError', kind: 'usage' })
})
