// The command doctor without a worker, with a valid environment, and with one problem at a time.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { checkNode, workersRunStore } from '../../../cli/doctor/machineChecks.ts'
import { checkClocks, checkDatabases, checkWorkerConfiguration, outside } from '../../../cli/doctor/workerChecks.ts'
import { readConfiguration } from '../../../config/configuration.ts'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { DEFAULT_USER, type Emulator, type EmulatorOptions, startEmulator } from '../../../packages/emulator/index.ts'
import { createDependencies } from '../../../workers/dependencies.ts'
import { type RunningWorker, startWorker } from '../../../workers/worker.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

// Commands know one task queue and no worker may run at first, so these tests start a separate server.
let temporal: TemporalServer
const folder = temporaryFolder()
const orgs: Emulator[] = []

type Shown = { readonly check: string; readonly state: string; readonly message: string }

/** With `access` for the integration user: update of contacts is denied. */
const USER = { ...DEFAULT_USER, access: { Contact: { update: false } } }

async function openOrg(options: EmulatorOptions = {}): Promise<Emulator> {
  const org = await startEmulator({ seedRecords: false, ...options })
  orgs.push(org)
  return org
}

const connectionOf = (name: string, { url, credentials }: Emulator, secret = credentials.clientSecret): string =>
  `  ${name}:\n    loginUrl: ${url}\n    auth: { flow: client_credentials, clientId: ${credentials.clientId}, clientSecret: ${secret} }\n`

const syncOf = (name: string, more: string): string =>
  `  ${name}:\n    connection: production\n    object: Contact\n    source: { uri: "file:data/a.csv" }\n    fields: { LastName: last_name, Email: email }\n${more}`

const CREATE = '    operation: create\n'
const UPDATE = '    operation: update\n    keyField: Email\n'
const SCHEDULE = '    schedule: { cron: "0 2 * * *" }\n'

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  await mkdir(join(folder, 'data'))
  const clock = () => Date.now() + 600_000
  const [server, sound, busy, late] = await Promise.all([
    startTemporalServer({ own: true }),
    openOrg({ users: [USER] }),
    openOrg({ limits: { dailyApiRequests: 2 } }),
    openOrg({ clock }),
  ])
  temporal = server
  const valid = `connections:\n${connectionOf('production', sound)}syncs:\n${syncOf('nightly', CREATE + SCHEDULE)}`
  await write('valid.yaml', valid)
  const faulty = `${connectionOf('mistaken', sound, 'mistaken-secret')}${connectionOf('busy', busy)}${connectionOf('late', late)}`
  const syncs = syncOf('forbidden', UPDATE)
  await write('worker.yaml', valid.replace('syncs:\n', `${faulty}syncs:\n${syncs}`))
  const elsewhere = connectionOf('unknown', sound)
  await write(
    'faulty.yaml',
    `runStore: "file:elsewhere"\ndataDirectories: [data, absent, worker.yaml]\nconnections:\n${connectionOf('production', sound)}${faulty}${elsewhere}syncs:\n${syncs}`,
  )
  await write('mistakes.yaml', `retention: long\n${valid.replace('object: Contact', 'objekt: Contact')}`)
})

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)

afterAll(async () => {
  await Promise.all(orgs.map(org => org.close()))
  await temporal.close()
})

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return sflink(args, { cwd: folder, environment: { TEMPORAL_ADDRESS: temporal.address, ...environment } })
}

async function found(config: string, environment?: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await run(['doctor', '--json', '--config', config], environment)
  expect(stderr).toBe('')
  const all = JSON.parse(stdout) as readonly Shown[]
  for (const { message } of all) expect(message).not.toContain('\n')
  return { code, all, of: (check: string) => all.filter(shown => shown.check === check) }
}

describe.concurrent('without a worker', () => {
  test('reports it, checks the run store from this process, and lists the checks that have to wait', async () => {
    const { code, all, of } = await found('valid.yaml')
    expect(code).toBe(1)
    expect(all.map(({ check, state }) => [check, state])).toEqual([
      ['Node', 'well'],
      ['Configuration', 'well'],
      ['Data directory', 'well'],
      ['Temporal', 'well'],
      ['Workers', 'wrong'],
      ['Search attributes', 'warning'],
      ['Schedules', 'warning'],
      ['Run store', 'well'],
      ['Connection production', 'open'],
      ['Sync nightly', 'open'],
    ])
    expect(of('Temporal')[0]?.message).toMatch(/server \S+, namespace default, keeps ended runs for 1 day$/)
    expect(of('Workers')[0]?.message).toMatch(/^No worker polls the task queue .*Start one: sflink worker$/)
    expect(of('Search attributes')[0]?.message).toMatch(/^SflinkSync, .* register them: sflink setup$/)
    expect(of('Schedules')[0]?.message).toContain('nightly (not in Temporal); see sflink schedule plan')
    expect(of('Sync nightly')[0]?.message).toBe('not checked: first start a worker')
  })

  test('reports a missing namespace, and the checks that have to wait', async () => {
    const { code, of } = await found('valid.yaml', { TEMPORAL_NAMESPACE: 'nowhere' })
    expect(code).toBe(1)
    expect(of('Temporal')).toMatchObject([
      {
        state: 'wrong',
        message: expect.stringMatching(
          /^Temporal at \S+ has no namespace nowhere\. Create it, or set TEMPORAL_NAMESPACE$/,
        ),
      },
    ])
    expect(of('Connection production')[0]?.message).toBe('not checked: first fix Temporal')
  })

  test('reports every error of the configuration, and continues', async () => {
    const { code, of } = await found('mistakes.yaml')
    expect(code).toBe(1)
    expect(of('Configuration').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^mistakes\.yaml:1:12 retention: is not a valid retention; .*given "long"$/),
      expect.stringMatching(/^mistakes\.yaml:\d+:\d+ syncs\.nightly: unknown key "objekt"; .*did you mean "object"\?$/),
    ])
    expect(of('Temporal')).toMatchObject([{ state: 'well' }])
  })
})

describe('with a worker', () => {
  let worker: RunningWorker

  beforeAll(async () => {
    const configuration = await readConfiguration(join(folder, 'worker.yaml'), { environment: {} })
    worker = await startWorker({
      temporal: { namespace: 'default', connectionOptions: { address: temporal.address } },
      dependencies: createDependencies(configuration),
      workflowBundle: { codePath: inject('workflowBundlePath') },
    })
    await run(['setup'])
    await run(['schedule', 'apply', '--config', 'valid.yaml'])
  })

  afterAll(async () => {
    worker.stop()
    await worker.stopped
  })

  test('prints a line for each passed check and exits 0', async () => {
    const { code, stdout, stderr } = await run(['doctor', '--config', 'valid.yaml'])
    expect(stderr).toBe('')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.split(/ {2,}/).slice(0, 2).join(' ')),
    ).toEqual([
      '✓ Node',
      '✓ Configuration',
      '✓ Data directory',
      '✓ Temporal',
      '✓ Workers',
      '✓ Search attributes',
      '✓ Schedules',
      '✓ Clocks',
      '✓ Worker configuration',
      '✓ Run store',
      '✓ Connection production',
      '✓ Sync nightly',
    ])
    expect(stdout).toMatch(
      /Connection production {2}Salesforce Link Emulator as \S+, API 68\.0, [\d,]+ of 100,000 API calls left/,
    )
    expect(stdout).toContain('may create Contact in production, 2 fields mapped')
    expect(stdout).toContain(`${folder}/runs can be written, `)
    expect(code).toBe(0)
  })

  test('reports every problem with its remedy, and continues after each', async () => {
    const { code, of } = await found('faulty.yaml')
    expect(code).toBe(1)
    const one = (check: string) => of(check)[0]
    expect(of('Data directory')).toEqual([
      { check: 'Data directory', state: 'well', message: `${folder}/data` },
      {
        check: 'Data directory',
        state: 'wrong',
        message: `there is no ${folder}/absent; create it, or name another in dataDirectories`,
      },
      {
        check: 'Data directory',
        state: 'wrong',
        message: `${folder}/worker.yaml is a file; name a directory in dataDirectories`,
      },
    ])
    expect(one('Run store')).toMatchObject({
      state: 'warning',
      message: expect.stringContaining(
        `the worker uses ${folder}/runs, but ${folder}/faulty.yaml names ${folder}/elsewhere`,
      ),
    })
    expect(one('Schedules')).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('nightly (only in Temporal)'),
    })
    expect(one('Connection production')).toMatchObject({ state: 'well' })
    expect(one('Connection mistaken')).toMatchObject({
      state: 'wrong',
      message: expect.stringMatching(/^Login of connection mistaken failed: .* Check clientSecret/),
    })
    expect(one('Connection busy')).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('0 of 2 API calls left; wait'),
    })
    expect(one('Connection late')).toMatchObject({
      state: 'wrong',
      message: "the org's clock is 600 s ahead of the worker's; set the worker's by NTP",
    })
    expect(one('Connection unknown')).toMatchObject({
      state: 'wrong',
      message: expect.stringContaining("there is no connection 'unknown'"),
    })
    expect(one('Sync forbidden')).toMatchObject({
      state: 'wrong',
      message: expect.stringContaining('the integration user may not update Contact records; give it that permission'),
    })
  })
})

test('reports an old Node with the required version', () => {
  expect(checkNode('20.19.0')).toMatchObject({ state: 'wrong', message: '20.19.0 is too old; install 22.18 or newer' })
  expect(checkNode('22.18.0').state).toBe('well')
})

test('reports a changed file that the worker does not use, and keys that need a restart', () => {
  const configuration = { file: '/srv/sflink.yaml', readAt: Date.UTC(2026, 10, 28, 12, 50), restartFor: [] }
  const check = (more: object) => checkWorkerConfiguration({ configuration: { ...configuration, ...more } })
  expect(check({ problem: 'sflink.yaml:1:1 unknown key "sync"' })).toMatchObject({
    state: 'wrong',
    message:
      '/srv/sflink.yaml, read 2026-11-28 12:50:00 UTC; its changes are not used: sflink.yaml:1:1 unknown key "sync"',
  })
  expect(check({ restartFor: ['encryption'] })).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('restart the worker: changes of encryption take effect then'),
  })
})

test('reports the databases that the worker reaches, and why it does not reach one', () => {
  const error = "The source database:erp can't be read now: the connection was refused"
  const databases = [
    { name: 'crm', server: 'PostgreSQL 17.2 at db.acme.com:5432' },
    { name: 'erp', error },
  ]
  expect(checkDatabases({ databases })).toEqual([
    { check: 'Database crm', state: 'well', message: 'PostgreSQL 17.2 at db.acme.com:5432' },
    { check: 'Database erp', state: 'wrong', message: error },
  ])
  // A worker of an earlier release.
  expect(checkDatabases({})).toEqual([])
})

test('reports the difference between clocks', () => {
  expect([outside(5, 10, 20), outside(15, 10, 20), outside(26, 10, 20)]).toEqual([-5, 0, 6])
  const message = "this machine is 45 s behind Temporal's clock, the worker 2 s ahead of it; set them by NTP"
  expect(checkClocks({ skew: { here: -45_000, worker: 2_000 } })).toMatchObject({ state: 'warning', message })
  expect(checkClocks({ skew: { here: 0, worker: 200_000 } }).state).toBe('wrong')
})

test('reports a run store that is full or whose conditional writes do not work', async () => {
  const configuration = await readConfiguration(join(folder, 'valid.yaml'), { environment: {} })
  const location = join(folder, 'runs')
  const check = (more: object) => workersRunStore({ runStore: { location, ...more } }, configuration)
  expect(check({ free: 200_000_000 })).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('200 MB free; free some space'),
  })
  const error = 'conditional writes do not work (two concurrent writers, both won)'
  expect(check({ error })).toMatchObject({
    state: 'wrong',
    message: `${location}: ${error}; set runStore to another location`,
  })
})
