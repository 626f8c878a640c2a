// The command, a worker process, Temporal and an emulated org together, as a user runs them.
import type { ChildProcess } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { DEFAULT_USER, type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { startWorkerProcess, stopWorkerProcess } from '../../rig/workerProcess.ts'

const folder = temporaryFolder()
let temporal: TemporalServer
let org: Emulator
let worker: ChildProcess
let environment: Record<string, string>

const CONFIGURATION = `dataDirectories: [data]
connections:
  org: &org
    loginUrl: \${ORG_URL}
    auth: &auth { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
  wrong-secret: { <<: *org, auth: { <<: *auth, clientSecret: mistaken-secret } }
syncs:
  contacts:
    connection: org
    object: Contact
    operation: create
    source: { uri: "file:data/contacts.csv" }
    fields: { LastName: last_name, Email: email }
    identityFields: [email]
`

beforeAll(async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  const users = [{ ...DEFAULT_USER, access: { Lead: { create: false } } }]
  ;[temporal, org] = await Promise.all([startTemporalServer({ own: true }), startEmulator({ users })])
  environment = {
    TEMPORAL_ADDRESS: temporal.address,
    ORG_URL: org.url,
    ORG_SECRET: org.credentials.clientSecret,
  }
  worker = await startWorkerProcess({ cwd: folder, environment })
})

afterAll(async () => {
  await stopWorkerProcess(worker)
  await Promise.all([org.close(), temporal.close()])
})

const run = (...args: readonly string[]): Promise<Outcome> => sflink(args, { cwd: folder, environment })

async function source(name: string, content: string): Promise<string> {
  await writeFile(join(folder, 'data', name), content)
  return `file:data/${name}`
}

test('a sync that init wrote for an unknown file runs', async () => {
  const csv =
    'Vorname;Nachname;E-Mail;Geburtsdatum\nAnja;Schäfer;anja@example.com;31.01.1980\nUwe;Groß;uwe@example.com;05.12.1975\n'
  await source('leute.csv', csv)
  const written = await run('init', 'data/leute.csv', '--connection', 'org', '--object', 'Contact', '--yes')
  expect(written).toMatchObject({ code: 0, stderr: '' })
  expect(written.stdout).toContain('Checked the first 2 records as a run does: 2 can be sent')
  const { code, stdout } = await run('sync', 'run', 'leute', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ records: 2, tally: { created: 2, failed: 0 } })
})

test('a load writes a result for every record to permanent files', async () => {
  const rows = ['Doe,doe@example.com', ',nameless@example.com', 'Roe,"not an address"']
  await source('contacts.csv', `last_name,email\n${rows.join('\n')}\n`)
  const { code, stdout } = await run('sync', 'run', 'contacts', '--json')
  expect(code).toBe(3)
  const report = JSON.parse(stdout) as RunReport
  expect(report).toMatchObject({ records: 3, tally: { created: 1, failed: 2 } })
  const results = await run('sync', 'results', report.runId, '--csv')
  expect(results.stdout).toBe(await readFile(report.files.results, 'utf8'))
  expect(results.stdout.split('\n').map(line => line.replace(/,\d{4}-[^,]+,/, ',TIME,'))).toEqual([
    'status,errormessage,timestamp,email',
    'true,,TIME,doe@example.com',
    'error,Required fields are missing: [LastName],TIME,nameless@example.com',
    'error,Email: invalid email address: not an address,TIME,not an address',
    '',
  ])
  const shown = await run('sync', 'results', report.runId)
  expect(shown.stdout).toContain('Failed    2')
  const status = await run('sync', 'status', report.runId)
  expect(status).toMatchObject({ code: 3, stdout: expect.stringContaining(report.files.results) })
})

test('control characters of a file never reach the terminal, and a run is removed with all that it holds', async () => {
  const value = '\u001b]0;owned\u0007\u009b2J\u202ex'
  const uri = await source('hostile.csv', `last_name,email\nDoe,${value}\n`)
  const ran = await run('sync', 'run', 'contacts', '--source', uri)
  const [, runId = ''] = /^Run (\S+)/m.exec(ran.stderr) ?? []
  const outcomes = [ran, await run('sync', 'results', runId), await run('runs', 'show', runId)]
  const printed = outcomes.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  expect(printed).toContain('\\u001b]0;owned\\u0007\\u009b2J\\u202ex')
  expect(
    [...value].filter(character => character > '~' || character < ' ').filter(each => printed.includes(each)),
  ).toEqual([])
  const removed = await run('runs', 'remove', runId)
  expect(removed).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`The files of run ${runId} were removed from `),
  })
  await expect(readFile(join(folder, 'runs', runId, 'results.csv'))).rejects.toThrow('ENOENT')
  expect(await run('runs', 'remove', runId)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no run'),
  })
})

test('resume continues a cancelled run and sends no record twice', async () => {
  const lines = ['last_name,email', 'One,1@example.com', 'Two,2@example.com', 'Three,3@example.com']
  const options = ['engine=bulk', 'chunk.bulkRecords=1', 'concurrency=1'].flatMap(setting => ['--set', setting])
  org.faults.add({ match: { operation: 'ingestCreate' }, after: 1, fault: { type: 'status', status: 503 } })
  const uri = await source('three.csv', lines.join('\n'))
  const started = await run('sync', 'run', 'contacts', '--source', uri, ...options, '--detach', '--json')
  const { runId } = JSON.parse(started.stdout) as { readonly runId: string }
  await vi.waitFor(
    async () => expect(JSON.parse((await run('sync', 'status', runId, '--json')).stdout)).toMatchObject({ settled: 1 }),
    { timeout: 20_000 },
  )
  const paused = await run('sync', 'pause', runId, '--reason', 'storage is full')
  expect(paused).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/is paused since .+, by .+@.+ \(storage is full\)/),
  })
  const shown = await run('sync', 'status', runId)
  expect(shown.stdout).toMatch(new RegExp(`Paused +since .+ UTC, by .+\\. Resume it: sflink sync resume ${runId}\n`))
  const following = sflink(['sync', 'resume', runId], {
    ...{ cwd: folder, environment },
    interruptAt: { text: 'following it', signal: 'SIGINT' },
  })
  expect(await following).toMatchObject({ code: 130, stderr: expect.stringContaining('Detached; the run continues') })
  expect((await following).stderr).toMatch(/^Run \S+ continues; it was paused since .+; following it\n/)
  const again = await run('sync', 'pause', 'contacts', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ runId, changed: true, paused: { by: expect.any(String) } })
  await run('sync', 'cancel', runId)
  const cancelled = await run('sync', 'status', runId, '--follow')
  expect((await run('sync', 'pause', runId)).stdout).toBe(`The run ${runId} has ended: cancelled; nothing to pause\n`)
  const words = `The run ${runId} was cancelled. Next: resume the run; records that were sent are not sent again: sflink sync resume ${runId}`
  expect(cancelled).toMatchObject({ code: 1, stderr: expect.stringContaining(words) })
  expect(cancelled.stdout).toMatch(/State +cancelled\n.*\n.*\nRecords +3\nCreated +1\n/)
  expect(JSON.parse((await run('sync', 'status', 'contacts', '--json')).stdout)).toMatchObject({
    ...{ runId, state: 'cancelled', records: 3 },
    tally: { created: 1 },
  })
  org.faults.clear()
  const { code, stdout } = await run('sync', 'resume', runId, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ records: 3, tally: { created: 3, failed: 0 } })
  for (const number of ['1', '2', '3']) expect(await contactsWith(`${number}@example.com`)).toBe(1)
  expect((await run('sync', 'resume', 'not-there')).stderr).toMatch(/no run not-there in .*runs/)
})

test('a sync stands for its last run, and a run that has completed is neither stopped nor played again', async () => {
  await source('contacts.csv', 'last_name,email\nDoe,last@example.com\n')
  const { runId } = JSON.parse((await run('sync', 'run', 'contacts', '--json')).stdout) as RunReport
  expect((await run('sync', 'results', 'contacts')).stdout).toContain(`runs/${runId}/results.csv`)
  await vi.waitFor(
    async () => expect((await run('sync', 'status', 'contacts')).stdout).toContain(`runs/${runId}/results.csv`),
    { timeout: 10_000 },
  )
  const cancelled = await run('sync', 'cancel', 'contacts')
  expect(cancelled).toMatchObject({ code: 0, stdout: `The run ${runId} has ended: completed; nothing to stop\n` })
  const resumed = await run('sync', 'resume', 'contacts')
  expect(resumed).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: `The run ${runId} has ended: completed; every record has its result and there is nothing to resume. See: sflink sync results ${runId}\n`,
  })
})

test('resume reads results once more that were not complete when the run ended', async () => {
  await source('contacts.csv', 'last_name,email\nDoe,short@example.com\n')
  const { runId } = JSON.parse(
    (await run('sync', 'run', 'contacts', '--set', 'engine=bulk', '--json')).stdout,
  ) as RunReport
  const change = async (file: string, more: (content: { readonly tally: object }) => object) => {
    const path = join(folder, 'runs', runId, file)
    const content = JSON.parse(await readFile(path, 'utf8')) as { readonly tally: object }
    await writeFile(path, JSON.stringify({ ...content, ...more(content) }))
  }
  // As after five readings that all lacked the result.
  await change('report.json', ({ tally }) => ({ tally: { ...tally, created: 0, inDoubt: 1 } }))
  await change('chunks/00001.settled.json', () => ({ isDoubtful: true }))
  const resumed = await run('sync', 'resume', runId)
  expect(resumed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('were not complete; the run reads them again'),
  })
  expect(await run('sync', 'status', runId, '--json')).toMatchObject({
    stdout: expect.stringMatching(/"created": ?1/),
  })
  expect(await contactsWith('short@example.com')).toBe(1)
})

test('retry loads the failed records of a run again, once, as a run that names the earlier one', async () => {
  const lock = { type: 'lockRows', match: { field: 'LastName', value: 'Locked' } } as const
  org.faults.add({ match: { operation: 'collectionCreate' }, fault: lock, times: 1 })
  const uri = await source('locked.csv', 'last_name,email\nFree,free@example.com\nLocked,locked@example.com\n')
  const loaded = await run('sync', 'run', 'contacts', '--source', uri, '--set', 'resend.maxAttempts=1', '--json')
  const { runId, tally } = JSON.parse(loaded.stdout) as RunReport
  expect(tally).toMatchObject({ created: 1, failed: 1 })
  const retried = await run('sync', 'retry', runId)
  expect(retried).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`loads the failed records of run ${runId}`),
    stdout: expect.stringContaining(`These are the failed records of run ${runId}.`),
  })
  const [, retryId = ''] = /^Run (\S+) loads/m.exec(retried.stderr) ?? []
  expect((await run('sync', 'results', retryId, '--csv')).stdout).toMatch(
    /^status.*\ntrue,,[^,]+,locked@example.com\n$/,
  )
  expect(await run('sync', 'resume', retryId)).toMatchObject({ code: 0, stdout: expect.stringContaining('has ended') })
  expect(await run('sync', 'retry', runId)).toMatchObject({
    code: 2,
    stderr: `Run ${runId}: the run ${retryId} loads its failed records already, and another one would load them twice; see it: sflink runs show ${retryId}\n`,
  })
  const { stdout: history } = await run('record', 'Locked@example.com', '--sync', 'contacts', '--json')
  expect(JSON.parse(history)).toMatchObject({
    results: [
      { runId: retryId, row: 1, outcome: 'created' },
      { runId, row: 2, outcome: 'failed', errorCode: 'UNABLE_TO_LOCK_ROW' },
    ],
  })
  expect((await run('record', 'locked@example.com', '--sync', 'contacts')).stdout).toMatch(
    new RegExp(`${retryId} +1 +create +created +003\\w+\n.*${runId} +2 +create +failed +UNABLE_TO_LOCK_ROW: `),
  )
  expect(await run('record', 'nobody@example.com', '--sync', 'contacts')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('has the key, an identity field or the Id "nobody@example.com"'),
  })
  expect(await run('record', 'x', '--sync', 'nightly')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is no run of a sync nightly in .*\. List the runs: sflink runs list\n$/),
  })
  expect(JSON.parse((await run('sync', 'status', retryId, '--json')).stdout)).toMatchObject({
    retryOf: runId,
    records: 1,
  })
})

test('undo shows and takes back what a run wrote, and reports what someone else has changed since', async () => {
  const rows = (name: string) => ['a', 'b', 'c'].map(mail => `${name},${mail}@undo.example`)
  const write = async (name: string, ...options: readonly string[]) => {
    const uri = await source('undo.csv', `last_name,email\n${rows(name).join('\n')}\n`)
    const settings = options.flatMap(option => ['--set', option])
    const ran = await run('sync', 'run', 'contacts', '--source', uri, ...settings, '--json')
    return (JSON.parse(ran.stdout) as RunReport).runId
  }
  await write('Old')
  const runId = await write('New', 'operation=update', 'keyField=Email', 'undo=true')
  const names = async () => {
    const lines = await (await fetch(`${org.url}/emulator/records/Contact?fields=Id,LastName,Email`)).text()
    const records = lines.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]))
    return records.filter(({ Email }) => Email.endsWith('@undo.example'))
  }
  const [{ Id }] = await names()
  const headers = { authorization: `Bearer ${org.credentials.accessToken}`, 'content-type': 'application/json' }
  const theirs = { method: 'PATCH', headers, body: '{"LastName":"Theirs"}' }
  await fetch(`${org.url}/services/data/v60.0/sobjects/Contact/${Id}`, theirs)
  const planned = await run('sync', 'undo', runId, '--plan')
  expect(planned).toMatchObject({ code: 5, stdout: expect.stringContaining('LastName: New -> Old') })
  const [, undoId = ''] = /^Plan (\S+) of the undo of run/m.exec(planned.stderr) ?? []
  expect((await names()).map(({ LastName }) => LastName)).toEqual(['Theirs', 'New', 'New'])
  const undone = await run('sync', 'run', '--plan', undoId, '--json')
  expect(undone.code).toBe(3)
  expect(JSON.parse(undone.stdout)).toMatchObject({ undoOf: runId, tally: { updated: 2, failed: 1 } })
  expect((await names()).map(({ LastName }) => LastName)).toEqual(['Theirs', 'Old', 'Old'])
  expect((await run('runs', 'show', undoId)).stdout).toMatch(new RegExp(`\nUndo of +${runId}\n`))
  expect((await run('runs', 'show', runId)).stdout).toMatch(new RegExp(`\nUndone by +${undoId}\n`))
  expect((await run('sync', 'results', undoId, '--csv')).stdout).toContain(
    'error,"LastName is ""Theirs"" in the org, and not ""New"" as the run wrote it; the record was left as it is"',
  )
  expect(await run('sync', 'undo', runId)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`the run ${undoId} has undone it already`),
  })
  const redone = await run('sync', 'undo', undoId)
  expect(redone).toMatchObject({ code: 0, stdout: expect.stringContaining(`This is the undo of run ${undoId}.`) })
  expect((await names()).map(({ LastName }) => LastName)).toEqual(['Theirs', 'New', 'New'])
})

test('a run that failed before anything was sent resumes with the corrected sync, and with its own options', async () => {
  const uri = await source('mapped.csv', 'last_name,mail\nMoe,moe@example.com\n')
  const failed = await run('sync', 'run', 'contacts', '--source', uri)
  const [, runId] = /^Run (\S+)/.exec(failed.stderr) ?? []
  expect(failed).toMatchObject({ code: 2, stdout: expect.stringMatching(/State +failed\n/) })
  const next =
    'Next: correct the cause, then resume the run; nothing was sent yet, so it takes the sync as it is configured then (if an option of the command is wrong, start a new run): sflink sync resume'
  expect(failed.stderr).toContain(`${next} ${runId}`)
  expect((await run('sync', 'results', 'contacts')).stderr).toContain(`Resume it: sflink sync resume ${runId}`)
  await writeFile(
    join(folder, 'sflink.yaml'),
    CONFIGURATION.replace('Email: email', 'Email: mail').replace('[email]', '[mail]'),
  )
  const resumed = await run('sync', 'resume', 'contacts')
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  expect(resumed.stderr).toContain('Nothing was sent yet: the run takes the sync contacts as it is configured now')
  expect(resumed.code).toBe(0)
  expect(await readFile(join(folder, 'runs', runId ?? '', 'spec.json'), 'utf8')).toContain('file:data/mapped.csv')
  expect(await contactsWith('moe@example.com')).toBe(1)
})

async function contactsWith(email: string): Promise<number> {
  const text = await (await fetch(`${org.url}/emulator/records/Contact?fields=Email`)).text()
  return text.split('\n').filter(line => line.includes(`"${email}"`)).length
}

describe('a connection error is reported in one line with its remedy', () => {
  test.each([
    ['wrong-secret', /wrong-secret.*invalid_client.*clientSecret/],
    ['unknown', /there is no connection 'unknown'; use one of org, wrong-secret/],
  ])('%s', async (name, words) => {
    const { code, stdout, stderr } = await run('connection', 'test', name)
    expect(stderr.trimEnd()).toMatch(words)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect({ code, stdout }).toEqual({ code: name === 'unknown' ? 2 : 1, stdout: '' })
  })
})

// One sample of each kind; all of them are in test/unit/{spec,plan,protocol,sources}.
describe('an invalid load is reported in one line and writes nothing', () => {
  const contacts = 'last_name,email\nDoe,doe@example.com\n'
  const from = async (name: string, content: string) => ['--source', await source(name, content)]
  const set = (...settings: readonly string[]) => settings.flatMap(setting => ['--set', setting])
  const good = () => from('good.csv', contacts)

  const LEAD_FIELDS = 'fields={LastName: last_name, Company: {value: Acme}}'

  // The last column is the exit code: 2 when the worker rejects the mapping, 1 for a source that can't be read.
  const cases: readonly (readonly [string, () => Promise<readonly string[]>, RegExp, 1 | 2])[] = [
    [
      'an object this user may not create',
      async () => [...(await good()), ...set('object=Lead', LEAD_FIELDS)],
      /Lead.*create/,
      2,
    ],
    ['a required field unmapped', async () => [...(await good()), ...set('fields={Email: email}')], /LastName/, 2],
    ['no source', async () => ['--source', 'file:data/absent.csv'], /file:data\/absent\.csv.*no file/, 1],
    ['a column that the header lacks', () => from('other.csv', 'name,email\nDoe,doe@example.com\n'), /last_name/, 2],
  ]

  test.each(cases)('%s', async (_, options, words, exitCode) => {
    const before = org.stats()
    const { code, stdout, stderr } = await run('sync', 'run', 'contacts', ...(await options()), '--json')
    const line = stderr.trimEnd()
    expect(line).toMatch(words)
    expect(line).not.toContain('\n')
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect({ ...org.stats(), apiCalls: 0, calls: {} }).toEqual({ ...before, apiCalls: 0, calls: {} })
  })
})
