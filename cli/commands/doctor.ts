import pLimit from 'p-limit'
import type { Configuration } from '../../config/configuration.ts'
import { columns } from '../columns.ts'
import { EXIT } from '../commandError.ts'
import { type Finding, finding, open, SIGNS } from '../doctor/finding.ts'
import {
  checkConfiguration,
  checkDataDirectories,
  checkNode,
  checkRunStore,
  checkSecretFiles,
  workersRunStore,
} from '../doctor/machineChecks.ts'
import { checkSchedules, checkSearchAttributes, checkServer, checkWorkers } from '../doctor/temporalChecks.ts'
import {
  askWorker,
  type CheckedWorker,
  checkClocks,
  checkConnection,
  checkDatabases,
  checkSync,
  checkWorkerConfiguration,
} from '../doctor/workerChecks.ts'
import type { SharedOptions } from '../optionValues.ts'
import { type TemporalAccess, withKeys } from '../temporal.ts'

/** Concurrent questions to workers. */
const AT_A_TIME = 4

/** Checks everything that loads need, also after a failed check, and then exits with 1. */
export async function doctor(options: SharedOptions): Promise<void> {
  const { configuration, findings } = await checkConfiguration(options.config)
  const all = [
    checkNode(process.versions.node),
    ...findings,
    ...(configuration === undefined ? [] : await checkSecretFiles(configuration)),
    ...(configuration === undefined ? [] : await checkDataDirectories(configuration)),
    ...(await checkTemporal(configuration, options)),
  ]
  console.log(options.json ? JSON.stringify(all, undefined, 2) : table(all))
  if (all.some(({ state }) => state === 'wrong')) process.exitCode = EXIT.runFailed
}

const table = (findings: readonly Finding[]): string =>
  columns(findings.map(({ check, state, message }) => [SIGNS[state], check, message]))

/** Checks that need Temporal; one finding when it can't be reached. */
async function checkTemporal(
  configuration: Configuration | undefined,
  options: SharedOptions,
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const reached = await finding('Temporal', () =>
    withKeys(
      configuration?.encryptionKeys ?? [],
      async temporal => {
        const server = await finding('Temporal', () => checkServer(temporal))
        found.push(server)
        if (server.state === 'wrong') found.push(...(await withoutWorkers(configuration, 'fix Temporal')))
        else found.push(...(await checkNamespace(temporal, configuration, options)))
        return server
      },
      options.config,
    ),
  )
  if (found.length > 0) return found
  return [reached, ...(await withoutWorkers(configuration, 'fix Temporal'))]
}

async function checkNamespace(
  temporal: TemporalAccess,
  configuration: Configuration | undefined,
  options: SharedOptions,
): Promise<readonly Finding[]> {
  const { isThere, finding: workers } = await checkWorkers(temporal)
  const ours = [
    workers,
    await finding('Search attributes', () => checkSearchAttributes(temporal)),
    ...(configuration === undefined ? [] : await checkSchedules(temporal, configuration)),
  ]
  if (!isThere) return [...ours, ...(await withoutWorkers(configuration, 'start a worker'))]
  return [...ours, ...(await throughWorkers(temporal, configuration, options))]
}

async function withoutWorkers(configuration: Configuration | undefined, first: string): Promise<readonly Finding[]> {
  if (configuration === undefined) return []
  return [
    await finding('Run store', () => checkRunStore(configuration)),
    ...checkNames(configuration).map(({ check }) => open(check, first)),
  ]
}

type NamedCheck = { readonly check: string; look(options: SharedOptions): Promise<Finding> }

function checkNames({ connections, syncs }: Configuration): readonly NamedCheck[] {
  return [
    ...[...connections.keys()].map(name => ({
      check: `Connection ${name}`,
      look: (options: SharedOptions) => checkConnection(name, options),
    })),
    ...[...syncs.keys()].map(name => ({
      check: `Sync ${name}`,
      look: (options: SharedOptions) => checkSync(name, options),
    })),
  ]
}

async function throughWorkers(
  temporal: TemporalAccess,
  configuration: Configuration | undefined,
  options: SharedOptions,
): Promise<readonly Finding[]> {
  let answer: CheckedWorker | undefined
  const clocks = await finding('Clocks', async () => {
    answer = await askWorker(temporal)
    return checkClocks(answer)
  })
  const read = answer === undefined ? [] : [checkWorkerConfiguration(answer.worker)]
  if (configuration === undefined) return [clocks, ...read]
  const { worker } = answer ?? {}
  const store = await finding('Run store', async () =>
    worker === undefined ? checkRunStore(configuration) : workersRunStore(worker, configuration),
  )
  const databases = worker === undefined ? [] : checkDatabases(worker)
  const limit = pLimit(AT_A_TIME)
  const named = checkNames(configuration).map(({ check, look }) => limit(() => finding(check, () => look(options))))
  return [clocks, ...read, store, ...databases, ...(await Promise.all(named))]
}
