// The source that a run reads, and what the run does when it is missing, still being written, or unchanged since the last run.
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client'
import { expect, test } from 'vitest'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { fileRig, type StartedLoad, until } from '../../rig/loadRig.ts'

const BASE = {
  connection: 'org-1',
  object: 'Contact',
  operation: 'create' as const,
  fields: { LastName: 'last_name' },
}

const sync = (source: object) => ({ ...BASE, source: { uri: 'file:data/{date}.csv', ...source } })

const rig = await fileRig({
  places: { dataDirectories: ['data', 'http://127.0.0.1:9/'] },
  syncs: {
    daily: sync({}),
    yesterdays: sync({ uri: 'file:data/{date-1}.csv' }),
    skipping: sync({ uri: 'file:data/skipping.csv', unchanged: 'skip' }),
    undone: { ...sync({ uri: 'file:data/undone.csv', unchanged: 'skip' }), undo: true },
    mapped: {
      ...sync({ uri: 'file:data/mapped.csv', unchanged: 'skip' }),
      fields: { LastName: 'last_name', Birthdate: 'born' },
    },
    failing: sync({ uri: 'file:data/failing.csv', unchanged: 'fail' }),
    loading: sync({ uri: 'file:data/loading.csv' }),
    awaited: sync({ uri: 'file:data/awaited.csv', waitFor: '1h', stableFor: '1s' }),
    late: sync({ uri: 'file:data/late.csv', waitFor: '1s', stableFor: '50ms' }),
    unreached: sync({ uri: 'http://127.0.0.1:9/a.csv', waitFor: '1s' }),
    unknown: sync({ uri: 'file:data/{region}.csv' }),
  },
})
const org = await rig.openOrg()
// Slow: the other tests run meanwhile.
const unreached = rejection(rig.load({}, { sync: 'unreached', scheduledTime: '2026-03-01T13:00:00Z' }))

const load = (name: string, input: object = {}) => rig.load({}, { sync: name, ...input })

async function rejection(run: Promise<unknown>): Promise<string> {
  const failure = await run.then(
    () => undefined,
    (error: WorkflowFailedError) => error.cause,
  )
  return failure instanceof ApplicationFailure ? `${failure.type}: ${failure.message}` : `no rejection: ${failure}`
}

/** The last failure of the activity that is retried. */
const awaiting = async ({ handle }: StartedLoad) =>
  (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? ''

test('the scheduled time in its time zone selects the file', async () => {
  await rig.source('last_name\nNight\n', '2026-03-02.csv')
  const scheduledTime = '2026-03-01T13:00:00Z'
  expect(await load('daily', { scheduledTime, timeZone: 'Pacific/Auckland' })).toMatchObject({ outcome: 'completed' })
  const yesterday = { scheduledTime: '2026-03-03T02:00:00+01:00', timeZone: 'Europe/Berlin' }
  expect(await load('yesterdays', yesterday)).toMatchObject({ outcome: 'completed' })
})

const REJECTED: readonly (readonly [string, object, RegExp])[] = [
  ['daily', {}, /^RunRejectedError: The source file:data\/\{date\}\.csv: \{date\} is open; give scheduledTime/],
  [
    'daily',
    { scheduledTime: 'tonight' },
    /scheduledTime: "tonight" is not a valid time; write it like 2026-11-25T01:00:00Z$/,
  ],
  ['daily', { scheduledTime: '2026-03-01T02:00' }, /scheduledTime: "2026-03-01T02:00" has no offset; write it like/],
  ['daily', { scheduledTime: '2026-03-01T13:00:00Z', timeZone: 'Berlin' }, /timeZone: unknown time zone "Berlin"/],
  [
    'awaited',
    { scheduledTime: '2026-03-01+01:00' },
    /scheduledTime: "2026-03-01\+01:00" is not a valid time; write it like/,
  ],
  ['daily', { scheduledTime: 7 }, /scheduledTime: expected text; given 7; put it in quotes$/],
  ['unknown', { scheduledTime: '2026-03-01T13:00:00Z' }, /\{region\} is not a time placeholder; use \{date\}, /],
]

test('reports an invalid or missing time in one line', async () => {
  const messages = await Promise.all(REJECTED.map(([name, input]) => rejection(load(name, input))))
  for (const [index, [, , words]] of REJECTED.entries()) expect(messages[index]).toMatch(words)
})

test('an unchanged source is loaded with a warning, skipped or rejected, as the sync specifies', async () => {
  for (const name of ['skipping', 'failing', 'loading']) await rig.source('last_name\nSame\n', `${name}.csv`)
  const before = (await org.records('Contact')).length
  const [first, ...others] = await Promise.all(['skipping', 'failing', 'loading'].map(name => load(name)))
  expect([first, ...others]).toMatchObject(Array(3).fill({ outcome: 'completed', warnings: [] }))
  const same = new RegExp(
    `it is byte for byte what the run ${first?.runId} has loaded \\(file:data/skipping\\.csv, .* UTC, 1 of 1 records loaded\\)\\. ` +
      'To load it all the same: sflink sync run skipping --set source\\.uri=file:data/skipping\\.csv --set source\\.unchanged=load$',
  )
  const again = await load('skipping')
  expect(again).toMatchObject({
    outcome: 'skipped',
    skipped: { reason: 'unchanged', message: expect.stringMatching(same) },
    records: 0,
  })
  expect(await rejection(load('failing'))).toMatch(
    /^RunRejectedError: The source .*byte for byte.*sflink sync run failing --set source\.uri=file:data\/failing\.csv --set source\.unchanged=load$/,
  )
  expect((await load('loading')).warnings).toEqual([expect.stringMatching(/was loaded again: it is byte for byte/)])
  await rig.source('last_name\nOther\n', 'skipping.csv')
  expect(await load('skipping', { runId: again.runId })).toMatchObject({ outcome: 'completed', records: 1 })
  // Repeats the first of these runs: its source was not the last one loaded.
  expect(await load('skipping', { runId: first?.runId ?? '' })).toMatchObject({ outcome: 'completed' })
  expect(await load('skipping')).toMatchObject({ outcome: 'skipped' })
  // Three records at first, one again, one other.
  expect((await org.records('Contact')).length - before).toBe(5)
})

test('a run that loaded no record, or with other settings, does not make a source unchanged', async () => {
  await rig.source('last_name,born\nSame,31.12.1999\n', 'mapped.csv')
  const mapped = (spec: object) => load('mapped', { spec })
  const rejected = await mapped({})
  expect(rejected).toMatchObject({ outcome: 'completed_with_rejected', tally: { created: 0 } })
  const corrected = { formats: { dates: ['dd.MM.yyyy'] } }
  expect(await mapped(corrected)).toMatchObject({ outcome: 'completed', tally: { created: 1 }, warnings: [] })
  expect(await mapped(corrected)).toMatchObject({ outcome: 'skipped' })
  const changed = await mapped({ ...corrected, blank: 'clear' })
  expect(changed).toMatchObject({ outcome: 'completed', tally: { created: 1 } })
  expect(changed.warnings).toEqual([expect.stringMatching(/was loaded again, because the sync has changed since: /)])
})

test('a skipped run writes a results file with a header only, and its report', async () => {
  const { runId, files } = await load('skipping')
  expect(files.results).toMatch(/results\.csv$/)
  expect(await rig.text(runId, 'results.csv')).toBe('status,errormessage,timestamp\n')
  expect(JSON.parse(await rig.text(runId, 'report.json'))).toMatchObject({ outcome: 'skipped' })
})

test('a source that is still being written is read only when it is stable', async () => {
  const started = await rig.start({}, { sync: 'awaited' })
  await until(
    () => awaiting(started),
    words => words.startsWith('The source file:data/awaited.csv has not arrived yet; waiting for it until '),
  )
  const path = join(rig.folder, 'data', 'awaited.csv')
  await writeFile(path, 'last_name\nHalf')
  await until(
    () => awaiting(started),
    words => words.includes('has arrived (14 bytes); checking once more'),
  )
  await appendFile(path, 'Whole\nSecond\n')
  expect(await started.report()).toMatchObject({ outcome: 'completed', records: 2 })
  expect((await org.records('Contact', 'LastName')).map(({ LastName }) => LastName)).toContain('HalfWhole')
})

test('a missing source fails the run, and the same run resumes when the source exists', async () => {
  await rm(join(rig.folder, 'data', 'late.csv'), { force: true })
  const runId = 'nightly.late'
  expect(await rejection(load('late', { runId }))).toMatch(
    /^RunRejectedError: The source file:data\/late\.csv: it did not arrive by .* UTC, the end of waitFor; nothing was sent\. Add the file and resume the run;/,
  )
  await rig.source('last_name\nAtLast\n', 'late.csv')
  expect(await load('late', { runId })).toMatchObject({ runId, outcome: 'completed', records: 1 })
})

test('a run that failed because its source was still being written resumes when the source is stable', async () => {
  const path = join(rig.folder, 'data', 'late.csv')
  const input = { runId: 'restless', scheduledTime: new Date().toISOString() }
  const first = rejection(load('late', input))
  let isOver = false
  first.finally(() => {
    isOver = true
  })
  for (let line = 1; !isOver; line += 1) await writeFile(path, `last_name\n${'Half\n'.repeat(line)}`)
  expect(await first).toMatch(/it is still being written .*Check the program that writes it, then resume the run/)
  expect(await load('late', input)).toMatchObject({ outcome: 'completed' })
})

test('a source that cannot be reached long after its scheduled time fails the run', async () => {
  expect(await unreached).toMatch(
    /^RunRejectedError: The source http:\S+: it was due by 2026-03-01 13:00:01 UTC and cannot be checked; nothing was sent\. Fix the cause, then resume the run: .*ECONNREFUSED/,
  )
})

test('a source whose run was undone is loaded again', async () => {
  await rig.source('last_name\nUndone\n', 'undone.csv')
  const first = await load('undone')
  expect(await load('undone')).toMatchObject({ outcome: 'skipped' })
  const undone = await rig.execute<RunReport>('syncRecords', { undoOf: first.runId })
  expect(undone).toMatchObject({ outcome: 'completed', tally: { deleted: 1 } })
  expect(await load('undone')).toMatchObject({ outcome: 'completed', tally: { created: 1 } })
})
