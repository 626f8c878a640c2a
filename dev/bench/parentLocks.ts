// Loads contacts of a few accounts, in random order, into an org whose batches lock accounts: grouped by account and not.
// `node dev/install.mjs dev/bench/parentLocks.ts`, and `--save` for bench/RESULTS.md.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncSpecInput } from '../../packages/client/contract/syncSpec.ts'
import { writeContacts } from '../contacts.ts'
import { exitAfter, Processes, untilSignal } from '../processes/processes.ts'
import { startTemporalServer, type TemporalServer } from '../processes/temporalServer.ts'
import { describeMachine, writeSection } from '../resultsFile.ts'
import { API_VERSION, ROOT } from './org.ts'
import { alignedTable } from './table.ts'

const RECORDS = 100_000
const ACCOUNTS = 500
/** Records of one collection request. */
const REQUEST = 200

/** Each way to load, with what it changes in the sync. */
const WAYS: Readonly<Record<string, Partial<SyncSpecInput>>> = {
  'grouped by account (`groupBy: auto`)': {},
  'in the order of the source (`groupBy: none`)': { groupBy: 'none' },
  'the same in jobs of one batch each': { groupBy: 'none', chunk: { bulkRecords: 10_000 } },
}

const processes = new Processes()
await exitAfter(measureLocks)

async function measureLocks(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sflink-locks-'))
  processes.removeAfterwards(folder)
  try {
    return await Promise.race([untilSignal(), measure(folder)])
  } finally {
    await processes.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string): Promise<number> {
  const temporal = await startTemporalServer()
  try {
    const rows: string[][] = []
    for (const [attempts, words] of [
      [1, 'one attempt'],
      [5, 'five attempts'],
    ] as const) {
      for (const [way, spec] of Object.entries(WAYS)) {
        const home = join(folder, String(rows.length))
        await mkdir(home)
        const started = performance.now()
        const { tally, jobs } = await load(home, temporal, { ...spec, resend: { maxAttempts: attempts } })
        const seconds = ((performance.now() - started) / 1000).toFixed(0)
        rows.push([words, way, String(tally.created), String(tally.failed), String(jobs), seconds])
        console.error(rows.at(-1)?.join(' | '))
      }
    }
    const head = ['Attempts', 'Contacts', 'Created', 'Failed for good', 'Jobs', 'Wall s']
    const table = alignedTable(head, [true, true, false, false, false, false], rows)
    const section = `${await describeMachine()}\n\n${RECORDS.toLocaleString('en')} contacts of ${ACCOUNTS} accounts in random order; the org processes 10 batches side by side, 1,000 records per second in each, and rejects a record whose account another batch holds.\n\n${table}`
    console.log(`\n${section}`)
    if (process.argv.includes('--save')) await writeSection('locks', section)
    return 0
  } finally {
    await temporal.close()
  }
}

type Org = {
  readonly url: string
  readonly accessToken: string
  readonly clientId: string
  readonly clientSecret: string
}

async function load(folder: string, temporal: TemporalServer, spec: Partial<SyncSpecInput>) {
  const emulator = await processes.start({
    ...{ name: 'The emulated org', folder: ROOT, log: join(folder, 'org.log'), ready: /(\{.*\})\n/ },
    args: ['packages/emulator/bin/salesforce-emulator.mjs', '--no-records', '--speed', 'salesforce', '--lock-parents'],
  })
  const org = JSON.parse(emulator.readyMatch[1] ?? '') as Org
  const source = join(folder, 'source.csv')
  const accounts = await createAccounts(org)
  const account = shuffledAccounts(accounts)
  await writeContacts(source, { records: RECORDS, columns: { last: index => `Silva ${index}`, account } })
  const config = join(folder, 'sflink.yaml')
  await writeFile(config, stringify(configuration(org, source, folder, spec)))
  const worker = await processes.start({
    ...{ name: 'The worker', folder: ROOT, log: join(folder, 'worker.log'), ready: /Worker started/ },
    environment: { ...process.env, TEMPORAL_ADDRESS: temporal.address, SFLINK_CONFIG: config },
    args: ['bin/sflink.mjs', 'worker'],
  })
  const connection = await Connection.connect({ address: temporal.address })
  try {
    const client = new Client({ connection, namespace: temporal.namespace })
    const report: RunReport = await worker.during(
      client.workflow.execute('syncRecords', {
        ...{ taskQueue: TASK_QUEUE, workflowId: `locks-${process.pid}-${Math.round(performance.now())}` },
        args: [{ sync: 'contacts' }],
      }),
    )
    const { calls } = (await (await fetch(`${org.url}/emulator/stats`)).json()) as { calls: Record<string, number> }
    return { tally: report.tally, jobs: calls['ingestClose'] ?? 0 }
  } finally {
    await connection.close()
    await worker.stop()
    await emulator.stop()
  }
}

async function createAccounts({ url, accessToken }: Org): Promise<readonly string[]> {
  const ids: string[] = []
  for (let from = 0; from < ACCOUNTS; from += REQUEST) {
    const names = Array.from({ length: Math.min(REQUEST, ACCOUNTS - from) }, (_, index) => `Account ${from + index}`)
    const records = names.map(Name => ({ attributes: { type: 'Account' }, Name }))
    const answer = await fetch(`${url}/services/data/v${API_VERSION}/composite/sobjects`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ records }),
    })
    for (const { id } of (await answer.json()) as readonly { readonly id: string }[]) ids.push(id)
  }
  return ids
}

/** The account of each contact: the same random order in every run. */
function shuffledAccounts(accounts: readonly string[]): (index: number) => string {
  return index => {
    // A step of a linear congruential generator, whose high bits are well mixed.
    const mixed = Math.imul(index + 1, 0x9e3779b1) ^ (Math.imul(index + 1, 0x85ebca6b) >>> 13)
    return accounts[(mixed >>> 0) % accounts.length] as string
  }
}

function configuration(
  { url, clientId, clientSecret }: Org,
  source: string,
  folder: string,
  spec: Partial<SyncSpecInput>,
) {
  return {
    runStore: 'file:runs',
    dataDirectories: [folder],
    connections: {
      emulated: { loginUrl: url, apiVersion: 'latest', auth: { flow: 'client_credentials', clientId, clientSecret } },
    },
    syncs: {
      contacts: {
        ...{ connection: 'emulated', object: 'Contact', operation: 'create', source: { uri: `file:${source}` } },
        ...{ fields: { LastName: 'last', AccountId: 'account' }, engine: 'bulk' },
        ...spec,
      },
    },
  }
}
