import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { stringify } from 'yaml'
import { RESULTS_FILE } from '../../loader/protocol/layout.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStore } from '../../loader/storage/runStore.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import { WORKER_HEAP_FLAGS } from '../../workers/heapFlags.ts'
import type { Processes } from '../processes/processes.ts'
import type { TemporalServer } from '../processes/temporalServer.ts'
import { FIELDS, OBJECT } from './contacts.ts'
import { type BenchOrg, ROOT } from './org.ts'

/** What one load cost the client. */
export type Measured = {
  readonly created: number
  /** Seconds. */
  readonly wall: number
  /** CPU seconds of the client's process, user and system. */
  readonly cpu: number
  /** MiB, the peak of the client's process. */
  readonly peak: number
  readonly apiCalls: number
  /** Events in the Temporal history; absent for a client without a history. */
  readonly events?: number
}

/** Locations of the source and the results of a load. */
export type LoadPlaces = {
  /** URI. */
  readonly source: string
  readonly dataDirectory: string
  readonly runStore: string
  /** Variables that the worker needs to reach them. */
  readonly environment: Readonly<Record<string, string>>
}

/** Loads a CSV through a worker in a separate process, and measures that process. */
export async function linkLoad(
  processes: Processes,
  folder: string,
  places: LoadPlaces,
  org: BenchOrg,
  temporal: TemporalServer,
): Promise<Measured> {
  const home = await mkdtemp(join(folder, 'link-'))
  const config = join(home, 'sflink.yaml')
  await writeFile(config, stringify(configuration(places, org)))
  const environment = { TEMPORAL_ADDRESS: temporal.address, SFLINK_CONFIG: config, ...places.environment }
  const worker = await processes.start({
    ...{
      name: 'The worker',
      folder: ROOT,
      log: join(home, 'worker.log'),
      environment: { ...process.env, ...environment },
    },
    args: [...WORKER_HEAP_FLAGS, 'dev/bench/worker.ts'],
    ready: /^ready$/m,
  })
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
    await check(report, await storeOf(places, home, handle.firstExecutionRunId).read(RESULTS_FILE))
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

/** Throws Error when the load lost a record: its figures would be worthless. */
async function check({ records, tally }: RunReport, results: AsyncIterable<Uint8Array>): Promise<void> {
  let lines = 0
  for await (const piece of results) for (const byte of piece) lines += byte === 10 ? 1 : 0
  if (tally.created !== records || lines !== records + 1) {
    throw new Error(`${records} records, ${tally.created} created, ${lines - 1} results`)
  }
}

/** Uses the environment of the worker. */
function storeOf({ runStore, environment }: LoadPlaces, home: string, runId: string): RunStore {
  Object.assign(process.env, environment)
  return openRunStores(runStore, home).open(runId)
}

function configuration({ runStore, dataDirectory, source }: LoadPlaces, { url, clientId, clientSecret }: BenchOrg) {
  return {
    runStore,
    dataDirectories: [dataDirectory],
    connections: {
      emulated: { loginUrl: url, apiVersion: 'latest', auth: { flow: 'client_credentials', clientId, clientSecret } },
    },
    syncs: {
      contacts: {
        connection: 'emulated',
        object: OBJECT,
        operation: 'create',
        source: { uri: source },
        fields: FIELDS,
        identityFields: ['customer_id'],
        engine: 'bulk',
      },
    },
  }
}

/** Ticks per second in /proc/<pid>/stat, fixed by Linux's user-space interface. */
const TICKS = 100

type Usage = {
  /** Seconds, user and system. */
  readonly cpu: number
  /** MiB, the peak since the start of the process. */
  readonly peak: number
}

/** The resources that a process has used so far. Linux only. */
async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // The name in parentheses may contain spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  return { cpu, peak }
}
