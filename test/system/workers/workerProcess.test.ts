// The worker as an operator sees it: roles, health, and how it stops.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../dev/processes/freePort.ts'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { contactsFrom, type LoadRig, QUICK, type RigOrg, startLoadRig, until } from '../../rig/loadRig.ts'
import { command, sflink } from '../../rig/sflink.ts'

let rig: LoadRig
let org: RigOrg
let temporal: TemporalServer
let workflows: Started
let port: number
let environment: Record<string, string>
const children = new Set<ChildProcess>()

beforeAll(async () => {
  rig = await startLoadRig({ workers: 'elsewhere' })
  temporal = await startTemporalServer({ own: true })
  const { PATH = '', HOME = '' } = process.env
  environment = { PATH, HOME, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_CONFIG_FILE: join(rig.folder, 'none.toml') }
  port = await freePort()
  org = await rig.openOrg()
  const { url, credentials } = org.emulator
  await writeFile(
    join(rig.folder, 'sflink.yaml'),
    `connections:
  org: { loginUrl: "${url}", auth: { flow: client_credentials, clientId: "${credentials.clientId}", clientSecret: "\${ORG_SECRET}" } }
`,
  )
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await temporal.close()
  await rig.close()
})

type Started = { readonly child: ChildProcess; log(): string; readonly exit: Promise<number | null> }

const startWorker = (args: readonly string[], more?: Record<string, string>) => startCommand(['worker', ...args], more)

function startCommand(args: readonly string[], more: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [command, ...args], { cwd: rig.folder, env: { ...environment, ...more } })
  children.add(child)
  let log = ''
  child.stderr.on('data', data => {
    log += data
  })
  return { child, log: () => log, exit: once(child, 'close').then(([code]) => code as number | null) }
}

const ask = async (port: number, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
  return answer && { code: answer.status, ...((await answer.json()) as { readonly status: string }) }
}

test('a worker may run workflows only, and commands report that the load worker is missing', async () => {
  // A worker for workflows only needs no secret of Salesforce.
  workflows = startWorker(['--role', 'workflow', '--health', `127.0.0.1:${port}`])
  await until(workflows.log, log => log.includes('"Worker started"'))
  expect(workflows.log()).toContain('"role":"workflow"')
  const asked = await sflink(['connection', 'test', 'org'], {
    cwd: rig.folder,
    environment: { ...environment, ORG_SECRET: 's' },
  })
  expect(asked.stderr.trimEnd()).toMatch(
    /^No load worker polls the task queue salesforce-link \(Temporal .+, namespace default\)\. Start one: sflink worker --role load$/,
  )
  expect(await ask(port, '/readyz')).toMatchObject({
    code: 200,
    status: 'ready',
    role: 'workflow',
    version: expect.any(String),
  })
  expect(await ask(port, '/healthz')).toMatchObject({ code: 200, status: 'alive' })
})

test('a second signal ends a worker that waits for a running activity', async () => {
  org.emulator.faults.add({ match: { operation: 'query' }, fault: { type: 'delay', ms: 60_000 }, times: 1 })
  const worker = startWorker(['--role', 'load'], { ORG_SECRET: org.emulator.credentials.clientSecret })
  await until(worker.log, log => log.includes('"Worker started"'))
  const asking = startCommand(['connection', 'test', 'org'])
  await org.meetsFault()
  worker.child.kill('SIGTERM')
  await until(worker.log, log => log.includes('"Worker stopping"'))
  worker.child.kill('SIGTERM')
  expect(await worker.exit).toBe(128 + 15)
  asking.child.kill('SIGKILL')
  await asking.exit
  org.emulator.faults.clear()
})

test('a worker uses a changed configuration without a restart, and says when it cannot', async () => {
  const file = join(rig.folder, 'sflink.yaml')
  const before = await readFile(file, 'utf8')
  const worker = startWorker(['--role', 'load'], { ORG_SECRET: org.emulator.credentials.clientSecret })
  await until(worker.log, log => log.includes('"Worker started"'))
  const test = (name: string) =>
    sflink(['connection', 'test', name, '--config', 'copy.yaml'], { cwd: rig.folder, environment })
  await writeFile(join(rig.folder, 'copy.yaml'), before)
  await writeFile(file, before.replace('  org:', '  second:'))
  expect((await test('second')).stdout).toContain('Connection second works.')
  await writeFile(file, before.replace('client_credentials', 'none'))
  expect((await test('third')).stderr).toMatch(
    /there is no connection 'third'; use one of second\. The worker uses an earlier .*sflink\.yaml, because the changed one is not valid: .*auth\.flow: expected one of/,
  )
  await writeFile(file, before)
  expect((await test('org')).code).toBe(0)
  worker.child.kill('SIGTERM')
  await worker.exit
})

test('the health check follows Temporal, and SIGTERM ends a worker that lost its connection', async () => {
  await temporal.close()
  const gone = await until(
    () => ask(port, '/readyz'),
    answer => answer?.status !== 'ready',
  )
  expect(gone?.code).toBe(503)
  expect(gone?.status).toMatch(/^Temporal does not answer: /)
  expect(await ask(port, '/healthz')).toMatchObject({ code: 200, status: 'alive' })
  workflows.child.kill('SIGTERM')
  expect(await workflows.exit).toBe(0)
})

test('an activity that does not end within the grace period returns to Temporal, and the run continues on another worker', async () => {
  org.emulator.faults.add({ match: { operation: 'ingestUpload' }, fault: { type: 'delay', ms: 20_000 }, times: 1 })
  const names = Array.from({ length: 50 }, (_, index) => `P${index}`)
  const leaving = await rig.work({ grace: 1_000 })
  const load = await rig.start(
    contactsFrom(await rig.source(`last\n${names.join('\n')}\n`), org, { engine: 'bulk', ...QUICK }),
  )
  await org.meetsFault()
  leaving.stop()
  await leaving.stopped
  await rig.work()
  const { tally } = await load.report()
  expect(tally).toEqual({ created: 50, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 })
  const records = await org.records('Contact', 'LastName')
  expect(records.map(({ LastName }) => LastName).toSorted()).toEqual(names.toSorted())
  const events = (await load.handle.fetchHistory()).events ?? []
  const failures = events.map(event => event.activityTaskStartedEventAttributes?.lastFailure?.message).filter(Boolean)
  expect(failures).toEqual([expect.stringContaining('aborted after it was sent')])
})
