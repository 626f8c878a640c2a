// Which runs can be retried or undone, and what that loads. The steps read the run store alone.
import { expect, test } from 'vitest'
import { newLoad } from '../../../loader/runs/earlierLoad.ts'
import { prepareRun } from '../../../loader/runs/prepareRun.ts'
import type { CallerRules } from '../../../loader/spec/callerRules.ts'
import { specOfPart } from '../../../loader/spec/earlierRun.ts'
import { RunStoreError } from '../../../loader/storage/errors.ts'
import type { RunStores } from '../../../loader/storage/runStore.ts'
import type { RunOutcome } from '../../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { planOf, specOf } from '../../rig/describes.ts'
import { type Files, memoryRunStore } from '../protocol/memoryRunStore.ts'
import { SimulatedWorker } from '../protocol/simulatedWorker.ts'

const EARLIER = 'nightly.d1'
const AGAIN = 'nightly.d2'

const SPEC = specOf({
  fields: { LastName: 'last' },
  maxRejected: 5,
  source: { uri: 'file:data/a.csv', waitFor: 60_000 },
})

const REPORT = {
  runId: EARLIER,
  outcome: 'completed_with_rejected',
  connection: 'production',
  object: 'Contact',
  records: 3,
  tally: { created: 2, updated: 0, deleted: 0, unchanged: 0, failed: 1, inDoubt: 0 },
  startedAt: '2026-11-25T01:00:00',
  finishedAt: '2026-11-25T01:05:00',
}

const STARTED = {
  workflowId: 'sync/nightly/d1',
  connection: 'production',
  object: 'Contact',
  operation: 'create',
  startedAt: '2026-11-25T01:00:00',
}

/** A run store with one run. @param report replaces the run's own; undefined while it has none */
function storesWith(report: object | undefined, more: Readonly<Record<string, string>> = {}) {
  const earlier: Files = new Map([
    ['spec.json', JSON.stringify(SPEC)],
    ['executions/e.started.json', JSON.stringify(STARTED)],
    ...(report === undefined ? [] : [['report.json', JSON.stringify(report)] as const]),
    ...Object.entries(more),
  ])
  const runs = new Map<string, Files>([[EARLIER, earlier]])
  const worker = new SimulatedWorker()
  const runStores: RunStores = {
    location: 'memory:',
    open: runId => {
      const files = runs.get(runId) ?? new Map()
      runs.set(runId, files)
      return memoryRunStore(files, worker)
    },
    runIds: async function* () {
      yield* runs.keys()
    },
    removeRun: async runId => void runs.delete(runId),
  }
  return { runs, runStores }
}

function prepare(runStores: RunStores, input: Partial<SyncRecordsInput>, allow?: CallerRules, runId = AGAIN) {
  const dependencies = {
    sync: (name: string) => (name === 'nightly' ? SPEC : undefined),
    syncNames: ['nightly'],
    allow,
    scheduleZone: () => undefined,
    connection: () => ({ requestTimeout: 0 }) as never,
    runStores,
  }
  const workflowId = `sync/${runId.replace('.', '/')}`
  return prepareRun(dependencies, {
    ...(input.undoOf == null && { retryOf: EARLIER }),
    ...input,
    runId,
    workflowId,
    execution: workflowId,
    at: Date.now(),
  })
}

test('a retry loads what the earlier run loaded, without the limit of rejected records and without waiting for a source', async () => {
  const { runs, runStores } = storesWith(REPORT)
  const { spec, sync, inlineResults } = await prepare(runStores, {})
  const source = { uri: `retry:${EARLIER}`, shortRows: 'reject', blankValues: [], stableFor: 30_000 }
  const { maxRejected: _, ...others } = SPEC
  expect(spec).toEqual({ ...others, source: { ...source, missing: 'fail', unchanged: 'load' } })
  expect({ sync, inlineResults }).toEqual({ sync: 'nightly', inlineResults: false })
  expect(runs.get(EARLIER)?.get('retried.json')).toBe(`{"runId":"${AGAIN}"}\n`)
})

test('a retry that was begun is resumed, also when the earlier run was removed since', async () => {
  const { runs, runStores } = storesWith(REPORT)
  const first = await prepare(runStores, {})
  expect((await prepare(runStores, {})).spec).toEqual(first.spec)
  runs.delete(EARLIER)
  expect((await prepare(runStores, {})).spec).toEqual(first.spec)
})

test('a run is retried once: a second retry would load the same records twice', async () => {
  const { runStores } = storesWith(REPORT)
  await prepare(runStores, {})
  const second = prepare(runStores, {}, undefined, 'nightly.d3')
  await expect(second).rejects.toThrow(
    `Run ${EARLIER}: the run ${AGAIN} loads its failed records already, and another one would load them twice; see it: sflink runs show ${AGAIN}`,
  )
})

test('two retries that begin at once have one winner', async () => {
  const { runStores } = storesWith(REPORT)
  const both = await Promise.allSettled([prepare(runStores, {}), prepare(runStores, {}, undefined, 'nightly.d3')])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

const ended = (outcome: RunOutcome, tally: object = {}) => ({
  ...REPORT,
  outcome,
  tally: { ...REPORT.tally, ...tally },
})

test.each([
  ['still runs', undefined, /it has not ended; follow it: sflink sync status nightly\.d1 --follow/],
  [
    'has nothing failed',
    ended('completed', { failed: 0 }),
    /all of its 3 records were loaded .*sflink sync results nightly\.d1/,
  ],
  ['was skipped', ended('skipped'), /it loaded nothing, so no record has failed; start the sync again/],
  [
    'has failed',
    ended('failed'),
    /it failed before every record was sent; resume it \(sflink sync resume nightly\.d1\)/,
  ],
  ['was cancelled', ended('cancelled'), /it was cancelled before every record was sent; resume it/],
])('a run that %s is not retried: one line says what to do', async (_, report, message) => {
  const { runs, runStores } = storesWith(report)
  const more = report?.outcome === 'failed' || report?.outcome === 'cancelled'
  if (more)
    runs
      .get(EARLIER)
      ?.set('executions/e.ended.json', JSON.stringify({ outcome: report.outcome, finishedAt: REPORT.finishedAt }))
  const error: Error = await newLoad(runStores, { kind: 'retry', runId: EARLIER }).catch(one => one)
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
  expect(error).toMatchObject({ kind: 'usage' })
})

test('a run whose files were removed, and one that never existed, are not retried', async () => {
  const { runs, runStores } = storesWith(REPORT)
  await expect(newLoad(runStores, { kind: 'retry', runId: 'nightly.d9' })).rejects.toThrow(
    'Run nightly.d9: there is no such run in memory:; list the runs: sflink runs list',
  )
  runs.set('removed-runs', new Map([['nightly.d0.json', '{}']]))
  await expect(newLoad(runStores, { kind: 'retry', runId: 'nightly.d0' })).rejects.toThrow(
    'Run nightly.d0: its files were removed from memory:, so its failed records are not known any more; load the corrected source as a new run',
  )
  await expect(newLoad(runStores, { kind: 'retry', runId: 'removed-runs' })).rejects.toThrow('there is no such run')
})

test('a run with damaged files is not retried', async () => {
  const { runStores } = storesWith(REPORT, { 'report.json': '{"run' })
  await expect(newLoad(runStores, { kind: 'retry', runId: EARLIER })).rejects.toThrow(
    'its files are damaged (report.json is not valid JSON)',
  )
})

test.each([
  [{ spec: { object: 'Lead' } }, 'spec: the earlier run decides; leave it out'],
  [{ scheduledTime: '2026-11-25T01:00:00Z' }, 'scheduledTime: the earlier run decides; leave it out'],
  [{ inlineResults: true }, 'inlineResults: the results are in the files of the run only; leave it out'],
  [{ sync: 'weekly' }, 'it is a run of the sync nightly, not of weekly; leave sync out, or name its own'],
])('an input with %j beside retryOf is rejected', async (input, message) => {
  const { runStores } = storesWith(REPORT)
  await expect(prepare(runStores, input)).rejects.toThrow(message)
})

test('callers retry only runs of syncs that they may run', async () => {
  const { runStores } = storesWith(REPORT)
  await expect(prepare(runStores, {}, { syncs: ['weekly'], overrides: [] })).rejects.toThrow(
    'Sync nightly: callers may not run it; allowed: weekly',
  )
  expect(await prepare(runStores, {}, { syncs: ['nightly'], overrides: [] })).toMatchObject({ sync: 'nightly' })
})

test('the URI of a source cannot name an earlier run', async () => {
  const { runStores } = storesWith(REPORT)
  const spec = { ...SPEC, source: { uri: `retry:${EARLIER}` } }
  await expect(prepare(runStores, { retryOf: null, spec })).rejects.toThrow(
    'The source: its URI names another run; name that run in the input: retryOf',
  )
})

const UPDATED = ended('completed', { created: 0, updated: 3, failed: 0 })

/** A run that has overwritten records and kept what they held. */
function undoableRun(report: object | undefined = UPDATED) {
  const parts = {
    operation: 'update',
    keyField: 'Email',
    fields: { LastName: 'last', Email: 'mail' },
    undo: true,
  } as const
  const spec = specOf(parts)
  return storesWith(report, {
    'spec.json': JSON.stringify(spec),
    'plan.json': JSON.stringify({ spec, plan: planOf(parts), userId: 'u', warnings: [], startedAt: 0 }),
  })
}

test('an undo writes by Id, keeps before-images of its own, and sends what differs', async () => {
  const { runs, runStores } = undoableRun()
  const { spec, sync } = await prepare(runStores, { undoOf: EARLIER })
  expect(spec).toMatchObject({
    source: { uri: `undo:${EARLIER}` },
    operation: { column: 'undo.operation' },
    fields: {
      Id: { column: 'undo.Id' },
      LastName: { column: 'undo.restore.LastName' },
      Email: { column: 'undo.restore.Email' },
    },
    undo: true,
    send: 'changed',
  })
  expect(spec).not.toHaveProperty('keyField')
  expect(sync).toBeUndefined()
  expect(runs.get(EARLIER)?.get('undone.json')).toBe(`{"runId":"${AGAIN}"}\n`)
})

test('a run is undone once, and an undone run does not continue', async () => {
  const { runStores } = undoableRun()
  await prepare(runStores, { undoOf: EARLIER })
  await expect(prepare(runStores, { undoOf: EARLIER }, undefined, 'nightly.d3')).rejects.toThrow(
    `Run ${EARLIER}: the run ${AGAIN} has undone it already; see it: sflink runs show ${AGAIN}, or take that undo back: sflink sync undo ${AGAIN}`,
  )
  await expect(prepare(runStores, { retryOf: null, sync: 'nightly' }, undefined, EARLIER)).rejects.toThrow(
    `Run ${EARLIER}: the run ${AGAIN} has undone it, so it does not continue; start a new run`,
  )
})

test('a run that kept no before-images is not undone, unless it has only created records', async () => {
  const { runStores } = storesWith(UPDATED)
  const error: Error = await newLoad(runStores, { kind: 'undo', runId: EARLIER }).catch(one => one)
  expect(error.message).toBe(
    `Run ${EARLIER}: it overwrote 3 and deleted 0 records and has not kept what they held, because its sync has no undo: true; correct them in the org by hand, and set undo: true for later runs`,
  )
  const plan = JSON.stringify({
    spec: SPEC,
    plan: planOf({ fields: { LastName: 'last' } }),
    userId: 'u',
    warnings: [],
    startedAt: 0,
  })
  const created = storesWith(REPORT, { 'plan.json': plan })
  expect(await newLoad(created.runStores, { kind: 'undo', runId: EARLIER })).toMatchObject({ sync: 'nightly' })
})

test.each([
  ['still runs', undefined, /it has not ended; follow it/],
  ['was skipped', ended('skipped'), /it loaded nothing, so there is nothing to take back/],
  [
    'has written nothing',
    ended('completed_with_rejected', { created: 0 }),
    /it has written no record, so there is nothing to take back/,
  ],
])('a run that %s is not undone: one line says why', async (_, report, message) => {
  const { runStores } = storesWith(report)
  const error: Error = await newLoad(runStores, { kind: 'undo', runId: EARLIER }).catch(one => one)
  expect(error.message).toMatch(message)
  expect(error.message).not.toContain('\n')
})

test('a run that was removed is not undone', async () => {
  const { runs, runStores } = storesWith(REPORT)
  runs.set('removed-runs', new Map([['nightly.d0.json', '{}']]))
  await expect(newLoad(runStores, { kind: 'undo', runId: 'nightly.d0' })).rejects.toThrow(
    'its files were removed from memory:, so what it has written is not known any more; correct the records in the org by hand',
  )
})

test('an undo is not retried, and a run does one thing with an earlier one', async () => {
  const spec = { ...SPEC, source: { ...SPEC.source, uri: 'undo:nightly.d0' } }
  const { runStores } = storesWith(REPORT, { 'spec.json': JSON.stringify(spec) })
  await expect(newLoad(runStores, { kind: 'retry', runId: EARLIER })).rejects.toThrow(
    `take the undo back (sflink sync undo ${EARLIER}), and undo again`,
  )
  await expect(prepare(runStores, { undoOf: EARLIER, retryOf: EARLIER })).rejects.toThrow(
    'a run applies a plan, retries another run or undoes it; give one of them',
  )
})

test('what a sync does to records that its source lacks is left out: a part of a source lacks most of them', () => {
  const whole: SyncSpec = { ...SPEC, limit: 5, missing: 'delete', scope: 'A = 1', maxDeleted: 10, missingFields: {} }
  const { maxRejected: _, ...part } = SPEC
  expect(specOfPart(whole)).toEqual({ ...part, missing: 'ignore', maxDeleted: 0 })
})

test.each(['report.json', 'executions/e.started.json'])(
  'an error of the run store while %s is read ends no run: the step is retried, because the error may pass',
  async broken => {
    const { runStores } = storesWith(REPORT)
    const failing: RunStores = {
      ...runStores,
      open: runId => {
        const store = runStores.open(runId)
        const readText: typeof store.readText = path =>
          path === broken
            ? Promise.reject(new RunStoreError('Reading', store.location, path, 'EIO'))
            : store.readText(path)
        return { ...store, readText }
      },
    }
    await expect(prepare(failing, {})).rejects.toMatchObject({ name: 'RunStoreError', kind: 'transient' })
  },
)

test('a run that is resumed while it is claimed for an undo is not undone', async () => {
  const { runs, runStores } = undoableRun(ended('cancelled', { created: 0, updated: 3, failed: 0 }))
  const files = runs.get(EARLIER) as Files
  files.set('executions/e.ended.json', JSON.stringify({ outcome: 'cancelled', finishedAt: REPORT.finishedAt }))
  const set = files.set.bind(files)
  files.set = (path, content) => {
    if (path === 'undone.json')
      set('executions/f.started.json', JSON.stringify({ ...STARTED, startedAt: '2026-11-25T02:00:00' }))
    return set(path, content)
  }
  await expect(prepare(runStores, { undoOf: EARLIER })).rejects.toThrow('it has not ended')
  expect(files.has('undone.json')).toBe(false)
})

test('nor is one that is resumed while an error of the run store delays the undo', async () => {
  const { runs, runStores } = undoableRun(ended('cancelled', { created: 0, updated: 3, failed: 0 }))
  const files = runs.get(EARLIER) as Files
  files.set('executions/e.ended.json', JSON.stringify({ outcome: 'cancelled', finishedAt: REPORT.finishedAt }))
  const failing: RunStores = {
    ...runStores,
    open: runId => {
      const store = runStores.open(runId)
      const readText: typeof store.readText = path =>
        path === 'executions/e.started.json' && files.has('undone.json')
          ? Promise.reject(new RunStoreError('Reading', store.location, path, 'EIO'))
          : store.readText(path)
      return { ...store, readText }
    },
  }
  await expect(prepare(failing, { undoOf: EARLIER })).rejects.toThrow('EIO')
  // It has looked for the claim before.
  files.set('executions/f.started.json', JSON.stringify({ ...STARTED, startedAt: '2026-11-25T02:00:00' }))
  await expect(prepare(runStores, { undoOf: EARLIER })).rejects.toThrow('it has not ended')
  expect(files.has('undone.json')).toBe(false)
})

test('the plan of an undo is not applied when the run has continued since it was made', async () => {
  const { runs, runStores } = undoableRun()
  const { spec } = await newLoad(runStores, { kind: 'undo', runId: EARLIER })
  const planned = { spec, startedAt: Date.parse(`${REPORT.finishedAt}Z`) - 1 }
  runs.set(
    AGAIN,
    new Map([
      ['spec.json', `${JSON.stringify(spec, undefined, 2)}\n`],
      ['plan.json', JSON.stringify(planned)],
      ['begun.json', JSON.stringify({ runId: AGAIN, workflowId: 'w', inlineResults: false, plan: {} })],
      ['plan.report.json', '{}'],
    ]),
  )
  await expect(prepare(runStores, { plan: AGAIN, retryOf: null })).rejects.toThrow(
    `Run ${EARLIER}: it has continued since this plan was made; plan again: sflink sync undo ${EARLIER} --plan`,
  )
  expect(runs.get(EARLIER)?.has('undone.json')).toBe(false)
  runs.get(AGAIN)?.set('plan.json', JSON.stringify({ ...planned, startedAt: planned.startedAt + 1 }))
  await prepare(runStores, { plan: AGAIN, retryOf: null })
  expect(runs.get(EARLIER)?.get('undone.json')).toContain(AGAIN)
})
