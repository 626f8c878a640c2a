// The worker as a process.
import { Runtime } from '@temporalio/worker'
import { TASK_QUEUE } from '../workflows/contract.ts'
import { EnvironmentError, loadConfiguration, logLevel, temporalSettings } from './config.ts'
import { createDependencies } from './dependencies.ts'
import { createLogger } from './logger.ts'
import { startWorker } from './worker.ts'

export type WorkerProcessOptions = {
  /** The configuration's path. @default SFLINK_CONFIG, else sflink.yaml */
  readonly config?: string
}

/**
 * Works until the process is told to stop (SIGTERM or SIGINT), then lets running activities end.
 * Throws ConfigurationError, or EnvironmentError when Temporal can't be reached.
 */
export async function runWorker(options: WorkerProcessOptions = {}): Promise<void> {
  const configuration = await loadConfiguration(options.config)
  const dependencies = createDependencies(configuration)
  const temporal = temporalSettings()
  const logger = createLogger(logLevel())
  // Signals are the SDK's: it shuts down every worker of the process.
  Runtime.install({ logger })
  const worker = await startWorker({ temporal, dependencies }).catch((error: unknown) => {
    throw unreachable(error, temporal.address)
  })
  logger.info('Worker started', {
    taskQueue: TASK_QUEUE,
    namespace: temporal.namespace,
    configuration: configuration.file,
  })
  await worker.stopped
}

function unreachable(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || error.name !== 'TransportError') return error
  const reason = error.message.split('\n')[0]
  return new EnvironmentError(
    `Temporal cannot be reached at ${address}: ${reason}. Start it (for development: temporal server start-dev), or set TEMPORAL_ADDRESS`,
  )
}
