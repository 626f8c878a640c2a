// `runs list` and `runs show`, from the run store alone and with the data of Temporal.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { dataConverterFor } from '../../../packages/client/encryption/encryptionCodec.ts'
import { encryptionKey } from '../../../packages/client/encryption/keyRing.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { EXECUTION, storedRuns } from '../../rig/storedRuns.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
let runs: string

const CONFIGURATION = `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: x, clientSecret: "\${NOT_SET}" }
`

/** A separate sync, so that workflows of other tests are not listed. */
const RUNNING = `hourly.${randomUUID()}`

beforeAll(async () => {
  runs = join(folder, 'runs')
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  const { write, started, ended, reported } = storedRuns(runs)
  await started('nightly.d1', 1)
  await reported('nightly.d1', 1, {})
  // The list opens no results: this file is not readable.
  await mkdir(join(runs, 'nightly.d1/results.csv'))
  const example = { errorCode: 'STRING_TOO_LONG', count: 12, exampleRow: 7, exampleMessage: 'Last Name: too large' }
  await started('nightly.d2', 2)
  await reported('nightly.d2', 2, {
    outcome: 'completed_with_rejected',
    tally: { created: 2_987, updated: 0, deleted: 0, unchanged: 0, failed: 12, inDoubt: 1 },
    errors: [example],
  })
  await write('nightly.d2/results.csv', 'x'.repeat(123_456))
  await write('nightly.d2/rejected.csv', 'x'.repeat(700))
  await write('nightly.d2/in_doubt.csv', 'x'.repeat(70))
  await write('nightly.d2/chunks/00001.csv', 'x'.repeat(2_000))
  await write('nightly.d2/spec.json', {
    connection: 'production',
    object: 'Contact',
    source: { uri: 'file:data/a.csv' },
  })
  await started('nightly.d3', 3)
  await ended('nightly.d3', 3, {
    outcome: 'failed',
    failure: { type: 'LoginRejectedError', message: 'Login of connection production was rejected' },
  })
  await write('nightly.d3/spec.json', { connection: 'production', object: 'Contact', source: { inline: [{ a: 'b' }] } })
  await started('4f1a', 4, { sync: 'weekly', workflowId: 'a-service/7' })
  await ended('4f1a', 4, { outcome: 'cancelled' })
  await reported('4f1a', 4, { outcome: 'cancelled' })
  await started('nightly.d5', 5)
  await started(RUNNING, 6)
  await write('nightly.d7/report.json', '{"runId": "nigh')
  await write('nightly.d8/executions', 'a file')
  await write('nightly.d9/report.json', { outcome: 'well done' })
  await write('lost+found/something', 'of another program')
  await write('a file', 'beside the runs')
  await started('nightly.d0', 1)
  await write('removed-runs/nightly.d0.json', {})
  const run = {
    state: 'completed',
    tally: { created: 3_000, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 },
  }
  await write('removed-runs/nightly.gone.json', { removedAt: '2026-11-20T03:00:00', run })
  await write('removed-runs/nightly.cut.json', '{"remo')
  const connection = await Connection.connect({ address: inject('temporalAddress') })
  const client = new Client({ connection, namespace: inject('temporalNamespace') })
  const workflowId = `sync/${RUNNING.replace('.', '/')}`
  const options = { taskQueue: `unused-${RUNNING}`, args: [{}] }
  await client.workflow.start('syncRecords', { ...options, workflowId })
  // A run of another team, with a key that is not available here: the list continues.
  const dataConverter = dataConverterFor([encryptionKey('theirs', randomBytes(32).toString('base64'))])
  const theirs = new Client({ connection, namespace: inject('temporalNamespace'), dataConverter })
  await theirs.workflow.start('syncRecords', { ...options, workflowId: `${workflowId}-theirs`, memo: { runId: 'x' } })
  const query = `WorkflowId STARTS_WITH '${workflowId}'`
  await vi.waitUntil(async () => (await client.workflow.count(query)).count === 2, { timeout: 30_000 })
  await connection.close()
})

function run(args: readonly string[], address: string = inject('temporalAddress')): Promise<Outcome> {
  const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: inject('temporalNamespace') }
  return sflink(['runs', ...args], { cwd: folder, environment })
}

const lines = (text: string): readonly string[] => text.trimEnd().split('\n')

/** The cells of a table's line, which are separated by two spaces. */
const cells = (line = ''): readonly string[] => line.split(/ {2,}/)

describe.concurrent('runs list', () => {
  test('shows the newest first in every state, and one line for each damaged directory', async () => {
    const { code, stdout, stderr } = await run(['list'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [head, ...rows] = lines(stdout)
    expect(cells(head).slice(0, 6)).toEqual(['RUN', 'SYNC', 'OBJECT', 'STARTED', 'ENDED', 'OUTCOME'])
    expect(rows.map(row => [cells(row)[0], cells(row)[1], cells(row)[5]])).toEqual([
      [RUNNING, 'hourly', 'running'],
      ['nightly.d5', 'nightly', 'unfinished'],
      ['4f1a', 'weekly', 'cancelled'],
      ['nightly.d3', 'nightly', 'failed'],
      ['nightly.d2', 'nightly', 'completed with rejected'],
      ['nightly.d1', 'nightly', 'completed'],
      ['nightly.d0', 'nightly', 'removing'],
      ['nightly.d9', 'nightly', 'damaged'],
      ['nightly.d8', 'nightly', 'damaged'],
      ['nightly.d7', 'nightly', 'damaged'],
      ['lost+found', '-', 'foreign'],
    ])
    expect(cells(rows[4]).slice(3)).toEqual([
      '2026-11-02 01:00:00',
      '2026-11-02 01:01:00',
      'completed with rejected',
      '3,000',
      '2,987',
      '0',
      '12',
      '1',
      '126.9 kB',
    ])
  })

  test('filters by sync, outcome and time, and shows how many more there are', async () => {
    const ids = async (...args: readonly string[]) => {
      const { stdout } = await run(['list', '--json', ...args])
      return (JSON.parse(stdout) as { readonly runId: string }[]).map(({ runId }) => runId)
    }
    expect(await ids('--sync', 'weekly')).toEqual(['4f1a'])
    expect(await ids('--outcome', 'failed')).toEqual(['nightly.d3'])
    expect(await ids('--since', '2026-11-04')).toEqual([RUNNING, 'nightly.d5', '4f1a'])
    const { stdout, stderr } = await run(['list', '--sync', 'nightly', '--limit', '1'])
    expect(lines(stdout)).toHaveLength(2)
    expect(stderr).toBe('… and 7 older; --limit 8 shows all\n')
  })

  test('reports that Temporal is not reachable, and lists the rest', async () => {
    const { code, stdout, stderr } = await run(['list', '--outcome', 'unfinished', '--json'], '127.0.0.1:1')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as object[]).length).toBe(2)
    expect(stderr).toMatch(/^Temporal cannot be reached at 127\.0\.0\.1:1: .* Until then no run is shown as running\n$/)
  })

  const mistakes = [
    ['--outcome', 'complete', "--outcome is 'complete'; give one of running, completed, "],
    ['--since', '2026-13-01', "--since is '2026-13-01'; give a day such as 2026-11-01"],
    ['--limit', '0', "--limit is '0'; give a whole number from 1"],
  ] as const
  test.each(mistakes)('%s %s is rejected with what is allowed', async (option, value, words) => {
    const { code, stdout, stderr } = await run(['list', option, value])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })
})

describe.concurrent('runs show', () => {
  test('shows counts, errors, files with sizes, how to correct records, and that Temporal no longer has the run', async () => {
    const { code, stdout } = await run(['show', 'sync/nightly/d2'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Run         nightly.d2
Sync        nightly
Connection  production
Object      Contact
Started     2026-11-02 01:00:00 UTC
Ended       2026-11-02 01:01:00 UTC
Outcome     completed with rejected
Temporal    Temporal at ${inject('temporalAddress')}`)
    expect(stdout).toContain('has no workflow sync/nightly/d2 any more')
    expect(stdout).toContain('12  STRING_TOO_LONG  row 7')
    expect(stdout).toMatch(/nightly\.d2\/results\.csv +123\.4 kB\n.*rejected\.csv +700 B\n.*in_doubt\.csv +70 B\n/)
    expect(stdout).toMatch(/\n2 working files +2\.\d kB\n/)
    expect(stdout).toContain(
      `save it as ${folder}/data/corrected.csv and load only these records: sflink sync run nightly --source file:data/corrected.csv`,
    )
    expect(stdout).toContain('Next: look up in the org each record in doubt (')
    expect(stdout).toContain('; those in doubt are searched for first: sflink sync retry nightly.d2')
    expect(stdout).toContain('uri: file:data/a.csv')
  })

  test('shows why a run without a report failed, and how to resume it', async () => {
    const { stdout } = await run(['show', 'nightly.d3'])
    expect(stdout).toContain('Outcome     failed\nWhy         Login of connection production was rejected\n')
    expect(stdout).toContain(
      'Next: correct the cause, then resume the run; nothing was sent yet, so it takes the sync as it is configured then (if an option of the command is wrong, start a new run): sflink sync resume nightly.d3',
    )
    expect(stdout).toContain('inline: records in the input of the workflow')
    expect(stdout).not.toContain('a: b')
  })

  test("links a running run to its page in Temporal's UI", async () => {
    const { stdout } = await run(['show', RUNNING, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'running',
      temporal: expect.stringMatching(
        /^RUNNING in Temporal: temporal workflow describe --address \S+ --namespace default --workflow-id sync\/hourly\/[-0-9a-f]+ /,
      ),
      files: [{ path: `executions/${EXECUTION}.started.json` }],
      nextSteps: [],
    })
  })

  test('distinguishes a removed run from one that never existed', async () => {
    const gone = await run(['show', 'nightly.gone'])
    expect(gone).toMatchObject({ code: 2, stdout: '' })
    expect(gone.stderr).toBe(
      `The files of run nightly.gone in ${runs} were removed on 2026-11-20 03:00:00 UTC. It ended as completed: 3,000 created, 0 updated, 0 failed, 0 in doubt\n`,
    )
    expect((await run(['show', 'nightly.cut'])).stderr).toContain('were removed\n')
    const never = await run(['show', 'nightly.never'])
    expect(never.stderr).toBe(`There is no run nightly.never in ${runs}. List the runs: sflink runs list\n`)
  })
})
