// Old runs are removed, and the remains of a removal are never taken for a run that has sent nothing.
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeRun } from '../../../loader/runs/pruneRuns.ts'
import { markRemoved } from '../../../loader/runs/removedRuns.ts'
import { openFileRunStores } from '../../../loader/storage/fileRunStore.ts'
import type { PruneRunsAnswer, PruneRunsInput } from '../../../packages/client/contract/maintenance.ts'
import { startPruning } from '../../../workers/dailyPruning.ts'
import { ageRun } from '../../rig/agedRun.ts'
import { contactsFrom, fileRig, until } from '../../rig/loadRig.ts'

const DAY = 86_400_000

const rig = await fileRig({ places: { retention: { completed: DAY, unfinished: 2 * DAY } } })
const org = await rig.openOrg()

const prune = (input: PruneRunsInput) => rig.execute<PruneRunsAnswer>('pruneRuns', input)

const specOf = async (given: object = {}, content = 'last\nDoe\nRoe\n') =>
  contactsFrom(await rig.source(content), org, given)

const place = (...names: readonly string[]): string => join(rig.folder, 'runs', ...names)

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const age = (runId: string) => ageRun(place(runId))

const created = (): number | undefined => org.emulator.stats().created['Contact']

test('removes runs that ended long enough ago, keeps those that can resume and files that are not runs', async () => {
  const well = await rig.load(await specOf())
  const rejected = await rig.load(await specOf({}, 'last\nDoe\n""\n'))
  const failed = await rig.start(await specOf({ fields: { LastName: 'last', Nonsense__c: 'last' } }))
  await expect(failed.report()).rejects.toThrow()
  await mkdir(place('state-of-another'), { recursive: true })
  await writeFile(place('state-of-another', 'last.json'), '{}')
  expect(await prune({})).toMatchObject({ removedCount: 0, kept: 4 })
  for (const { runId } of [well, rejected]) await age(runId)
  expect(await prune({ retention: 4 * DAY })).toMatchObject({ removedCount: 0, kept: 4 })
  const dry = await prune({ dryRun: true })
  expect(dry.removed.toSorted()).toEqual([well.runId, rejected.runId].toSorted())
  expect(await isThere(well.files.results)).toBe(true)
  const answer = await prune({})
  expect({ ...answer, removed: answer.removed.toSorted() }).toEqual({
    location: place(),
    dryRun: false,
    removedCount: 2,
    removed: [well.runId, rejected.runId].toSorted(),
    working: [],
    kept: 2,
  })
  const left = [failed.runId, 'removed-runs', 'state-of-another']
  expect((await readdir(place())).toSorted()).toEqual(left.toSorted())
  await age(failed.runId)
  expect(await prune({})).toMatchObject({ removed: [failed.runId], kept: 1 })
  expect(await prune({})).toMatchObject({ removedCount: 0, kept: 1 })
})

test('a removed run is never sent again under its id', async () => {
  const spec = await specOf()
  const { runId } = await rig.load(spec)
  await age(runId)
  await prune({})
  const before = created()
  const again = await rig.start(spec, { runId })
  await expect(again.report()).rejects.toMatchObject({
    cause: {
      type: 'RunRejectedError',
      message: `Run ${runId}: its files were removed from ${place()}, so it is unknown what was sent; give this load another id`,
    },
  })
  expect(created()).toBe(before)
  expect(await isThere(place(runId))).toBe(false)
})

test('a partly removed run is not taken for a new run, and the next pruning completes the removal', async () => {
  const stores = openFileRunStores(place())
  for (const isLeft of ['everything', 'the chunks alone'] as const) {
    const spec = await specOf()
    const { runId } = await rig.load(spec)
    await age(runId)
    await markRemoved(stores, runId, {})
    if (isLeft === 'the chunks alone') {
      for (const name of await readdir(place(runId))) {
        if (name !== 'chunks') await rm(place(runId, name), { recursive: true })
      }
    }
    const before = created()
    await expect((await rig.start(spec, { runId })).report()).rejects.toMatchObject({
      cause: { type: 'RunRejectedError' },
    })
    expect(created()).toBe(before)
    expect((await prune({})).removed).toEqual([runId])
    expect(await isThere(place(runId))).toBe(false)
  }
})

test('a run with a running workflow is kept, however old it is', async () => {
  const slow = await rig.openOrg({ processingDelayMs: 600_000 })
  const spec = await specOf({ connection: slow.connection, engine: 'bulk' })
  const load = await rig.start(spec)
  const proof = place(load.runId, 'chunks/00001.job.json')
  await until(() => isThere(proof), Boolean)
  await age(load.runId)
  expect(await prune({})).toMatchObject({
    removedCount: 0,
    working: [load.runId],
  })
  expect(await isThere(proof)).toBe(true)
  await load.handle.terminate()
  expect(await prune({})).toMatchObject({ removed: [load.runId], working: [] })
})

test('no caller removes a run before the retention of the configuration', async () => {
  const { runId } = await rig.load(await specOf())
  const hostile: readonly unknown[] = [0, -1e15, 1e300, 0.5, '0d', [], true, DAY / 2].flatMap(retention => [
    { retention },
    { retentionUnfinished: retention },
  ])
  for (const input of [...hostile, [], 'all', { keep: 0 }]) {
    await expect(prune(input as PruneRunsInput)).rejects.toMatchObject({ cause: { type: 'InputRejectedError' } })
  }
  await expect(prune({ retentionUnfinished: DAY })).rejects.toMatchObject({
    cause: {
      message:
        'Removing old runs: retentionUnfinished 1d is shorter than in the configuration of the worker, which has 2d; nothing was removed. Change it in sflink.yaml, or ask for a dry run',
    },
  })
  expect(await isThere(place(runId))).toBe(true)
})

test.each(['removed-runs', 'calls.calls-2026-01-01'])('the run store reserves %s: it is not a run', async runId => {
  const load = await rig.start(await specOf(), { runId })
  await expect(load.report()).rejects.toMatchObject({
    cause: { message: `Run ${runId}: the run store reserves this id; give the load another id` },
  })
})

test('one of many workers starts pruning each day, also after the pruning of that day has ended', async () => {
  const day = new Date(Date.UTC(2026, 10, 25, 12) + Math.floor(Math.random() * 1e6) * 86_400_000)
  const asked = await Promise.all([1, 2, 3].map(() => startPruning(rig.client, day)))
  expect(asked.toSorted()).toEqual([false, false, true])
  const id = `prune-runs/${day.toISOString().slice(0, 10)}`
  await rig.client.workflow.getHandle(id).terminate()
  expect(await startPruning(rig.client, day)).toBe(false)
  const next = new Date(day.getTime() + 86_400_000)
  expect(await startPruning(rig.client, next)).toBe(true)
  await rig.client.workflow.getHandle(`prune-runs/${next.toISOString().slice(0, 10)}`).terminate()
})

test('an operator removes one run, whatever its age, unless a workflow is running it', async () => {
  const { runId } = await rig.load(await specOf({ maxRejected: 0 }))
  const stores = openFileRunStores(place())
  expect(await removeRun(stores, runId, async () => true)).toBe('running')
  expect(await isThere(place(runId))).toBe(true)
  expect(await removeRun(stores, runId, async () => false)).toBe('removed')
  expect(await isThere(place(runId))).toBe(false)
  expect(await removeRun(stores, runId, async () => false)).toBe('missing')
  expect(await removeRun(stores, 'removed-runs', async () => false)).toBe('reserved')
})

test('what stays of a removed run holds no value of its records', async () => {
  const spec = await specOf({ fields: { LastName: 'last', Email: 'last' }, maxRejected: 0 }, 'last\njane.secret@\n')
  const { runId, report } = await rig.start(spec)
  await expect(report()).rejects.toThrow()
  await removeRun(openFileRunStores(place()), runId, async () => false)
  const mark = await readFile(place('removed-runs', `${runId}.json`), 'utf8')
  expect(mark).toContain('"state": "failed"')
  expect(mark).not.toContain('jane')
  expect(mark).not.toContain('"note"')
})
