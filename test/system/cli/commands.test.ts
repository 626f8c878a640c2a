import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import { TASK_QUEUE } from '../../../packages/client/contract/names.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type Outcome, type Surroundings, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

// The command knows one task queue, so these tests start a separate server.
let server: TemporalServer
const folder = temporaryFolder()
let bundle: WorkflowBundle

const CONFIGURATION = `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: x, clientSecret: "hush" }
syncs:
  nightly:
    connection: production
    object: Contact
    operation: create
    source: { uri: "file:data/contacts-{date}.csv" }
    keyField: LastName
    externalIdField: LastName
    fields: { LastName: last_name }
`

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  await writeFile(join(folder, 'sflink.yaml'), CONFIGURATION)
  server = await startTemporalServer({ own: true })
  const workflowsPath = fileURLToPath(new URL('./cannedWorkflows.ts', import.meta.url))
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
})

afterAll(async () => {
  await server.close()
})

function run(args: readonly string[], more: Partial<Surroundings> = {}): Promise<Outcome> {
  return sflink(args, { cwd: folder, environment: { TEMPORAL_ADDRESS: server.address }, ...more })
}

const nightly = (...args: readonly string[]) => ['sync', 'run', 'nightly', '--set', 'date=2026-11-25', ...args]

// First: no worker has polled yet.
describe('without a worker', () => {
  test('a query reports the missing worker after a few seconds and ends', async () => {
    const { code, stdout, stderr } = await run(['connection', 'test', 'production'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `No worker polls the task queue ${TASK_QUEUE} (Temporal ${server.address}, namespace default). Start one: sflink worker\n`,
    )
  })

  test('a run reports it, and Ctrl-C detaches and prints how to reattach', async () => {
    const interruptAt = { text: 'No worker', signal: 'SIGINT' } as const
    const { code, stderr } = await run(nightly('--set', 'maxRejected=1'), { interruptAt })
    expect(code).toBe(130)
    const runId = /^Run (\S+)\n/.exec(stderr)?.[1]
    expect(runId).toMatch(/^nightly\.\d{4}-\d\d-\d\dT\d{6}-[0-9a-z]{4}$/)
    expect(stderr).toContain(', so the run waits. Start one: sflink worker\n')
    expect(stderr).toContain(`Detached; the run continues. Reattach: sflink sync status ${runId} --follow.`)
    expect(await run(['sync', 'pause', runId ?? ''])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No worker polls the task queue .+, so sync\/nightly\/\S+ waits\. Start one/),
    })
  })

  test('a plan, which sends nothing, is not paused', async () => {
    const interruptAt = { text: 'No worker', signal: 'SIGINT' } as const
    const { stderr } = await run(['sync', 'plan', 'nightly', '--set', 'date=2026-11-25'], { interruptAt })
    const runId = /nightly\.\d{4}-\d\d-\d\dT\d{6}-[0-9a-z]{4}/.exec(stderr)?.[0]
    expect(await run(['sync', 'pause', runId ?? ''])).toEqual({
      code: 2,
      stdout: '',
      stderr: `The run ${runId} is a plan, which sends nothing, so there is nothing to pause. Stop it: sflink sync cancel ${runId}\n`,
    })
  })

  test('a detached start prints the run and reports it too', async () => {
    const { code, stdout, stderr } = await run(nightly('--detach'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Run nightly\.\S+ started\. Check its progress: sflink sync status nightly\.\S+\n$/)
    expect(stderr).toContain('No worker polls')
  })
})

describe('with a worker', () => {
  let worker: Worker
  let running: Promise<void>
  let connection: NativeConnection

  beforeAll(async () => {
    connection = await NativeConnection.connect({ address: server.address })
    worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle: bundle })
    running = worker.run()
  })

  afterAll(async () => {
    worker.shutdown()
    await running
    await connection.close()
  })

  test('connection test shows org, user, version, latency and remaining API calls', async () => {
    const { code, stdout, stderr } = await run(['connection', 'test', 'production'])
    expect(stderr).toBe('Connection production: the flow password is retired.\n')
    expect(code).toBe(0)
    expect(stdout).toBe(`Connection production works.

Org             Acme (00D000000000001EAA, sandbox)
Instance        https://acme.my.salesforce.com
User            Loader, loader@acme.com (005000000000001AAA)
API version     67.0
Test query      42 ms
API calls left  14,800 of 15,000 in the rolling 24 hours
`)
  })

  test('versions, objects and describe print columns', async () => {
    expect((await run(['connection', 'versions', 'production'])).stdout).toBe(
      "VERSION  RELEASE     IN USE\n67.0     Winter '27  yes\n",
    )
    expect((await run(['objects', 'production'])).stdout).toBe(
      'OBJECT   CREATE  UPDATE  LABEL\nContact  yes     -       Contact\n',
    )
    expect((await run(['describe', 'production', 'Contact'])).stdout).toBe(
      `Contact (Contact): this user may create and update it.

Record types: Partner (Business Partner)

FIELD       TYPE           REQUIRED  CREATE  UPDATE  EXTERNAL ID  UNIQUE  LABEL        REFERS TO, VALUES
LastName    string(80)     yes       yes     yes     -            -       Last Name
AccountId   reference(18)  -         yes     yes     -            -       Account ID   Account, as Account.FIELD
LeadSource  picklist       -         yes     yes     -            -       Lead Source  Web, Phone, Mail, Fair, Partner, Campaign, … 1 more

All values: sflink describe production Contact LeadSource
`,
    )
    expect((await run(['describe', 'production', 'Contact', 'AccountId'])).stdout).toContain(
      'In a sync    AccountId: a column of Ids, or Account.FIELD: a column of values of an External ID field of the parent',
    )
    expect((await run(['describe', 'production', 'Contact', 'LeadSource'])).stdout).toMatch(
      /Type +picklist, other values are rejected\n.*Writable +on create and update\n.*VALUE +LABEL\nWeb +Web\n/s,
    )
  })

  test('--json prints the answer and nothing else', async () => {
    const { stdout } = await run(['connection', 'versions', 'production', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ versions: [{ version: '67.0' }] })
  })

  test('a completed run prints a table and exits 0', async () => {
    const { code, stdout, stderr } = await run(nightly())
    expect(code).toBe(0)
    const runId = /^Run (\S+)\n/.exec(stderr)?.[1]
    expect(stdout).toBe(`
Every record was created or updated.

Records   3,000
Created   3,000
Updated       0
Failed        0
In doubt      0

Results  runs/${runId}/results.csv
Report   runs/${runId}/report.json
`)
  })

  test('a run with rejected records prints the reasons and exits 3', async () => {
    const { code, stdout } = await run(nightly('--set', 'operation=update'))
    expect(code).toBe(3)
    expect(stdout).toContain(`Failed       12
In doubt      0

TIMES  ERROR            EXAMPLE  MESSAGE
   12  STRING_TOO_LONG  row 7    Last Name: data value too large
`)
  })

  test('the run gets the whole spec with the options applied, and no secret', async () => {
    const { stdout, stderr } = await run(nightly('--source', 'file:data/other-{part}.csv', '--set', 'part=7', '--json'))
    expect(stderr).toContain('date')
    expect(stdout).toBe('')
    const more = [
      '--source',
      'file:data/o-{part}.csv',
      '--set',
      'part=7',
      '--set',
      'formats.decimalSeparator=","',
      '--json',
    ]
    const answer = await run(['sync', 'run', 'nightly', ...more])
    const report = JSON.parse(answer.stdout) as RunReport
    const spec = JSON.parse(report.warnings[0]?.slice('spec '.length) ?? '')
    expect(spec).toMatchObject({
      source: { uri: 'file:data/o-7.csv' },
      formats: { decimalSeparator: ',' },
      object: 'Contact',
    })
    expect(answer.stdout).not.toContain('hush')
  })

  test('status shows the progress of a run, cancel stops it, and status then shows that it is cancelled', async () => {
    const { runId } = JSON.parse(
      (await run(nightly('--detach', '--json', '--set', 'maxRejected=1'))).stdout,
    ) as RunReport
    const status = await run(['sync', 'status', runId])
    expect(status.stdout).toMatch(
      /^Run {6}nightly\.\S+\nStarted {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\nStage {4}Sending\nRecords {2}1,200 of 3,000 settled, 0 failed\n$/,
    )
    expect(status.code).toBe(0)
    const byWorkflow = await run(['sync', 'status', runId.replace('nightly.', 'sync/nightly/')])
    expect(byWorkflow.stdout).toBe(status.stdout)
    const cancelled = await run(['sync', 'cancel', runId])
    expect(cancelled.stdout).toContain(`Run ${runId} was asked to stop.`)
    const followed = await run(['sync', 'status', runId, '--follow'])
    expect(followed).toMatchObject({ code: 1, stderr: expect.stringContaining(`The run ${runId} was cancelled\n`) })
  })

  test('runs prune lists the runs that a worker removed or would remove, and those kept because they are running', async () => {
    const removed = await run(['runs', 'prune', '--retention', '90d'])
    expect(removed).toEqual({
      code: 0,
      stdout: 'retention-7776000000\nunfinished-undefined\n',
      stderr: '1,200 runs removed from /srv/runs; 8 kept\nKept nightly.slow: a workflow is running it\n',
    })
    const dry = await run(['runs', 'prune', '--dry-run', '--retention-unfinished', '1d'])
    expect(dry.stdout).toBe('retention-undefined\nunfinished-86400000\n')
    expect(dry.stderr).toContain('1,200 runs would be removed from /srv/runs; 8 kept')
    const mistaken = await run(['runs', 'prune', '--retention', 'long'])
    expect(mistaken).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--retention is 'long'; give a time such as"),
    })
  })

  test('without a terminal progress is printed in lines', async () => {
    const interruptAt = { text: 'settled', signal: 'SIGINT' } as const
    const { stderr } = await run(nightly('--set', 'maxRejected=1'), { interruptAt })
    expect(stderr).toMatch(/^Run nightly\.\S+\nSending: 1,200 of 3,000 settled, 0 failed\nDetached; /)
  })

  test('status of an unknown run reports how to list the runs', async () => {
    const { code, stderr } = await run(['sync', 'status', 'nightly-0'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      `Temporal at ${server.address}, namespace default, has no run nightly-0 and no run of a sync of this name: it was never started, or its retention has passed. List the runs: sflink runs list\n`,
    )
  })
})

test('results of an unknown run reports where it searched', async () => {
  const { code, stderr } = await run(['sync', 'results', 'nightly-0'])
  expect(code).toBe(2)
  expect(stderr).toContain('There is no run nightly-0 in ')
})
