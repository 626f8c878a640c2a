// An undo takes back what a run has written, where the org still holds it. The org is the emulator; someone else edits records in between.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SPEC_FILE } from '../../../loader/protocol/layout.ts'
import { messageTemplate } from '../../../loader/results/messageTemplate.ts'
import { newLoad } from '../../../loader/runs/earlierLoad.ts'
import { planSync } from '../../../loader/runs/planSync.ts'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { type SpecParts, specOf } from '../../rig/describes.ts'
import { orgOf } from '../../rig/rigOrg.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import {
  asPlan,
  dependenciesOf,
  linesOf,
  loadThrough,
  planThrough,
  type Records,
  type RunStep,
  retried,
  type World,
} from './memoryLoad.ts'
import type { Files } from './memoryRunStore.ts'
import { ScriptedOrg } from './scriptedOrg.ts'
import { SimulatedWorker, WorkerKilledError } from './simulatedWorker.ts'

const emulator = await fileEmulator()
const org = orgOf('emulated', emulator)
const salesforce = connectToEmulator(emulator)

const FIELDS = {
  LastName: 'last',
  FirstName: 'first',
  Title: 'title',
  Score__c: 'score',
  Opt_In__c: 'opt',
  Birthdate: 'born',
  Description: 'text',
}
const MAPPED = Object.keys(FIELDS)
type Values = Readonly<Record<string, unknown>>

const PARTS: SpecParts = {
  operation: { column: 'op' },
  keyField: 'Ext_Id__c',
  externalIdField: 'Ext_Id__c',
  fields: { ...FIELDS, Ext_Id__c: 'ext' },
  identityFields: ['ext'],
  resultColumns: ['id', 'outcome', 'errorcode'],
  undo: true,
  resend: { lostAnswerWait: 0 },
}

type Runs = Map<string, Files>

type Execution = {
  readonly worker?: SimulatedWorker | undefined
  /** Whether a plan is made first, and applied. */
  readonly isPlanned?: boolean
}

/** Executes a run with this spec, or continues it. */
async function execute(runs: Runs, runId: string, spec: SyncSpec, { worker, isPlanned = false }: Execution = {}) {
  const files: Files = runs.get(runId) ?? new Map([[SPEC_FILE, JSON.stringify(spec)]])
  runs.set(runId, files)
  const world: World = { runId, files, org: new ScriptedOrg(), runs }
  const dependencies = { ...dependenciesOf(world, worker ?? new SimulatedWorker()), connection: () => salesforce }
  await retried(step => planSync(dependencies, { runId }, step))
  const run: RunStep = (_, work) => retried(step => work(dependencies, step))
  if (isPlanned) await planThrough(asPlan(world), run)
  return { report: await loadThrough(world, run), world }
}

const load = (runs: Runs, records: Records, parts: Partial<SpecParts> = {}, isPlanned = false) =>
  execute(runs, 'run', specOf({ ...PARTS, ...parts, source: { inline: [...records] } }), { isPlanned })

async function undo(runs: Runs, runId: string, by: string, worker?: SimulatedWorker) {
  const { runStores } = dependenciesOf({ runId, files: new Map(), org: new ScriptedOrg(), runs })
  const { spec } = await newLoad(runStores, { kind: 'undo', runId })
  return execute(runs, by, spec, { worker })
}

/** The mapped fields of the records whose key begins with a text, by key. */
async function held(prefix: string): Promise<ReadonlyMap<string, Values>> {
  const records = await org.records('Contact', 'Ext_Id__c', ...MAPPED)
  const own = records.filter(one => String(one['Ext_Id__c'] ?? '').startsWith(prefix))
  return new Map(own.map(({ Ext_Id__c: key, ...values }) => [String(key), values]))
}

async function idOf(key: string): Promise<string> {
  const records = await org.records('Contact', 'Id', 'Ext_Id__c')
  return String(records.find(one => one['Ext_Id__c'] === key)?.['Id'])
}

/** What someone else does to a record. */
async function edit(key: string, method: 'PATCH' | 'DELETE', values: Values = {}): Promise<void> {
  const answer = await fetch(`${emulator.url}/services/data/v60.0/sobjects/Contact/${await idOf(key)}`, {
    method,
    headers: { authorization: `Bearer ${emulator.credentials.accessToken}`, 'content-type': 'application/json' },
    ...(method === 'PATCH' ? { body: JSON.stringify(values) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} of ${key}: ${await answer.text()}`)
}

let cases = 0
/** Begins the keys of one test. */
const newPrefix = (): string => `U${++cases}-`

const full = {
  last: 'Doe',
  first: 'Ann',
  title: 'CEO',
  score: '1.50',
  opt: 'true',
  born: '2001-02-03',
  text: 'a "b",\nc',
}
const blank = Object.fromEntries(Object.values(FIELDS).map(column => [column, '']))

describe.each(ENGINES)('through %s', engine => {
  test('created records are deleted, overwritten values come back, deleted records are created again', async () => {
    const [prefix, runs] = [newPrefix(), new Map()]
    const key = (name: string) => `${prefix}${name}`
    const before = {
      LastName: 'Old',
      FirstName: 'Olga',
      Score__c: 7.25,
      Opt_In__c: false,
      Birthdate: '1999-12-31',
      Description: 'x\ny',
    }
    await org.create('Contact', [
      { ...before, Ext_Id__c: key('update') },
      { LastName: 'Bare', Ext_Id__c: key('upsert') },
      { ...before, Ext_Id__c: key('delete') },
      { LastName: 'Other', Ext_Id__c: key('other') },
    ])
    const then = await held(prefix)
    const rows = [
      { ...full, op: 'create', ext: key('create') },
      { ...full, op: 'update', ext: key('update'), first: '' },
      { ...full, op: 'upsert', ext: key('upsert') },
      { ...full, op: 'upsert', ext: key('new') },
      { ...blank, op: 'delete', ext: key('delete') },
      { ...full, op: 'update', ext: key('missing') },
    ]
    const { report } = await load(runs, rows, { engine, blank: 'clear' })
    expect(report.tally).toMatchObject({ created: 2, updated: 2, deleted: 1, failed: 1 })
    const after = await held(prefix)
    const undone = await undo(runs, 'run', 'undo')
    expect(undone.report).toMatchObject({ outcome: 'completed', undoOf: 'run', records: 5 })
    expect(undone.report.tally).toMatchObject({ deleted: 2, updated: 2, created: 1, failed: 0 })
    expect(await held(prefix)).toEqual(then)
    expect(linesOf(undone.world, 'results.csv').map(({ ext, outcome }) => [ext, outcome])).toEqual([
      [key('create'), 'deleted'],
      [key('update'), 'updated'],
      [key('upsert'), 'updated'],
      [key('new'), 'deleted'],
      [key('delete'), 'created'],
    ])
    const again = await undo(runs, 'undo', 'redo')
    expect(again.report).toMatchObject({ outcome: 'completed', undoOf: 'undo' })
    expect(await held(prefix)).toEqual(after)
  })

  test('records that several key fields find together come back', async () => {
    const [prefix, runs] = [newPrefix(), new Map()]
    const key = (name: string) => `${prefix}${name}`
    await org.create('Contact', [
      { LastName: 'Doe', Title: 'CTO', Ext_Id__c: key('update') },
      { LastName: 'Doe', Title: 'CTO', Score__c: 7.25, Ext_Id__c: key('delete') },
      { LastName: 'Other', Title: 'CTO', Ext_Id__c: key('other') },
    ])
    const then = await held(prefix)
    const rows = [
      { ...full, op: 'update', last: 'DOE', ext: key('update') },
      { ...blank, op: 'delete', last: 'Doe', ext: key('delete') },
      { ...full, op: 'update', ext: key('other') },
    ]
    const { report } = await load(runs, rows, { engine, keyField: ['LastName', 'Ext_Id__c'] })
    expect(report.tally).toMatchObject({ updated: 1, deleted: 1, failed: 1 })
    const undone = await undo(runs, 'run', 'undo')
    expect(undone.report.tally).toMatchObject({ updated: 1, created: 1, failed: 0 })
    expect(await held(prefix)).toEqual(then)
  })

  test('what someone else has changed since is reported and left as it is', async () => {
    const [prefix, runs] = [newPrefix(), new Map()]
    const key = (name: string) => `${prefix}${name}`
    await org.create('Contact', [
      { LastName: 'Old', Title: 'CTO', Ext_Id__c: key('changed') },
      { LastName: 'Old', Title: 'CTO', Ext_Id__c: key('other field') },
      { LastName: 'Old', Title: 'CTO', Ext_Id__c: key('gone') },
    ])
    const names = ['changed', 'other field', 'gone']
    const rows = [
      ...names.map(name => ({ ...blank, last: 'New', title: 'CTO', op: 'update', ext: key(name) })),
      ...['made', 'made and gone'].map(name => ({ ...blank, last: 'New', op: 'create', ext: key(name) })),
    ]
    await load(runs, rows, { engine })
    await edit(key('changed'), 'PATCH', { LastName: 'Theirs' })
    // The run has not changed this field.
    await edit(key('other field'), 'PATCH', { Title: 'Theirs' })
    await edit(key('gone'), 'DELETE')
    await edit(key('made'), 'PATCH', { LastName: 'Theirs' })
    await edit(key('made and gone'), 'DELETE')
    const { report, world } = await undo(runs, 'run', 'undo')
    expect(report).toMatchObject({ outcome: 'completed_with_rejected', tally: { updated: 1, unchanged: 1, failed: 3 } })
    const left = 'LastName is "Theirs" in the org, and not "New" as the run wrote it; the record was left as it is'
    expect(
      linesOf(world, 'results.csv').map(({ ext, outcome, errorcode, errormessage }) => [
        ext,
        outcome,
        errorcode,
        errormessage,
      ]),
    ).toEqual([
      [key('changed'), 'failed', 'UNDO_CONFLICT', left],
      [key('other field'), 'updated', '', ''],
      [key('gone'), 'failed', 'UNDO_CONFLICT', 'The org no longer has the record, so its values were not written back'],
      [key('made'), 'failed', 'UNDO_CONFLICT', left],
      [key('made and gone'), 'unchanged', '', ''],
    ])
    // What leaves the run store has no value of a record.
    expect(messageTemplate('UNDO_CONFLICT', left)).not.toMatch(/Theirs|New/)
    expect([...(await held(prefix))].map(([name, { LastName, Title }]) => [name, LastName, Title]).toSorted()).toEqual([
      [key('changed'), 'Theirs', 'CTO'],
      [key('made'), 'Theirs', null],
      [key('other field'), 'Old', 'Theirs'],
    ])
  })

  test('a lookup by External ID comes back by the Id of the parent', async () => {
    const [prefix, runs] = [newPrefix(), new Map()]
    const accounts = ['A', 'B'].map(name => ({ Name: name, Ext_Id__c: `${prefix}${name}` }))
    const [first] = await org.create('Account', accounts)
    await org.create('Contact', [
      { LastName: 'Child', AccountId: first, Ext_Id__c: `${prefix}child` },
      { LastName: 'Orphan', Ext_Id__c: `${prefix}orphan` },
    ])
    const parents = async () => {
      const records = await org.records('Contact', 'Ext_Id__c', 'AccountId')
      return records.filter(one => String(one['Ext_Id__c']).startsWith(prefix)).map(one => one['AccountId'])
    }
    const fields = { 'Account.Ext_Id__c': 'parent', Ext_Id__c: 'ext' }
    const rows = ['child', 'orphan'].map(name => ({ parent: `${prefix}B`, ext: `${prefix}${name}` }))
    await load(runs, rows, { engine, operation: 'update', fields })
    expect(new Set(await parents())).toHaveProperty('size', 1)
    expect((await undo(runs, 'run', 'undo')).report.tally).toMatchObject({ updated: 2, failed: 0 })
    expect(await parents()).toEqual([first, null])
  })

  test('records that the source did not have, and that the run deleted for this, are created again', async () => {
    const [prefix, runs] = [newPrefix(), new Map()]
    const mirrored = ['kept', 'lost', 'lost too'].map(name => ({
      LastName: 'Old',
      Title: `T${prefix}`,
      Ext_Id__c: `${prefix}${name}`,
    }))
    await org.create('Contact', mirrored)
    const then = await held(prefix)
    const fields = { LastName: 'last', Title: 'title', Ext_Id__c: 'ext' }
    const mirror = { missing: 'delete', scope: `Title = 'T${prefix}'`, maxDeleted: 5, operation: 'upsert' } as const
    const rows = [{ last: 'New', title: `T${prefix}`, ext: `${prefix}kept` }]
    const { report } = await load(runs, rows, { engine, fields, ...mirror })
    expect(report.tally).toMatchObject({ updated: 1, deleted: 2 })
    expect((await held(prefix)).size).toBe(1)
    const undone = await undo(runs, 'run', 'undo')
    expect(undone.report).toMatchObject({ records: 3, tally: { updated: 1, created: 2, deleted: 0, failed: 0 } })
    expect(await held(prefix)).toEqual(then)
  })

  test('a worker that is killed between two writes of the run store leaves nothing undone, and nothing twice', async () => {
    let effects = 0
    for (let killedAfter = 1; killedAfter === 1 || killedAfter <= effects; killedAfter += 3) {
      const [prefix, runs] = [newPrefix(), new Map()]
      await org.create(
        'Contact',
        ['update', 'delete'].map(name => ({ LastName: 'Old', Ext_Id__c: `${prefix}${name}` })),
      )
      const then = await held(prefix)
      const rows = ['create', 'update', 'delete'].map(op => ({ ...blank, last: 'New', op, ext: `${prefix}${op}` }))
      await load(runs, rows, { engine })
      const killed = await undo(runs, 'run', 'undo', new SimulatedWorker(killedAfter)).catch(error => error)
      if (killedAfter > 1) expect(killed).toBeInstanceOf(WorkerKilledError)
      const next = new SimulatedWorker()
      const { report } = await undo(runs, 'run', 'undo', next)
      effects = Math.max(effects, next.effects)
      expect({ killedAfter, ...report.tally }).toMatchObject({
        killedAfter,
        created: 1,
        updated: 1,
        deleted: 1,
        failed: 0,
      })
      expect(await held(prefix)).toEqual(then)
      const records = await org.records('Contact', 'Ext_Id__c')
      expect(records.filter(one => String(one['Ext_Id__c']).startsWith(prefix))).toHaveLength(2)
    }
    expect(effects).toBeGreaterThan(20)
  })

  test('whatever a run wrote, planned or not, and others edited since, the org is as it was, but for conflicts, which are left alone', async () => {
    const seen = new Set<string>()
    await fc.assert(fc.asyncProperty(scenarios, undoesAllButConflicts(engine, seen)), { numRuns: 40, seed: 13 })
    const ends = ['created', 'created, conflict', 'deleted', 'failed', 'updated', 'updated, conflict']
    expect([...seen].toSorted()).toEqual(ends)
  }, 240_000)
})

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null })
const texts = fc.constantFrom('a', 'B', 'ä "q", x', 'two\nlines', '#', "'=1", ' spaced')
const someValues = fc.record({
  LastName: fc.constantFrom('Doe', 'Roe', 'doe', "O'Neil"),
  FirstName: nullable(texts.map(text => text.trim())),
  Title: nullable(texts.map(text => text.trim())),
  Score__c: nullable(fc.constantFrom(0, 1.5, -3, 1_000_000)),
  Opt_In__c: fc.boolean(),
  Birthdate: nullable(fc.constantFrom('2001-02-03', '1899-12-31')),
  Description: nullable(texts.map(text => text.trim())),
})

/** One record of the scenario: what the org has, what the run does, what someone else does then. */
const scenarios = fc.record({
  isPlanned: fc.boolean(),
  blank: fc.constantFrom('ignore' as const, 'clear' as const),
  records: fc.array(
    fc.record({
      before: nullable(someValues),
      op: fc.constantFrom('create', 'update', 'upsert', 'delete'),
      row: someValues,
      blanks: fc.subarray(Object.values(FIELDS)),
      edit: fc.constantFrom('none', 'none', 'delete', 'change'),
      edited: fc.subarray(MAPPED, { minLength: 1, maxLength: 2 }),
      theirs: someValues,
    }),
    { minLength: 1, maxLength: 8 },
  ),
})

type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never

/** The row of a source; a blank column is blank, except for the name. */
function rowOf({ row, blanks, op }: Scenario['records'][number], ext: string) {
  const cells = MAPPED.map(field => {
    const column = FIELDS[field as keyof typeof FIELDS]
    const value = row[field as keyof typeof row]
    return [column, value === null || (column !== 'last' && blanks.includes(column)) ? '' : String(value)]
  })
  return { ...Object.fromEntries(cells), op, ext }
}

const undoesAllButConflicts = (engine: (typeof ENGINES)[number], seen: Set<string>) => async (scenario: Scenario) => {
  const [prefix, runs] = [newPrefix(), new Map()]
  const named = scenario.records.map((one, index) => ({ ...one, key: `${prefix}${index}` }))
  const existing = named.flatMap(({ before, key }) => (before === null ? [] : [{ ...before, Ext_Id__c: key }]))
  if (existing.length > 0) await org.create('Contact', existing)
  const then = await held(prefix)
  const rows = named.map(one => rowOf(one, one.key))
  const { world } = await load(runs, rows, { engine, blank: scenario.blank }, scenario.isPlanned)
  const outcomes = new Map(linesOf(world, 'results.csv').map(({ ext, outcome }) => [ext, outcome]))
  const written = await held(prefix)
  for (const { key, edit: kind, edited, theirs } of named) {
    if (kind === 'none' || !written.has(key)) continue
    if (kind === 'delete') await edit(key, 'DELETE')
    else
      await edit(key, 'PATCH', Object.fromEntries(edited.map(field => [field, theirs[field as keyof typeof theirs]])))
  }
  const now = await held(prefix)
  if ([...outcomes.values()].every(outcome => outcome === 'failed' || outcome === 'unchanged')) return
  const isChanged = named.some(({ key }) => !isDeepStrictEqual(then.get(key), written.get(key)))
  if (!isChanged) {
    await expect(undo(runs, 'run', 'undo')).rejects.toThrow('there is nothing to take back')
    return
  }
  const undone = await undo(runs, 'run', 'undo')
  const results = new Map(
    linesOf(undone.world, 'results.csv').map(({ ext, outcome, errorcode }) => [ext, { outcome, errorcode }]),
  )
  const after = await held(prefix)
  for (const one of named) {
    const { key } = one
    const sent = fieldsSent(rows[named.indexOf(one)] ?? {}, scenario.blank)
    const facts = { old: then.get(key), written: written.get(key), now: now.get(key), sent }
    const expected = expectedAfter(outcomes.get(key), facts)
    seen.add(`${outcomes.get(key)}${expected.isConflict ? ', conflict' : ''}`)
    expect({ key, facts, outcome: outcomes.get(key), result: results.get(key), after: after.get(key) }).toMatchObject(
      expected.isConflict
        ? { result: { outcome: 'failed', errorcode: 'UNDO_CONFLICT' }, after: facts.now }
        : { after: expected.after },
    )
    if (!expected.isConflict) expect(results.get(key)?.outcome).not.toBe('failed')
  }
}

type Facts = {
  readonly old: Values | undefined
  readonly written: Values | undefined
  readonly now: Values | undefined
  readonly sent: readonly string[]
}

/** A blank cell is left out, or clears the field; a checkbox has no blank state. */
function fieldsSent(row: Readonly<Record<string, string>>, policy: Scenario['blank']): readonly string[] {
  return MAPPED.filter(
    field => row[FIELDS[field as keyof typeof FIELDS]] !== '' || (policy === 'clear' && field !== 'Opt_In__c'),
  )
}

/** The state of a record after the undo, by the states before and after the run, and after the edits of others. */
function expectedAfter(
  outcome: string | undefined,
  { old = {}, written = {}, now, sent }: Facts,
): { readonly isConflict: boolean; readonly after?: Values | undefined } {
  switch (outcome) {
    case 'created': {
      const isConflict = now !== undefined && sent.some(field => now[field] !== written[field])
      return { isConflict, after: undefined }
    }
    case 'updated': {
      const changed = MAPPED.filter(field => old[field] !== written[field])
      if (changed.length === 0) return { isConflict: false, after: now }
      if (now === undefined) return { isConflict: true }
      const back = Object.fromEntries(changed.map(field => [field, old[field]]))
      return { isConflict: changed.some(field => now[field] !== written[field]), after: { ...now, ...back } }
    }
    case 'deleted':
      return { isConflict: false, after: old }
    default:
      return { isConflict: false, after: now }
  }
}
