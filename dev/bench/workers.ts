// One load with 1, 2, 4 … workers, with the services of docker-compose.yml as processes: PostgreSQL, Temporal, S3.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { SOURCE_KEY } from '../cluster/objectStore.ts'
import { PLACE, takePlace } from '../cluster/place.ts'
import { startServices } from '../cluster/stage.ts'
import { writeContacts } from '../contacts.ts'
import { heading } from '../printing.ts'
import { Processes } from '../processes/processes.ts'
import { campaignSource, OBJECT, syncOf } from './contacts.ts'
import { countSuccesses } from './linkLoad.ts'
import { cpuOf, watchPeak } from './processUsage.ts'
import { alignedTable } from './table.ts'

type Measured = {
  readonly workers: number
  /** Seconds. */
  readonly wall: number
  /** CPU seconds of all workers. */
  readonly cpu: number
  /** MiB, of the worker that needed most. */
  readonly peak: number
}

/** Measures a load of creates with each number of workers, in an org of its own. Throws when a load fails or loses a record. */
export async function measureWorkers(records: number, most: number): Promise<string> {
  const releasePlace = await takePlace()
  try {
    await writeContacts(PLACE.source, campaignSource(records))
    const measured: Measured[] = []
    for (const workers of workerCounts(most)) measured.push(await inNewCluster(records, workers))
    return describe(records, measured)
  } finally {
    await releasePlace()
  }
}

/** 1, 2, 4 … and the most. */
function workerCounts(most: number): readonly number[] {
  const powers = Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, power) => 2 ** power)
  return [...new Set([...powers, most])]
}

async function inNewCluster(records: number, workers: number): Promise<Measured> {
  heading(`${records.toLocaleString('en')} records with ${workers} workers`)
  const processes = new Processes()
  try {
    return await load(processes, records, workers)
  } finally {
    await processes.end()
  }
}

async function load(processes: Processes, records: number, count: number): Promise<Measured> {
  const config = join(PLACE.folder, 'bench.yaml')
  await writeFile(config, stringify(CONFIGURATION))
  const { temporal, store, orgUrl, addWorker } = await startServices(processes, config)
  await store.putFile(PLACE.source, SOURCE_KEY)
  const workers: { readonly pid: number }[] = []
  while (workers.length < count) workers.push(await addWorker())
  const connection = await Connection.connect({ address: temporal.address })
  const peaks = workers.map(({ pid }) => watchPeak(pid))
  try {
    const contacts = await contactsOf(orgUrl)
    const cpu = await cpuOfAll(workers)
    const started = performance.now()
    const client = new Client({ connection })
    const handle = await client.workflow.start('syncRecords', {
      ...{ taskQueue: TASK_QUEUE, workflowId: `bench-workers-${count}`, args: [{ sync: 'contacts' }] },
    })
    const { tally } = (await handle.result()) as RunReport
    const wall = (performance.now() - started) / 1000
    const used = (await cpuOfAll(workers)) - cpu
    const results = await store.read(`runs/${handle.firstExecutionRunId}/results.csv`)
    const successes = await countSuccesses(results as AsyncIterable<Uint8Array>)
    const created = (await contactsOf(orgUrl)) - contacts
    if (tally.created !== records || successes !== records || created !== records) {
      throw new Error(`${records} records, ${tally.created} created, ${successes} results, ${created} in the org`)
    }
    return { workers: count, wall, cpu: used, peak: Math.max(...(await Promise.all(peaks.map(peak => peak())))) }
  } finally {
    for (const peak of peaks) await peak()
    await connection.close()
  }
}

const CONFIGURATION = {
  runStore: 's3://sflink/runs',
  dataDirectories: ['s3://sflink/data'],
  connections: {
    org: {
      loginUrl: `\${SF_LOGIN_URL}`,
      auth: { flow: 'client_credentials', clientId: `\${SF_CLIENT_ID}`, clientSecret: `\${SF_CLIENT_SECRET}` },
    },
  },
  syncs: {
    contacts: {
      ...{ connection: 'org', object: OBJECT, source: { uri: `s3://sflink/${SOURCE_KEY}` } },
      ...{ identityFields: ['customer_id'], ...syncOf('create') },
    },
  },
}

async function cpuOfAll(workers: readonly { readonly pid: number }[]): Promise<number> {
  const each = await Promise.all(workers.map(({ pid }) => cpuOf(pid)))
  return each.reduce((sum, cpu) => sum + cpu, 0)
}

async function contactsOf(orgUrl: string): Promise<number> {
  const { count } = (await (await fetch(`${orgUrl}/emulator/records/${OBJECT}?count=true`)).json()) as { count: number }
  return count
}

function describe(records: number, measured: readonly Measured[]): string {
  const [one] = measured
  const ratio = (value: number, base = value) => `${value.toFixed(2)} (${(value / base).toFixed(2)})`
  const head = ['Workers', 'Wall s', 'CPU s of all workers', 'Peak MiB of one worker']
  const right = head.map(() => false)
  const rows = measured.map(({ workers, wall, cpu, peak }) => [
    ...[String(workers), ratio(wall, one?.wall), ratio(cpu, one?.cpu), peak.toFixed(0)],
  ])
  return [
    alignedTable(head, right, rows),
    '',
    `One load of ${records.toLocaleString('en')} creates from S3 to S3, in chunks of 100,000; in brackets: the ratio to one worker. The source is read by one worker; the chunks are shared.`,
    'The emulated org, PostgreSQL, Temporal, S3 and all workers share the cores of one machine: on a machine with few cores more workers mainly compete.',
  ].join('\n')
}
