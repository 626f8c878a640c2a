// `sflink up` as a user runs it: Temporal, a worker, and the ways to end them.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type UpState, upFolderOf, upStateFile } from '../../../config/upState.ts'
import { isAlive } from '../../../loader/storage/durableFiles.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { until } from '../../rig/rigOrg.ts'
import { command, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
const file = join(folder, 'sflink.yaml')
const RECORDS = 300
let org: Emulator
let environment: Record<string, string>
const started = new Set<number>()

beforeAll(async () => {
  org = await startEmulator({ seedRecords: false })
  environment = { TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') }
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, '.env'), `ORG_SECRET=${org.credentials.clientSecret}\n`, { mode: 0o600 })
  await writeFile(
    file,
    `connections:
  org: { loginUrl: "${org.url}", auth: { flow: client_credentials, clientId: "${org.credentials.clientId}", clientSecret: "\${ORG_SECRET}" } }
syncs:
  contacts:
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/late.csv", waitFor: 10m, stableFor: 1ms }
    fields: { LastName: last_name }
    identityFields: [last_name]
    schedule: { cron: "0 2 * * *", timeZone: UTC }
`,
  )
})
afterEach(() => {
  for (const id of started) if (isAlive(id)) process.kill(id, 'SIGKILL')
})
afterAll(() => org.close())

type Up = { readonly child: ChildProcess; output(): string; readonly exit: Promise<number | null> }

function startUp(): Up {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [command, 'up'], { cwd: folder, env: { PATH, HOME, ...environment } })
  if (child.pid !== undefined) started.add(child.pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      output += data
    })
  }
  return { child, output: () => output, exit: once(child, 'close').then(([code]) => code as number | null) }
}

const state = async () => JSON.parse(await readFile(upStateFile(upFolderOf(file)), 'utf8')) as UpState

/** Resolves to the ids of up and of what it started, when it has said that everything runs. */
async function running({ output, exit }: Up): Promise<readonly number[]> {
  const ended = exit.then(code => {
    throw new Error(`up ended with ${code}: ${output()}`)
  })
  await Promise.race([until(output, text => text.includes('Runs until Ctrl-C')), ended])
  const recorded = await state()
  const ids = [recorded.process, ...recorded.children]
  for (const id of ids) started.add(id)
  expect(ids).toHaveLength(3)
  return ids
}

const run = (...args: readonly string[]) => sflink(args, { cwd: folder, environment })

test('a run survives SIGKILL of everything, up starts a dead worker again, and Ctrl-C ends all', {
  timeout: 120_000,
}, async () => {
  const killed = startUp()
  const ids = await running(killed)
  expect(killed.output()).toMatch(
    /^✓ {2}Temporal +127\.0\.0\.1:\d+, its UI http:\/\/localhost:\d+, its data .sflink\/temporal\.db$/m,
  )
  await until(killed.output, text =>
    text.includes('contacts (not in Temporal); see sflink schedule plan, then: sflink schedule apply'),
  )
  expect((await stat(join(folder, '.sflink', 'temporal.db'))).mode & 0o777).toBe(0o600)
  expect((await run('up')).stderr).toMatch(/^sflink up already runs for .+ \(process \d+, with Temporal at 127/)

  // Commands find the server without TEMPORAL_ADDRESS.
  const { stdout } = await run('sync', 'run', 'contacts', '--detach', '--json')
  const { runId } = JSON.parse(stdout) as { readonly runId: string }
  await until(
    () => run('sync', 'status', runId),
    status => status.stdout.includes('late.csv'),
  )
  for (const id of ids) process.kill(id, 'SIGKILL')
  await killed.exit

  const names = Array.from({ length: RECORDS }, (_, index) => `Name ${index + 1}`)
  await writeFile(join(folder, 'data', 'late.csv'), `last_name\n${names.join('\n')}\n`)
  const again = startUp()
  const newIds = await running(again)
  await until(again.output, text => text.includes(`Run ended run=${runId}`))
  const results = (await readFile(join(folder, 'runs', runId, 'results.csv'), 'utf8')).trimEnd().split('\n')
  expect(results.slice(1).map(line => line.split(',').at(-1))).toEqual(names)
  expect(org.org.countLive('Contact')).toBe(RECORDS)

  const [, , worker = 0] = newIds
  process.kill(worker, 'SIGKILL')
  await until(again.output, text => text.includes('The worker ended with signal SIGKILL; it starts again in 1 s'))
  const { children } = await until(state, ({ children }) => children.length === 2 && !children.includes(worker))
  again.child.kill('SIGINT')
  expect(await again.exit, again.output()).toBe(0)
  expect([...newIds, ...children].filter(isAlive)).toEqual([])
})

test('a second Ctrl-C ends everything at once, also during the start', async () => {
  const up = startUp()
  await until(up.output, text => text.includes('Temporal  '))
  const { children } = await state()
  up.child.kill('SIGINT')
  await until(up.output, text => text.includes('Stopping'))
  up.child.kill('SIGINT')
  expect(await up.exit).toBe(130)
  await until(
    () => children.filter(isAlive),
    alive => alive.length === 0,
  )
})

test('a configuration that is not valid is reported with its line, and nothing starts', async () => {
  await writeFile(join(folder, 'wrong.yaml'), 'connections:\n  org: { loginUrl: "https://acme.my.salesforce.com" }\n')
  const { code, stdout, stderr } = await run('up', '--config', 'wrong.yaml')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^wrong\.yaml:2:3 connections\.org\.auth: /)
})

test('with TEMPORAL_ADDRESS up starts no server, and says so when that one does not answer', async () => {
  const { code, stderr } = await sflink(['up'], {
    cwd: folder,
    environment: { ...environment, TEMPORAL_ADDRESS: '127.0.0.1:9' },
  })
  expect(code).toBe(4)
  expect(stderr.trimEnd()).toMatch(
    /^Temporal cannot be reached at 127\.0\.0\.1:9: nothing listens there\. .+\. sflink up starts a server when neither TEMPORAL_ADDRESS nor a profile names one$/,
  )
})
