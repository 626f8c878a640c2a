// Everything that a load needs: Temporal, an org, a worker, a source, each started as a user starts it.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { TASK_QUEUE } from '../../packages/client/contract/names.ts'
import { SEARCH_ATTRIBUTES } from '../../packages/client/contract/searchAttributes.ts'
import { registerAttributes } from '../../workers/searchAttributes.ts'
import { writeContacts } from '../contacts.ts'
import { ready } from '../printing.ts'
import type { Processes } from '../processes/processes.ts'
import { startTemporalServer, type TemporalServer } from '../processes/temporalServer.ts'
import { demoConfiguration } from './configuration.ts'
import { demoSource } from './contacts.ts'
import { PLACE, shown } from './place.ts'

export type Stage = Awaited<ReturnType<typeof setStage>>

/** Throws ProcessEndedError, TemporalMissingError. */
export async function setStage(processes: Processes) {
  const [temporal, loginUrl] = await Promise.all([startTemporal(), startEmulator(processes)])
  const ui = temporal.uiUrl === undefined ? 'the server of TEMPORAL_ADDRESS' : `its UI is ${temporal.uiUrl}`
  ready('Temporal', `${temporal.address}; ${ui}`)
  ready('Salesforce', `an emulated org at ${loginUrl}`)
  const source = demoSource()
  const { records, mistakes } = source
  await writeFile(PLACE.configuration, demoConfiguration(loginUrl))
  await writeContacts(PLACE.source, source)
  const environment = await temporalEnvironment(temporal)
  await registerSearchAttributes(processes, environment)
  await startWorker(processes, environment)
  ready('Worker', `polling task queue ${TASK_QUEUE}`)
  ready('Source', `${shown(PLACE.source)}: ${records.toLocaleString('en-US')} contacts, ${mistakes} of them invalid`)
  return { temporal, environment, records, mistakes }
}

async function startTemporal(): Promise<TemporalServer> {
  const temporal = await startTemporalServer({ ui: true })
  const connection = await Connection.connect({ address: temporal.address })
  try {
    if (temporal.uiUrl === undefined) await rejectUsedQueue(connection, temporal)
    // The list of runs then shows how each has ended.
    else await registerAttributes(connection.operatorService, temporal.namespace, SEARCH_ATTRIBUTES)
  } finally {
    await connection.close()
  }
  return temporal
}

/** The demo's worker knows only the demo's connection: it would fail the runs of other users. */
async function rejectUsedQueue(connection: Connection, { address, namespace }: TemporalServer): Promise<void> {
  const taskQueue = { name: TASK_QUEUE }
  const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType: 1 })
  if ((pollers ?? []).length === 0) return
  throw new Error(
    `A worker already polls task queue ${TASK_QUEUE} at ${address}, and the demo's worker would take its tasks. Unset TEMPORAL_ADDRESS: the demo then starts its own Temporal server`,
  )
}

/** Leaves out the user's own settings for another Temporal server. */
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
  const { readyMatch } = await processes.start({
    ...{ name: 'The emulated org', folder: PLACE.folder, log: PLACE.emulatorLog, environment: process.env },
    args: [PLACE.command, 'emulator', '--json', '--port', '0'],
    ready: /"url":"([^"]+)".*\n/,
  })
  return readyMatch[1] ?? ''
}

/** Temporal's list of runs then shows the outcome of each. */
async function registerSearchAttributes(processes: Processes, environment: NodeJS.ProcessEnv): Promise<void> {
  await processes.runToEnd({
    ...{ name: 'sflink setup', folder: PLACE.folder, environment },
    args: [PLACE.command, 'setup'],
  })
}

async function startWorker(processes: Processes, environment: NodeJS.ProcessEnv): Promise<void> {
  await processes.start({
    ...{ name: 'The worker', folder: PLACE.folder, log: PLACE.workerLog, environment },
    args: [PLACE.command, 'worker', '--config', PLACE.configuration],
    ready: /Worker started/,
  })
}
