// All that a load needs: Temporal, an org, a worker, a source; each as a user would start it.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { startTemporalServer, type TemporalServer } from '../temporal.ts'
import { demoConfiguration } from './configuration.ts'
import { demoSource, RECORDS } from './contacts.ts'
import { PLACE, shown } from './place.ts'
import type { Processes } from './processes.ts'
import { ready } from './words.ts'

export type Stage = {
  readonly temporal: TemporalServer
  /** For processes that shall work with this Temporal and no other. */
  readonly environment: NodeJS.ProcessEnv
  readonly records: number
  /** Rows of the source that are wrong. */
  readonly mistakes: number
}

/** Throws when one of them can't be started. */
export async function setStage(processes: Processes): Promise<Stage> {
  const [temporal, loginUrl] = await Promise.all([startTemporal(), startEmulator(processes)])
  const ui = temporal.uiUrl === undefined ? 'the server that TEMPORAL_ADDRESS names' : `its UI is ${temporal.uiUrl}`
  ready('Temporal', `${temporal.address}; ${ui}`)
  ready('Salesforce', `an emulated org at ${loginUrl}`)
  const { csv, mistakes } = demoSource()
  await writeFile(PLACE.configuration, demoConfiguration(loginUrl))
  await writeFile(PLACE.source, csv)
  const environment = await temporalEnvironment(temporal)
  await startWorker(processes, environment)
  ready('Worker', `takes its work from the task queue ${TASK_QUEUE}`)
  ready('Source', `${shown(PLACE.source)}: ${RECORDS.toLocaleString('en-US')} contacts, ${mistakes} of them wrong`)
  return { temporal, environment, records: RECORDS, mistakes }
}

async function startTemporal(): Promise<TemporalServer> {
  const temporal = await startTemporalServer({ ui: true })
  if (temporal.uiUrl === undefined) await rejectOthersQueue(temporal)
  return temporal
}

/** The demo's worker knows the demo's connection only: it would fail the runs of others. */
async function rejectOthersQueue({ address, namespace }: TemporalServer): Promise<void> {
  const connection = await Connection.connect({ address })
  const taskQueue = { name: TASK_QUEUE }
  const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: 1 })
  await connection.close()
  if ((pollers ?? []).length === 0) return
  throw new Error(
    `A worker is at work on ${TASK_QUEUE} at ${address} already, and the demo would take work from it. Unset TEMPORAL_ADDRESS, and the demo starts a Temporal of its own`,
  )
}

/** Without what a user's own profile may say of another Temporal. */
async function temporalEnvironment({ address, namespace, uiUrl }: TemporalServer): Promise<NodeJS.ProcessEnv> {
  if (uiUrl === undefined) return process.env
  const profile = join(PLACE.folder, 'temporal.toml')
  await writeFile(profile, '[profile.default]\n')
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_') && name !== 'SFLINK_LOG')
  return {
    ...Object.fromEntries(others),
    ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_CONFIG_FILE: profile },
  }
}

async function startEmulator(processes: Processes): Promise<string> {
  const { said } = await processes.startInBackground({
    ...{ name: 'The emulated org', folder: PLACE.folder, log: PLACE.emulatorLog, environment: process.env },
    args: [PLACE.command, 'emulator', '--port', '0'],
    ready: /"url":"([^"]+)".*\n/,
  })
  return said[1] ?? ''
}

async function startWorker(processes: Processes, environment: NodeJS.ProcessEnv): Promise<void> {
  await processes.startInBackground({
    ...{ name: 'The worker', folder: PLACE.folder, log: PLACE.workerLog, environment },
    args: [PLACE.command, 'worker', '--config', PLACE.configuration],
    ready: /Worker started/,
  })
}
