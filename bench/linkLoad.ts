import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import type { TemporalServer } from '../setup/temporal.ts'
import { WORKER_HEAP_FLAGS } from '../workers/heapFlags.ts'
import { type RunReport, TASK_QUEUE } from '../workflows/contract.ts'
import { FIELDS, OBJECT } from './contacts.ts'
import type { Measured } from './measured.ts'
import type { BenchOrg } from './org.ts'
import { startProcess } from './processes.ts'
import { usageOf } from './processUsage.ts'

/** Loads a CSV through a worker in a process of its own, and measures that process. */
export async function linkLoad(
  folder: string,
  source: string,
  org: BenchOrg,
  temporal: TemporalServer,
): Promise<Measured> {
  const home = await mkdtemp(join(folder, 'link-'))
  const config = join(home, 'sflink.yaml')
  await writeFile(config, stringify(configuration(folder, source, org)))
  const environment = { TEMPORAL_ADDRESS: temporal.address, SFLINK_CONFIG: config }
  const worker = await startProcess([...WORKER_HEAP_FLAGS, 'bench/worker.ts'], environment)
  const connection = await Connection.connect({ address: temporal.address })
  try {
    const client = new Client({ connection, namespace: temporal.namespace })
    const before = { ...(await usageOf(worker.pid)), apiCalls: await org.apiCalls() }
    const started = performance.now()
    const handle = await client.workflow.start('syncRecords', {
      taskQueue: TASK_QUEUE,
      workflowId: `bench-${process.pid}-${Math.round(started)}`,
      args: [{ sync: 'contacts' }],
    })
    const report = (await handle.result()) as RunReport
    const wall = (performance.now() - started) / 1000
    const after = await usageOf(worker.pid)
    const { historyLength } = await handle.describe()
    await check(report)
    return {
      created: report.tally.created,
      wall,
      cpu: after.cpu - before.cpu,
      peak: after.peak,
      apiCalls: (await org.apiCalls()) - before.apiCalls,
      events: historyLength,
    }
  } finally {
    await connection.close()
    await worker.stop()
    await rm(home, { recursive: true, force: true })
  }
}

/** A load that lost a record is no measurement. */
async function check({ records, tally, files }: RunReport): Promise<void> {
  const lines = (await readFile(files.results)).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0)
  if (tally.created !== records || lines !== records + 1) {
    throw new Error(`${records} records, ${tally.created} created, ${lines - 1} results`)
  }
}

function configuration(folder: string, source: string, { url, clientId, clientSecret }: BenchOrg) {
  return {
    runStore: 'file:runs',
    dataDirectories: [folder],
    connections: {
      emulated: { loginUrl: url, apiVersion: 'latest', auth: { flow: 'client_credentials', clientId, clientSecret } },
    },
    syncs: {
      contacts: {
        connection: 'emulated',
        object: OBJECT,
        operation: 'create',
        source: { uri: `file:${source}` },
        fields: FIELDS,
        identityFields: ['customer_id'],
        engine: 'bulk',
      },
    },
  }
}
