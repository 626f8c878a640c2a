import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../dev/processes/freePort.ts'
import { inProcess } from '../../rig/inProcess.ts'
import { storedRuns } from '../../rig/storedRuns.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await writeFile(
    join(folder, 'sflink.yaml'),
    `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: x, clientSecret: \${NOT_SET} }
syncs:
  contacts:
    connection: production
    object: Contact
    operation: create
    source: { uri: "https://files.acme.com/contacts.csv?sig=hush" }
    fields: { LastName: last_name }
    schedule: { cron: "0 2 * * *" }
  leads:
    connection: production
    object: Lead
    operation: { column: action }
    source: { inline: [{ last_name: Doe }] }
    fields: { LastName: last_name, Company: last_name }
`,
  )
  const { started, ended, reported } = storedRuns(join(folder, 'runs'))
  await started('nightly.1', 1, { sync: 'contacts' })
  await ended('nightly.1', 1, { outcome: 'failed' })
  await started('nightly.2', 2, { sync: 'contacts' })
  await reported('nightly.2', 2, { outcome: 'completed_with_rejected' })
})

const list = async (...args: string[]) =>
  inProcess(['sync', 'list', ...args], {
    cwd: folder,
    environment: { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` },
  })

test('lists every sync with its load, its schedule and its last run', async () => {
  const { code, stdout, stderr } = await list()
  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      'SYNC      OPERATION                                  OBJECT   CONNECTION  SOURCE                                 SCHEDULE   LAST RUN (UTC)',
      'contacts  create                                     Contact  production  https://files.acme.com/contacts.csv?…  0 2 * * *  2026-11-02 01:00:00 completed with rejected',
      'leads     create, update or upsert by column action  Lead     production  1 inline records                       -          -',
      '',
    ].join('\n'),
  )
  expect(stderr).toMatch(/^Temporal cannot be reached at .* Until then no run is shown as running\n$/)
})

test('--json prints the same facts', async () => {
  const [contacts, leads] = JSON.parse((await list('--json')).stdout)
  expect(contacts).toMatchObject({
    sync: 'contacts',
    schedule: '0 2 * * *',
    lastRun: { runId: 'nightly.2', state: 'completed_with_rejected' },
  })
  expect(leads).not.toHaveProperty('lastRun')
})

test('runs show prints the spec as sflink.yaml has it: durations with a unit', async () => {
  const { write } = storedRuns(join(folder, 'runs'))
  const source = { uri: 'file:data/a.csv', waitFor: 7_200_000, stableFor: 30_000, missing: 'fail', unchanged: 'load' }
  const spec = {
    connection: 'production',
    object: 'Contact',
    operation: 'create',
    source,
    fields: { LastName: 'last' },
  }
  await write('nightly.2/spec.json', spec)
  const { stdout } = await inProcess(['runs', 'show', 'nightly.2'], {
    cwd: folder,
    environment: { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` },
  })
  expect(stdout).toMatch(/waitFor: 2h\n +stableFor: 30s\n/)
  expect(stdout).toMatch(/delay: 5s\n +lostAnswerWait: 10m\n/)
})
