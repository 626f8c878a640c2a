// Between a plan and its run others change the org, and workers are killed: nothing is sent but what was planned, and nothing twice.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import { BY_QUERY_JOB, load, plan, type World } from './memoryLoad.ts'
import { edit, namesOf, planned, ROWS, results } from './plannedWorld.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

async function killed(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof WorkerKilledError)) throw error
  })
}

describe.each(ENGINES)('a worker that is killed, through %s', engine => {
  async function outcome(plansUntil: number, appliesUntil: number) {
    const world = { ...planned({ engine }), matchLimits: BY_QUERY_JOB }
    await killed(plan(world, new SimulatedWorker(plansUntil)))
    await plan(world)
    edit(world, 'changed', { LastName: 'Edited' })
    await killed(load(world, new SimulatedWorker(appliesUntil)))
    const { tally } = await load(world)
    return { tally, results: results(world), names: namesOf(world), plan: world.files.get('plan.csv') }
  }

  async function effects() {
    const world = { ...planned({ engine }), matchLimits: BY_QUERY_JOB }
    const [plans, applies] = [new SimulatedWorker(), new SimulatedWorker()]
    await plan(world, plans)
    await load(world, applies)
    return { plans: plans.effects, applies: applies.effects }
  }

  test('after any effect of the plan, or of the run that applies it, leaves nothing twice', async () => {
    const undisturbed = await outcome(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
    expect(undisturbed.results).toMatchObject({ same: 'true', changed: 'PLAN_STALE', absent: 'true', other: 'true' })
    const { plans, applies } = await effects()
    for (const until of upTo(plans)) {
      expect({ until, ...(await outcome(until, Number.POSITIVE_INFINITY)) }).toEqual({ until, ...undisturbed })
    }
    for (const until of upTo(applies)) {
      expect({ until, ...(await outcome(Number.POSITIVE_INFINITY, until)) }).toEqual({ until, ...undisturbed })
    }
  })
})

test('a worker of the plan that continues late changes nothing of what is sent', async () => {
  const world = planned()
  await plan(world)
  edit(world, 'changed', { LastName: 'Edited' })
  const text = world.files.get('plan.csv')
  await load(world)
  const sent = [...world.files].filter(([path]) => /^chunks\/\d+\.(csv|rows\.csv|unsent)/.test(path))
  // It has looked for the marker before.
  world.files.delete('planned.json')
  await plan(world)
  expect([...world.files].filter(([path]) => /^chunks\/\d+\.(csv|rows\.csv|unsent)/.test(path))).toEqual(sent)
  expect(world.files.get('plan.csv')).toBe(text)
})

const KEYS = ['same', 'changed', 'absent', 'twin', 'other'] as const

type Edit = { readonly key: (typeof KEYS)[number]; readonly kind: 'name' | 'first' | 'asWritten' | 'delete' | 'add' }

/** What others do to the org between the plan and the run. */
function apply({ org }: World, { key, kind }: Edit): void {
  const at = org.records.findIndex(record => record['Loose_Id__c'] === key)
  if (kind === 'add') org.add({ LastName: 'Added', FirstName: 'Ann', Loose_Id__c: key }, 'someone else', 3_600_000)
  if (kind === 'add' || at < 0) return
  if (kind === 'delete') org.records.splice(at, 1)
  else Object.assign(org.records[at] as object, CHANGES[kind](key))
}

const CHANGES: Readonly<Record<'name' | 'first' | 'asWritten', (key: string) => Readonly<Record<string, string>>>> = {
  name: () => ({ LastName: 'Edited' }),
  first: () => ({ FirstName: 'Edited' }),
  asWritten: key => ({ LastName: ROWS.find(given => given['key'] === key)?.['last'] ?? '' }),
}

const held = ({ org }: World, key: string) =>
  org.records
    .filter(record => record['Loose_Id__c'] === key)
    .map(({ Id, LastName, FirstName }) => ({ Id, LastName, FirstName }))

const edits = fc.array(
  fc.record<Edit>({
    key: fc.constantFrom(...KEYS),
    kind: fc.constantFrom('name', 'first', 'asWritten', 'delete', 'add'),
  }),
  { maxLength: 6 },
)

test.each(ENGINES)(
  'whatever others change in between, a record is sent as planned or left as it is, through %s',
  engine =>
    fc.assert(
      fc.asyncProperty(edits, async made => {
        const world = planned({ engine })
        await plan(world)
        const before = new Map(KEYS.map(key => [key, held(world, key)]))
        for (const one of made) apply(world, one)
        const after = new Map(KEYS.map(key => [key, held(world, key)]))
        await load(world)
        for (const key of KEYS) {
          const result = results(world)[key]
          if (isDeepStrictEqual(before.get(key), after.get(key))) {
            expect({ key, result }).toEqual({ key, result: key === 'twin' ? 'KEY_AMBIGUOUS' : 'true' })
            if (key !== 'twin')
              expect(held(world, key)).toMatchObject([{ FirstName: 'Ann', ...CHANGES.asWritten(key) }])
          } else {
            expect({ key, held: held(world, key) }).toEqual({ key, held: after.get(key) })
            // In place of an unchanged record others may have made an equal one, which has nothing to be sent either.
            if (result === 'true') {
              expect({ key, held: after.get(key) }).toMatchObject({
                key: 'same',
                held: [{ FirstName: 'Ann', ...CHANGES.asWritten('same') }],
              })
            }
          }
        }
      }),
      { numRuns: 100 },
    ),
)
