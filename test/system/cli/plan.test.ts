// A plan and the run that applies it, by commands as a person and a CI job use them.
import type { ChildProcess } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../../dev/processes/temporalServer.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { orgOf } from '../../rig/rigOrg.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { startWorkerProcess, stopWorkerProcess } from '../../rig/workerProcess.ts'

const folder = temporaryFolder()
let temporal: TemporalServer
let org: Emulator
let worker: ChildProcess
let environment: Record<string, string>

const configuration = (blank: 'ignore' | 'clear'): string => `dataDirectories: [data]
connections:
  org:
    loginUrl: \${ORG_URL}
    auth: { flow: client_credentials, clientId: emulator-client-id, clientSecret: \${ORG_SECRET} }
syncs:
  contacts:
    connection: org
    object: Contact
    operation: upsert
    externalIdField: Ext_Id__c
    source: { uri: "file:data/contacts.csv" }
    fields: { Ext_Id__c: key, LastName: last, Title: title }
    identityFields: [key]
    blank: ${blank}
`

beforeAll(async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'sflink.yaml'), configuration('ignore'))
  ;[temporal, org] = await Promise.all([startTemporalServer({ own: true }), startEmulator({ seedRecords: false })])
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

const source = (...rows: readonly string[]): Promise<void> =>
  writeFile(join(folder, 'data', 'contacts.csv'), `key,last,title\n${rows.join('\n')}\n`)

const runOf = ({ stderr }: Outcome): string => /^Plan (\S+)$/m.exec(stderr)?.[1] ?? ''

test('a plan shows what would change and exits with 5; it is applied once, and then there is nothing to do', async () => {
  await source('a,Ames,CEO', 'b,Bell,CEO')
  expect((await run('sync', 'run', 'contacts')).code).toBe(0)
  await source('a,Ames,CTO', 'b,Bell,CEO', 'c,Cole,CEO', ',Dale,CEO')
  const planned = await run('sync', 'plan', 'contacts')
  const runId = runOf(planned)
  expect(planned.code).toBe(5)
  expect(planned.stdout).toContain('2 records are to be changed in the org. Nothing was sent.')
  expect(planned.stdout).toMatch(/~ row 1 {2}003\w{15} {2}a\n {4}Title: CEO -> CTO\n\+ row 3 {2}c\n/)
  expect(planned.stdout).toContain(
    `Next: look at plan.csv, then apply exactly this plan: sflink sync run --plan ${runId}`,
  )
  const { mode } = await stat(join(folder, 'runs', runId, 'plan.csv'))
  expect(mode & 0o777).toBe(0o600)

  expect((await run('runs', 'list')).stdout).toMatch(new RegExp(`^${runId} .* planned .*$`, 'm'))
  // The name of a sync stands for its last run, which a plan is not.
  expect((await run('sync', 'results', 'contacts')).stdout).toContain('Every record was created or updated.')
  expect((await run('sync', 'list')).stdout).toMatch(/ completed$/m)
  expect(await run('sync', 'status', runId)).toMatchObject({ code: 5, stdout: planned.stdout })
  expect(await run('sync', 'resume', runId)).toMatchObject({
    code: 2,
    stderr: `The run ${runId} is a plan, which sends nothing, so there is nothing to resume. Apply it: sflink sync run --plan ${runId}\n`,
  })
  expect((await run('sync', 'run', '--plan', runId, '--limit', '1')).stderr).toMatch(
    /^--limit can't be given with --plan: /,
  )

  const applied = await run('sync', 'run', '--plan', 'contacts')
  expect(applied.stderr).toContain(`Run ${runId}\n`)
  expect(applied.code).toBe(3)
  expect(applied.stdout).toMatch(/Created +1\nUpdated +1\nUnchanged +1\nFailed +1\n/)
  expect(await run('sync', 'run', '--plan', runId)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(new RegExp(`^Plan ${runId}: it was applied on .*: sflink sync plan contacts\n$`)),
  })
  const again = await run('sync', 'plan', 'contacts', '--json')
  expect(again.code).toBe(3)
  expect((JSON.parse(again.stdout) as PlanReport).verdicts).toMatchObject({ unchanged: 3, rejected: 1 })
  expect((await run('sync', 'plan', 'contacts', '--limit', '3')).code).toBe(0)
})

test('a plan of a sync that was changed since is not applied, and can be made again', async () => {
  await source('a,Ames,CFO')
  const runId = runOf(await run('sync', 'plan', 'contacts'))
  await writeFile(join(folder, 'sflink.yaml'), configuration('clear'))
  const rejected = await run('sync', 'run', '--plan', runId)
  expect(rejected.code).toBe(2)
  expect(rejected.stderr).toContain(
    `Plan ${runId}: the sync contacts has changed since it was planned (blank); plan again: sflink sync plan contacts`,
  )
  expect(rejected.stderr).not.toContain('Next:')
  expect((await run('runs', 'list')).stdout).toMatch(new RegExp(`^${runId} .* planned .*$`, 'm'))
  const { stdout } = await run('sync', 'plan', 'contacts')
  expect(stdout).toContain('1 record is to be changed in the org. Nothing was sent.')
  expect(await readFile(join(folder, 'runs', runId, 'plan.csv'), 'utf8')).toContain(',CTO,CFO')
})

test('existing: keep creates only what the org does not have, and fill-blanks writes only blank fields', async () => {
  const { records } = orgOf('org', org)
  const people = async () =>
    (await records('Contact', 'Ext_Id__c', 'LastName', 'Title'))
      .filter(({ Ext_Id__c: key }) => key === 'x' || key === 'y')
      .map(({ Ext_Id__c: key, LastName, Title }) => `${key} ${LastName} ${Title}`)
      .toSorted()
  await source('x,Xu,')
  expect((await run('sync', 'run', 'contacts')).code).toBe(0)
  await source('x,Other,', 'y,"Yang, Jr.",')
  const keep = ['operation=create', 'keyField=Ext_Id__c', 'existing=keep'].flatMap(key => ['--set', key])
  const planned = await run('sync', 'plan', 'contacts', ...keep)
  expect(planned.stdout).toContain('1 record is to be changed in the org. Nothing was sent.')
  expect(planned.stdout).toContain('+ row 2  y\n')
  const applied = await run('sync', 'run', '--plan', runOf(planned))
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringMatching(/Created +1\nUpdated +0\nUnchanged +1\n/) })
  expect(await people()).toEqual(['x Xu null', 'y Yang, Jr. null'])

  await source('x,Other,Head', 'y,Other,')
  const filled = await run('sync', 'run', 'contacts', '--set', 'existing=fill-blanks', '--set', 'undo=true')
  expect(filled).toMatchObject({ code: 0, stdout: expect.stringMatching(/Created +0\nUpdated +1\nUnchanged +1\n/) })
  expect(await people()).toEqual(['x Xu Head', 'y Yang, Jr. null'])
  const undone = await run('sync', 'undo', /^Run (\S+)$/m.exec(filled.stderr)?.[1] ?? '')
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringMatching(/Updated +1\n/) })
  expect(await people()).toEqual(['x Xu null', 'y Yang, Jr. null'])

  expect(await run('sync', 'run', 'contacts', '--set', 'operation=create', '--set', 'existing=keep')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('keyField: is missing: with existing: keep a create needs the fields that find'),
  })
})
