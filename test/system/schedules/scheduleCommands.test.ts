// Schedules as a user runs them: the command, a worker, Temporal and an emulated org together, for several scheduled times.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { readConfiguration } from '../../../config/configuration.ts'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { nextTimes, wallText } from '../../../loader/schedule/scheduleTimes.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { createDependencies } from '../../../workers/dependencies.ts'
import { type RunningWorker, startWorker } from '../../../workers/worker.ts'
import { inProcess } from '../../rig/inProcess.ts'
import { until } from '../../rig/loadRig.ts'
import { orgOf, type RigOrg } from '../../rig/rigOrg.ts'
import type { Outcome } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

/** Its scheduled times are on another day in UTC. */
const ZONE = 'Pacific/Auckland'
const DAY = 86_400_000

const folder = temporaryFolder()
let temporal: TemporalServer
let emulator: Emulator
let org: RigOrg
let connection: Connection
let client: Client
let worker: RunningWorker
let environment: Record<string, string>

/** The day in the zone, this many days ago, like `2026-11-24`. */
const day = (ago: number) => wallText(Date.now() - ago * DAY, ZONE).slice(0, 10)

const configuration = (syncs: string) => `connections:
  org:
    loginUrl: \${ORG_URL}
    auth: { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
syncs:
  nightly: &nightly
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/{date}.csv", waitFor: 2h, stableFor: 200ms, missing: skip }
    fields: { LastName: last_name }
${syncs}`

const SCHEDULE = `    schedule: { cron: "0 2 * * *", timeZone: ${ZONE}, overlap: skip }\n`

const write = (syncs: string) => writeFile(join(folder, 'sflink.yaml'), configuration(syncs))
const schedule = (...args: readonly string[]): Promise<Outcome> =>
  inProcess(['schedule', ...args, '--config', join(folder, 'sflink.yaml')])
const source = (date: string, name: string) => writeFile(join(folder, 'data', `${date}.csv`), `last_name\n${name}\n`)
const report = async (runId: string) =>
  JSON.parse(await readFile(join(folder, 'runs', runId, 'report.json'), 'utf8').catch(() => 'null')) as RunReport

beforeAll(async () => {
  await mkdir(join(folder, 'data'))
  ;[temporal, emulator] = await Promise.all([startTemporalServer({ own: true }), startEmulator({ seedRecords: false })])
  org = orgOf('org', emulator)
  environment = {
    TEMPORAL_ADDRESS: temporal.address,
    ORG_URL: emulator.url,
    ORG_SECRET: emulator.credentials.clientSecret,
  }
  Object.assign(process.env, environment)
  await write(SCHEDULE)
  connection = await Connection.connect({ address: temporal.address })
  client = new Client({ connection })
  const read = await readConfiguration(join(folder, 'sflink.yaml'), { environment })
  worker = await startWorker({
    temporal: { namespace: 'default', connectionOptions: { address: temporal.address } },
    dependencies: createDependencies(read),
    workflowBundle: { codePath: inject('workflowBundlePath') },
  })
})

afterAll(async () => {
  worker?.stop()
  await worker?.stopped
  await connection?.close()
  await Promise.all([temporal?.close(), emulator?.close()])
})

test('plan prints what apply then does, and a second apply changes nothing', async () => {
  const planned = await schedule('plan')
  expect(planned.code).toBe(0)
  expect(planned.stdout).toMatch(/^\+ nightly {2}create\n {4}next \d{4}-\d\d-\d\d 02:00, .* \(Pacific\/Auckland\)/)
  expect(planned.stdout).toMatch(/daylight saving: \d{4}-\d\d-\d\d 02:00 (does not exist|occurs twice)/)
  expect(planned.stderr).toBe('1 to create. Apply with: sflink schedule apply\n')
  expect((await schedule('apply')).stdout).toMatch(/^\+ nightly {2}create/)
  expect((await schedule('apply')).stdout).toMatch(/^= nightly {2}unchanged/)
})

test('each scheduled run reads its own file, waits for a late one, and reports a missing one', async () => {
  await Promise.all([source(day(3), 'First'), source(day(1), 'Third')])
  const backfilled = await schedule('backfill', 'nightly', '--from', day(3), '--to', day(1), '--json')
  expect(backfilled).toMatchObject({ code: 0 })
  const runs = JSON.parse(backfilled.stdout) as { runId: string; scheduledTime: string }[]
  expect(runs.map(({ scheduledTime }) => wallText(Date.parse(scheduledTime), ZONE))).toEqual(
    [3, 2, 1].map(ago => `${day(ago)} 02:00`),
  )
  const [first = '', second = '', third = ''] = runs.map(({ runId }) => runId)
  await until(
    () => report(third),
    found => found !== null,
  )
  expect(await report(first)).toMatchObject({ outcome: 'completed', records: 1 })
  expect(await report(second)).toMatchObject({
    outcome: 'skipped',
    records: 0,
    skipped: {
      reason: 'missing',
      message: expect.stringMatching(new RegExp(`${day(2)}\\.csv did not arrive by .* UTC`)),
    },
  })
  // The schedule learns of the last run's end a moment after its report is written.
  const { stdout } = await until(
    () => schedule('trigger', 'nightly', '--json'),
    ({ code }) => code === 0,
  )
  const triggered = JSON.parse(stdout) as { runId: string }
  const waiting = await until(
    () => inProcess(['sync', 'status', triggered.runId]),
    ({ stdout, stderr }) => `${stdout}${stderr}`.includes('has not arrived yet'),
  )
  expect(waiting.stdout).toContain('Waiting for the source')
  const again = await schedule('trigger', 'nightly')
  expect(again.code).toBe(1)
  expect(again.stderr).toMatch(
    /^The schedule of nightly is running \S+, and its overlap policy is skip: nothing was started\. Wait for its end, or cancel it: sflink sync cancel \S+\n$/,
  )
  await source(day(0), 'Late')
  await until(
    () => report(triggered.runId),
    found => found !== null,
  )
  expect((await org.records('Contact', 'LastName')).map(({ LastName }) => LastName)).toEqual(['First', 'Third', 'Late'])
  const shown = await until(
    async () => JSON.parse((await schedule('show', 'nightly', '--json')).stdout) as { runs: { state: string }[] },
    found => found.runs.every(({ state }) => state !== 'running'),
  )
  expect(shown.runs.map(({ state }) => state)).toEqual(['completed', 'skipped', 'completed', 'completed'])
})

test('a backfill loads a scheduled time that was skipped because its file was missing', async () => {
  await source(day(2), 'Second')
  const backfilled = await schedule('backfill', 'nightly', '--from', day(2), '--to', day(2), '--json')
  const [run] = JSON.parse(backfilled.stdout) as { runId: string }[]
  const found = await until(
    () => report(run?.runId ?? ''),
    ({ outcome }) => outcome !== 'skipped',
  )
  expect(found).toMatchObject({ outcome: 'completed', records: 1 })
})

test('show knows that a failed run was resumed', async () => {
  await writeFile(join(folder, 'data', `${day(5)}.csv`), 'wrong\nFifth\n')
  const [run] = JSON.parse(
    (await schedule('backfill', 'nightly', '--from', day(5), '--to', day(5), '--json')).stdout,
  ) as { runId: string }[]
  const runId = run?.runId ?? ''
  const stateOf = async () => {
    const { runs } = JSON.parse((await schedule('show', 'nightly', '--json')).stdout) as {
      runs: { runId: string; state: string }[]
    }
    return runs.find(one => one.runId === runId)?.state ?? ''
  }
  await until(stateOf, state => state === 'failed')
  await source(day(5), 'Fifth')
  const resumed = await inProcess(['sync', 'resume', runId, '--config', join(folder, 'sflink.yaml')])
  expect(resumed).toMatchObject({ code: 0 })
  expect(await report(runId)).toMatchObject({ outcome: 'completed', records: 1 })
  expect(await stateOf()).toBe('completed')
  expect((await schedule('show', 'nightly')).stdout).toContain(`STARTED (${ZONE})`)
})

test('a pause stays until the file or a person ends it, and a change lists its keys', async () => {
  expect((await schedule('pause', 'nightly', '--reason', 'org migration')).code).toBe(0)
  await write(`${SCHEDULE.replace('overlap: skip', 'overlap: buffer_one, jitter: 5m')}`)
  const changed = JSON.parse((await schedule('plan', '--json')).stdout) as { changes: { what: string }[] }[]
  expect(changed[0]?.changes).toEqual([
    { what: 'jitter', server: '0ms', file: '5m' },
    { what: 'overlap', server: 'skip', file: 'buffer_one' },
  ])
  await schedule('apply')
  expect((await schedule('list')).stdout).toMatch(/nightly +paused +0 2 \* \* \*/)
  const loads = 'file:data/{date}.csv into Contact in org (create)'
  expect((await schedule('show', 'nightly')).stdout).toContain(`paused: paused by sflink: org migration; ${loads}`)
  await write(`${SCHEDULE.replace('overlap: skip', 'overlap: buffer_one, jitter: 5m, paused: false')}`)
  expect((await schedule('apply')).stdout).toContain('paused: false; on the server true')
  const { state, memo } = await client.schedule.getHandle('sflink/nightly').describe()
  expect([state.paused, state.note, memo]).toEqual([false, loads, { sflink: { sync: 'nightly' } }])
  expect((await schedule('resume', 'nightly')).stdout).toMatch(
    new RegExp(`^The schedule of nightly is resumed; its next run starts [-0-9]{10} 02:0\\d \\(${ZONE}\\)\n$`),
  )
  expect((await schedule('show', 'nightly')).stdout).toContain(`on: resumed by sflink; ${loads}`)
  expect((await schedule('plan')).stderr).toBe('1 unchanged.\n')
})

test('plan detects times that someone else changed, and apply corrects them', async () => {
  const handle = client.schedule.getHandle('sflink/nightly')
  await handle.update(
    found =>
      ({
        ...found,
        spec: { ...found.spec, calendars: [{ hour: 5, comment: '0 2 * * *' }] },
      }) as never,
  )
  expect((await schedule('plan')).stdout).toContain('cron: 0 2 * * *; on the server times that sflink did not set')
  await schedule('apply')
  expect((await schedule('plan')).stderr).toBe('1 unchanged.\n')
})

test('the notes of a schedule follow what it loads, and keep what a person has written', async () => {
  const handle = client.schedule.getHandle('sflink/nightly')
  await handle.update(
    ({ state, ...found }) => ({ ...found, state: { ...state, note: `ask Ann; ${state.note}` } }) as never,
  )
  const text = configuration(`${SCHEDULE.replace('overlap: skip', 'overlap: buffer_one, jitter: 5m, paused: false')}`)
  await writeFile(join(folder, 'sflink.yaml'), text.replace('{date}.csv', '{date}-2.csv'))
  await schedule('apply')
  expect((await handle.describe()).state.note).toMatch(/^ask Ann; .*file:data\/\{date\}-2\.csv into Contact in org/)
  await writeFile(join(folder, 'sflink.yaml'), text)
  await schedule('apply')
  expect((await schedule('plan')).stderr).toBe('1 unchanged.\n')
})

test('setup names the schedules whose runs get the search attributes when they are applied again', async () => {
  expect((await inProcess(['setup'])).stdout).toMatch(
    /\nNext: the runs of nightly get them when their schedules are applied again: sflink schedule apply\n$/,
  )
  expect((await schedule('apply')).stdout).toContain('search attributes: ')
  expect((await schedule('plan')).stderr).toBe('1 unchanged.\n')
})

test('with jitter a backfilled run has the name and the source of its scheduled time', async () => {
  const backfilled = await schedule(
    'backfill',
    'nightly',
    '--from',
    `${day(4)}T02:00`,
    '--to',
    `${day(4)}T02:00`,
    '--json',
  )
  const [run] = JSON.parse(backfilled.stdout) as { runId: string }[]
  const { skipped } = await until(
    () => report(run?.runId ?? ''),
    found => found !== null,
  )
  expect(skipped?.message).toContain(`${day(4)}.csv`)
})

test.each([
  ['30 2 * * 1-5', 'Europe/Berlin'],
  ['*/20 */5 1-15/2 * 0,7', 'UTC'],
  ['0 2 31 * MON', 'America/New_York'],
  ['30 2 25-31 3 *', 'Europe/Berlin'],
  ['30 1 1-7 11 sun', 'America/New_York'],
  ['15 1 1 jan-jun *', 'Australia/Lord_Howe'],
])('Temporal reads the cron %s in %s as sflink does', async (cron, timeZone) => {
  const action = { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' } as const
  const handle = await client.schedule.create({
    scheduleId: cron,
    spec: { cronExpressions: [cron], timezone: timeZone },
    action,
  })
  const { nextActionTimes } = (await handle.describe()).info
  expect(nextActionTimes).toHaveLength(10)
  expect(nextTimes({ crons: [cron], timeZone }, Date.now(), 10)).toEqual(nextActionTimes.map(time => time.getTime()))
  await handle.delete()
})

test('an invalid command is reported in one line', async () => {
  const errorLines = async (...args: readonly string[]) => {
    const { code, stderr } = await schedule(...args)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    return [code, stderr.trimEnd()]
  }
  expect(await errorLines('backfill', 'nightly', '--from', `${day(2)}T03:00`, '--to', `${day(2)}T04:00`)).toEqual([
    2,
    `From ${day(2)}T03:00 to ${day(2)}T04:00 the schedule of nightly has no time that has passed (0 2 * * *, ${ZONE}); the next one is ${day(1)} 02:00. Nothing was started`,
  ])
  expect(await errorLines('backfill', 'nightly', '--from', day(1), '--to', day(2))).toEqual([
    2,
    `--to ${day(2)} is before --from ${day(1)}; give the earlier one as --from`,
  ])
  expect(await errorLines('backfill', 'nightly', '--from', 'yesterday', '--to', day(2))).toEqual([
    2,
    '--from: "yesterday" is not a valid time; write it like 2026-11-25T02:00, or 2026-11-25T01:00:00Z',
  ])
  expect(await errorLines('trigger', 'hourly')).toEqual([
    2,
    "There is no schedule of a sync or a flow 'hourly' in Temporal (namespace default): it has nightly. Give it a schedule in sflink.yaml, then: sflink schedule apply",
  ])
})

test("apply keeps another owner's schedule with the same id, and deletes one that was removed from the file", async () => {
  await client.schedule.create({
    scheduleId: 'sflink/weekly',
    spec: { cronExpressions: ['0 3 * * 1'] },
    action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
  })
  await write(`  weekly:\n    <<: *nightly\n    schedule: { calendar: { hour: 3, dayOfWeek: MONDAY } }\n`)
  const foreign = await schedule('apply')
  expect([foreign.code, foreign.stdout]).toEqual([1, ''])
  expect(foreign.stderr).toMatch(
    /^The schedule sflink\/weekly in Temporal was not made by sflink \(it has no memo "sflink"\) and is not changed\. .*\n$/,
  )
  await client.schedule.getHandle('sflink/weekly').delete()
  const applied = await schedule('apply')
  expect(applied.stdout).toMatch(/^- nightly {2}remove\n(?:.|\n)*\+ weekly {2}create/)
  expect((await client.schedule.getHandle('sflink/weekly').describe()).spec.calendars).toMatchObject([
    { hour: [{ start: 3 }], dayOfWeek: [{ start: 'MONDAY', end: 'MONDAY' }], comment: '0 3 * * MON' },
  ])
  expect((await schedule('remove', 'weekly')).code).toBe(0)
  await expect(client.schedule.getHandle('sflink/weekly').describe()).rejects.toThrow()
})
