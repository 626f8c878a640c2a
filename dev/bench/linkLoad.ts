import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { stringify } from 'yaml'
import { RESULTS_FILE } from '../../loader/protocol/layout.ts'
import { loadedRecords } from '../../loader/results/tally.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncSpecInput } from '../../packages/client/contract/syncSpec.ts'
import type { Processes, Running } from '../processes/processes.ts'
import type { TemporalServer } from '../processes/temporalServer.ts'
import { OBJECT, syncOf } from './contacts.ts'
import { type BenchClient, type Cost, LOAD_LIMIT_MS, type Load } from './load.ts'
import { ROOT } from './org.ts'
import type { LoadPlaces } from './places.ts'
import { cpuOf, memoryOf, watchPeak } from './processUsage.ts'

export type Stage = {
  readonly processes: Processes
  readonly temporal: TemporalServer
  /** Path of sflink in a built package. */
  readonly command: string
}

type Work = {
  /** More keys of the sync. */
  readonly spec?: Partial<SyncSpecInput>
  /** A plan sends nothing; its results are the records that would be sent, or are in the org already. */
  readonly type?: 'syncRecords' | 'planRecords'
}

/** Salesforce Link with a worker in a separate process, which runs before the load. */
export function link(
  name: string,
  stage: Stage,
  placesOf: (load: Load) => Promise<LoadPlaces>,
  work: Work = {},
): BenchClient {
  return {
    name,
    async load(load) {
      const places = await placesOf(load)
      try {
        return await loadAt(load, places, stage, work)
      } finally {
        await places.close()
      }
    },
  }
}

async function loadAt(
  load: Load,
  places: LoadPlaces,
  { processes, temporal, command }: Stage,
  { spec = {}, type = 'syncRecords' }: Work,
): Promise<Cost> {
  const { folder } = load
  const config = join(folder, 'sflink.yaml')
  await writeFile(config, stringify(configuration(load, places, spec)))
  const environment = { TEMPORAL_ADDRESS: temporal.address, SFLINK_CONFIG: config, ...places.environment }
  const worker = await processes.start({
    ...{ name: 'The worker', folder: ROOT, log: join(folder, 'worker.log') },
    ...{ environment: { ...process.env, ...environment }, ready: /Worker started/ },
    args: [command, 'worker'],
  })
  const connection = await Connection.connect({ address: temporal.address })
  const peak = watchPeak(worker.pid)
  try {
    const client = new Client({ connection, namespace: temporal.namespace })
    const { runId, found, ...cost } = await measured(client, type, load, worker, peak)
    if (type === 'planRecords') return { ...cost, results: found }
    return { ...cost, results: await countSuccesses(await resultsOf(places, folder, runId)) }
  } finally {
    await peak()
    await connection.close()
    await worker.stop()
  }
}

async function measured(
  client: Client,
  type: NonNullable<Work['type']>,
  { records, org }: Load,
  worker: Running,
  peak: () => Promise<number>,
) {
  const idle = await memoryOf(worker.pid)
  const before = { cpu: await cpuOf(worker.pid), apiCalls: await org.apiCalls() }
  const started = performance.now()
  const handle = await client.workflow.start(type, {
    taskQueue: TASK_QUEUE,
    workflowId: `bench-${process.pid}-${Math.round(started)}`,
    args: [{ sync: 'contacts' }],
  })
  const report = await reportOf(handle, worker)
  const wall = (performance.now() - started) / 1000
  const cpu = (await cpuOf(worker.pid)) - before.cpu
  const apiCalls = (await org.apiCalls()) - before.apiCalls
  const { historyLength } = await handle.describe()
  const found = foundIn(report)
  if (found !== records) throw new Error(`${records} records, ${found} as expected: ${JSON.stringify(report)}`)
  const runId = handle.firstExecutionRunId
  return { wall, cpu, peak: await peak(), idle, apiCalls, events: historyLength, runId, found }
}

/** Records that the org has as in the source, or would have after the plan. */
function foundIn(report: RunReport | PlanReport): number {
  if ('tally' in report) return loadedRecords(report.tally)
  const { create, update, unchanged } = report.verdicts
  return create + update + unchanged
}

/** Throws when the run fails, takes too long, or the worker ends. */
async function reportOf(handle: WorkflowHandle, worker: Running): Promise<RunReport | PlanReport> {
  const late = sleep(LOAD_LIMIT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`The run did not end within ${LOAD_LIMIT_MS / 60_000} minutes`)
  })
  try {
    return (await worker.during(Promise.race([handle.result(), late]))) as RunReport | PlanReport
  } catch (error) {
    // The worker of the next load polls the same task queue. A run that has failed is not found.
    await handle.terminate('The bench gave up').catch(() => {})
    throw error
  }
}

/** Opens results.csv. */
async function resultsOf({ runStore, environment }: LoadPlaces, home: string, runId: string) {
  // The clients of S3 read their keys from the environment.
  Object.assign(process.env, environment)
  return openRunStores(runStore, home).open(runId).read(RESULTS_FILE)
}

/** Lines of results.csv for records that were written. */
export async function countSuccesses(results: AsyncIterable<Uint8Array>): Promise<number> {
  let lines = 0
  let rest = ''
  const decoder = new TextDecoder()
  for await (const piece of results) {
    const text = rest + decoder.decode(piece, { stream: true })
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    for (let at = 0; at < end; at = text.indexOf('\n', at) + 1) lines += text.startsWith('true,', at) ? 1 : 0
  }
  return lines
}

function configuration(
  { operation, org }: Load,
  { runStore, dataDirectory, source, databases }: LoadPlaces,
  spec: Partial<SyncSpecInput>,
) {
  const { url, clientId, clientSecret } = org
  return {
    runStore,
    dataDirectories: [dataDirectory],
    ...(databases && { databases }),
    connections: {
      emulated: { loginUrl: url, apiVersion: 'latest', auth: { flow: 'client_credentials', clientId, clientSecret } },
    },
    syncs: {
      contacts: {
        ...{ connection: 'emulated', object: OBJECT, source: { uri: source }, identityFields: ['customer_id'] },
        ...syncOf(operation),
        ...spec,
      },
    },
  }
}
