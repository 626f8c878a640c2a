// A flow by commands, as a person uses them: plan, run, one that fails and is resumed, undo.
import type { ChildProcess } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { orgOf, type RigOrg, until } from '../../rig/rigOrg.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { startWorkerProcess, stopWorkerProcess } from '../../rig/workerProcess.ts'

const folder = temporaryFolder()
let temporal: TemporalServer
let emulator: Emulator
let org: RigOrg
let worker: ChildProcess
let environment: Record<string, string>
/** The resume of a flow for which no worker has polled yet. */
let withoutWorker: Outcome

const CONFIGURATION = `dataDirectories: [data]
connections:
  org:
    loginUrl: \${ORG_URL}
    auth: { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
syncs:
  accounts:
    connection: org
    object: Account
    operation: create
    source: { uri: "file:data/accounts-{date}.csv" }
    fields: { Name: name }
    identityFields: [ref]
  contacts:
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/contacts-{date}.csv" }
    fields: { LastName: last, AccountId: { sync: accounts, from: account } }
flows:
  campaign: { syncs: [accounts, contacts], schedule: { cron: "0 2 * * *" } }
`

const ACCOUNTS = 'ref,name\nA-1,Acme\nA-2,Bold\n'
const CONTACTS = 'last,account\nAster,A-1\nBerg,A-2\nCohn,A-9\n'

beforeAll(async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  ;[temporal, emulator] = await Promise.all([startTemporalServer({ own: true }), startEmulator({ seedRecords: false })])
  org = orgOf('org', emulator)
  const { url, credentials } = emulator
  environment = { TEMPORAL_ADDRESS: temporal.address, ORG_URL: url, ORG_SECRET: credentials.clientSecret }
  withoutWorker = await resumedWithoutWorker()
  worker = await startWorkerProcess({ cwd: folder, environment })
})

afterAll(async () => {
  await stopWorkerProcess(worker)
  await Promise.all([emulator.close(), temporal.close()])
})

const run = (...args: readonly string[]): Promise<Outcome> => sflink(args, { cwd: folder, environment })

const interrupted = (...args: readonly string[]): Promise<Outcome> =>
  sflink(args, { cwd: folder, environment, interruptAt: { text: '1 of 2: accounts', signal: 'SIGINT' } })

async function resumedWithoutWorker(): Promise<Outcome> {
  const started = await run('flow', 'run', 'campaign', '--set', 'date=2026-11-24', '--detach')
  const [, runId = ''] = /^Run (\S+) of the flow started/m.exec(started.stdout) ?? []
  const interruptAt = { text: 'No worker polls', signal: 'SIGINT' } as const
  const resumed = await sflink(['flow', 'resume', runId], { cwd: folder, environment, interruptAt })
  await run('flow', 'cancel', runId)
  return resumed
}

const runOf = ({ stderr }: Outcome): string => /^(?:Plan|Run) (\S+) of the flow$/m.exec(stderr)?.[1] ?? ''

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, 'data', name), text)

test('the resume of a flow that runs while no worker polls names the remedy', () => {
  expect(withoutWorker).toMatchObject({ code: 130, stderr: expect.stringContaining('Start one: sflink worker') })
})

test('a flow is planned, run and shown, and its options fill all sources', async () => {
  await write('accounts-2026-11-25.csv', ACCOUNTS)
  await write('contacts-2026-11-25.csv', CONTACTS)
  expect((await run('flow', 'run', 'campaign')).stderr).toBe(
    'The source of the sync accounts leaves {date} open. Give it: --set date=…, or a time: --scheduled-time …\n',
  )
  const planned = await run('flow', 'plan', 'campaign', '--set', 'date=2026-11-25')
  expect(planned.code).toBe(5)
  expect(planned.stdout).toContain('4 records are to be changed in the org. Nothing was sent.')
  expect(planned.stdout).toContain('Next: a plan of a flow is for reading')
  const applied = await run('sync', 'run', '--plan', `contacts.${runOf(planned)}`)
  expect(applied).toMatchObject({ code: 2, stderr: expect.stringContaining('it is for reading only') })

  const loaded = await run('flow', 'run', 'campaign', '--scheduled-time', '2026-11-25T02:00')
  const runId = runOf(loaded)
  expect(loaded.code).toBe(3)
  expect(loaded.stdout).toContain('Every record has its result; some were rejected.')
  expect(loaded.stdout).toMatch(/^accounts {2}accounts\.campaign\.\S+ {2}completed +2 +2 +0 +0 +0$/m)
  expect(loaded.stdout).toContain(`sflink sync retry contacts.${runId}`)
  expect(await org.records('Contact', 'AccountId')).toHaveLength(2)
  expect(await run('flow', 'status', runId)).toEqual({ code: 3, stdout: loaded.stdout, stderr: '' })
  const report = await run('flow', 'status', 'campaign', '--json')
  expect(JSON.parse(report.stdout)).toMatchObject({ runId, syncs: [{ sync: 'accounts' }, { sync: 'contacts' }] })
  expect((await run('flow', 'list')).stdout).toMatch(
    new RegExp(
      `^campaign {2}accounts, contacts {2}0 2 \\* \\* \\* {2}${runId} \\(contacts: completed with rejected\\)$`,
      'm',
    ),
  )
  expect((await run('flow', 'cancel', runId)).stdout).toContain('nothing to stop')
})

test('a flow that fails says how it continues, and is resumed and undone', async () => {
  const before = (await org.records('Account', 'Id')).length
  await write('accounts-2026-11-26.csv', ACCOUNTS)
  const options = ['--set', 'date=2026-11-26']
  const absent = await run('flow', 'run', 'campaign', ...options)
  expect(absent.code).toBe(2)
  expect(absent.stderr).toContain(
    'Sync contacts: its source file:data/contacts-2026-11-26.csv does not exist; check its name, or export it again; nothing was sent.',
  )
  expect(await org.records('Account', 'Id')).toHaveLength(before)
  await write('contacts-2026-11-26.csv', CONTACTS.replace('account', 'company'))
  const failed = await run('flow', 'run', 'campaign', ...options)
  const runId = runOf(failed)
  expect(failed.code).toBe(2)
  expect(failed.stderr).toContain(
    'Sync contacts, 2 of 2 of the flow campaign: The source data/contacts-2026-11-26.csv (header "last", "company", delimiter ","): fields.AccountId: column "account" is not in the header',
  )
  expect(failed.stderr).toContain(`sflink flow resume ${runId}`)
  await write('contacts-2026-11-26.csv', CONTACTS)
  const resumed = await run('flow', 'resume', runId)
  expect(resumed.code).toBe(3)
  expect(await org.records('Account', 'Id')).toHaveLength(before + 2)

  const planned = await run('flow', 'undo', runId, '--plan')
  expect(planned).toMatchObject({ code: 5, stdout: expect.stringContaining(`run it: sflink flow undo ${runId}`) })
  const undone = await run('flow', 'undo', runId)
  expect(undone.code).toBe(0)
  expect(undone.stdout).toContain(`This is the undo of run ${runId}.`)
  expect(await org.records('Account', 'Id')).toHaveLength(before)
})

test('Ctrl-C detaches from a flow, whose sync may be paused: the flow waits for it, and its resume continues both', async () => {
  // The first request creates accounts.
  emulator.faults.add({ match: { operation: 'collectionCreate' }, times: 2, fault: { type: 'delay', ms: 4_000 } })
  const one = ['engine=collections', 'chunk.collectionsRecords=1', 'groupBy=none', 'concurrency=1']
  const settings = ['date=2026-11-25', ...one.map(setting => `contacts.${setting}`)]
  const left = await interrupted('flow', 'run', 'campaign', ...settings.flatMap(setting => ['--set', setting]))
  const runId = runOf(left)
  expect(left.code).toBe(130)
  expect(left.stderr).toContain(`Detached; the flow continues. Reattach: sflink flow status ${runId} --follow`)
  await org.meetsFault(2)
  expect(await run('sync', 'pause', `contacts.${runId}`)).toMatchObject({ code: 0 })
  const status = await run('flow', 'status', runId)
  expect(status.stdout).toMatch(/^Now +runs contacts, since /m)
  expect(status.stdout).toMatch(new RegExp(`^Paused .* Resume it: sflink sync resume contacts\\.${runId}$`, 'm'))
  expect(status.stdout).toMatch(/^contacts +contacts\.campaign\.\S+ +running$/m)
  const resumed = await run('flow', 'resume', runId)
  expect(resumed).toMatchObject({ code: 3, stderr: expect.stringContaining('it was paused') })
})

test('a sync alone takes its parents from a named run, and says so without one', async () => {
  const alone = await run('sync', 'run', 'contacts', '--set', 'date=2026-11-25')
  expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--parents accounts=RUN') })
  const named = await run('sync', 'run', 'contacts', '--set', 'date=2026-11-25', '--parents', 'accounts=accounts')
  expect(named).toMatchObject({ code: 3, stderr: expect.stringContaining('Done: 3 of 3 settled, 1 failed') })
  const flow = await run('flow', 'run', 'campain')
  expect(flow.stderr).toContain("There is no flow 'campain'")
  expect(flow.stderr).toContain('did you mean "campaign"?')
  const setting = await run('flow', 'run', 'campaign', '--set', 'maxRejected=3')
  expect(setting.stderr).toContain(
    'no source of the flow campaign has {maxRejected}; to replace a key of one sync write it as SYNC.KEY=value',
  )
})

test('a schedule runs the flow, and all of its syncs read the sources of one time', async () => {
  expect((await run('schedule', 'apply')).stdout).toContain('+ campaign  create')
  expect((await run('schedule', 'plan')).stdout).toContain('= campaign  unchanged')
  const [runId, time] = ['campaign.scheduled-2026-11-25T020000Z', '2026-11-25T02:00:00.000Z']
  const filled = await run('schedule', 'backfill', 'campaign', '--from', '2026-11-25', '--to', '2026-11-25', '--json')
  expect(JSON.parse(filled.stdout)).toEqual([{ runId, scheduledTime: time }])
  await until(
    () => run('flow', 'status', runId, '--json'),
    ({ code }) => code === 3,
  )
  expect((await run('runs', 'show', `contacts.${runId}`)).stdout).toContain('file:data/contacts-2026-11-25.csv')
  expect((await run('schedule', 'show', 'campaign')).stdout).toMatch(new RegExp(`^${runId} .* completed`, 'm'))
  expect((await run('sync', 'status', runId)).stderr).toBe(
    `${runId} is a run of a flow, not of a sync. See: sflink flow status ${runId}\n`,
  )
})
