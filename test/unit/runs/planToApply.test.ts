// Which plans may be applied: each other one is rejected before anything is sent, in one line with the remedy.
import { beforeEach, expect, test } from 'vitest'
import { PLAN_REPORT_FILE, REPORT_FILE } from '../../../loader/protocol/layout.ts'
import { type PrepareRunInput, prepareRun } from '../../../loader/runs/prepareRun.ts'
import { markRemoved } from '../../../loader/runs/removedRuns.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type SpecParts, specOf } from '../../rig/describes.ts'
import { dependenciesOf, newWorld, type World } from '../protocol/memoryLoad.ts'

const RUN = 'contacts.x'
const source = { uri: 'file:data/contacts.csv' }
const SYNC = specOf({ fields: { LastName: 'last' }, source })

/** The configured syncs. */
let syncs: Map<string, SyncSpec>
let world: World
let executions = 0

beforeEach(() => {
  syncs = new Map([['contacts', SYNC]])
  world = newWorld([], { fields: { LastName: 'last' } })
  world.runs.set(RUN, new Map())
  world.runs.set('removed-runs', new Map())
})

const configured = (parts: Partial<SpecParts>) =>
  void syncs.set('contacts', specOf({ fields: { LastName: 'last' }, source, ...parts }))

function prepare(input: Partial<PrepareRunInput>, runId = RUN) {
  const dependencies = {
    ...dependenciesOf(world),
    connection: () => dependenciesOf(world).connection(),
    sync: (name: string) => syncs.get(name),
    syncNames: [...syncs.keys()],
  }
  executions += 1
  const workflowId = runId.replace(/^(\w+)\./, 'sync/$1/')
  return prepareRun(dependencies, { runId, workflowId, at: Date.now(), execution: `e${executions}`, ...input })
}

const file = (path: string, content: object): void => void world.runs.get(RUN)?.set(path, JSON.stringify(content))

/** Begins a plan, as planRecords does. */
const begin = (input: Partial<PrepareRunInput> = { sync: 'contacts' }) => prepare({ ...input, plans: true })

async function planned(input?: Partial<PrepareRunInput>): Promise<void> {
  await begin(input)
  file(PLAN_REPORT_FILE, { outcome: 'planned' })
}

const apply = (input: Partial<PrepareRunInput> = {}) => prepare({ plan: RUN, ...input })

test('a plan is applied with its own spec, as a run of its sync', async () => {
  await planned({ sync: 'contacts', spec: { fields: { LastName: 'last', FirstName: 'first' } } })
  const { spec, sync } = await apply()
  expect(Object.keys(spec.fields)).toEqual(['LastName', 'FirstName'])
  expect(sync).toBeUndefined()
  await expect(apply({ sync: 'contacts' })).resolves.toMatchObject({ spec })
})

test('a plan of the sync as it is configured counts as a run of it', async () => {
  await planned()
  await expect(apply()).resolves.toMatchObject({ sync: 'contacts' })
})

const AGAIN = 'plan again: sflink sync plan contacts'

test.each<[string, () => Promise<unknown>, string]>([
  ['a run that does not exist', () => apply(), 'there is no such run in memory:; plan again: sflink sync plan NAME'],
  [
    'a run that is a load',
    async () => {
      await prepare({ sync: 'contacts' })
      await apply()
    },
    'this run is a load and not a plan; give a run of sflink sync plan. To continue a load: sflink sync resume contacts.x',
  ],
  [
    'a run whose files were removed',
    async () => {
      await planned()
      await markRemoved(dependenciesOf(world).runStores, RUN, {})
      await apply()
    },
    `its files were removed from memory:; plan again: sflink sync plan NAME`,
  ],
  [
    'a plan that was not completed',
    async () => {
      await begin()
      await apply()
    },
    `the plan was not completed, and nothing was sent; ${AGAIN}`,
  ],
  [
    'a plan that has nothing to load',
    async () => {
      await begin()
      file(PLAN_REPORT_FILE, { outcome: 'skipped', skipped: { reason: 'missing', message: 'The source is missing.' } })
      await apply()
    },
    'there is nothing to apply. The source is missing.',
  ],
  [
    'a plan of another sync',
    async () => {
      await planned()
      syncs.set('leads', SYNC)
      await apply({ sync: 'leads' })
    },
    'it is a plan of the sync contacts, not of leads; leave the name out, or give its own',
  ],
  [
    'a plan of a sync that has changed since',
    async () => {
      await planned()
      configured({ fields: { LastName: 'name' }, blank: 'clear' })
      await apply()
    },
    `the sync contacts has changed since it was planned (fields, blank); ${AGAIN}`,
  ],
  [
    'a plan of a sync that was removed since',
    async () => {
      await planned()
      syncs.clear()
      await apply()
    },
    `its sync contacts is no longer in the worker's configuration; ${AGAIN}`,
  ],
  [
    'a plan that was applied',
    async () => {
      await planned()
      await apply()
      file(REPORT_FILE, { outcome: 'completed', finishedAt: '2026-11-29T01:02:03' })
      await apply()
    },
    `it was applied on 2026-11-29 01:02:03 UTC, and a plan is applied once; see its results: sflink sync results ${RUN}, or ${AGAIN}`,
  ],
])('%s is not applied', async (_, work, problem) => {
  const error = await work().catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ name: 'RunRejectedError', kind: 'usage' })
  const { message } = error as Error
  expect(message).toMatch(/^Plan contacts\.x: [^\n]+$/)
  expect(message).toContain(problem)
})

test.each(['spec', 'scheduledTime', 'timeZone'] as const)('%s beside a plan is rejected', async key => {
  await planned()
  const given = key === 'spec' ? { spec: {} } : { [key]: 'x' }
  await expect(apply(given)).rejects.toThrow(
    `The input of syncRecords: ${key} is given beside plan, which has the spec and the source already; leave out ${key}, or make a new plan with it`,
  )
})

test('a load does not start under the id of a plan, and a plan not under that of a load', async () => {
  await planned()
  await expect(prepare({ sync: 'contacts' })).rejects.toThrow(
    `Run ${RUN}: it is a plan, and nothing of it was sent; apply it: sflink sync run --plan ${RUN}`,
  )
  world.runs.set(RUN, new Map())
  await prepare({ sync: 'contacts' })
  await expect(begin()).rejects.toThrow(`Run ${RUN}: this run id belongs to a load; give the plan another id`)
})

test('a load of a plan that has begun is resumed, as a plan or as a run, whatever the sync is now', async () => {
  await planned()
  await apply()
  configured({ fields: { LastName: 'name' } })
  await expect(apply()).resolves.toMatchObject({ spec: SYNC })
  file(REPORT_FILE, { outcome: 'cancelled', finishedAt: '2026-11-29T01:02:03' })
  await expect(apply()).resolves.toMatchObject({ spec: SYNC })
  await expect(prepare({ spec: SYNC as never })).resolves.toMatchObject({ spec: SYNC })
})
