// The worker as a process.

import { loadConfiguration, logLevel, tracesAreWanted } from '../config/environment.ts'
import { EnvironmentError } from '../config/problems.ts'
import { upAddress } from '../config/upState.ts'
import type { TrafficObserver } from '../loader/salesforce/traffic.ts'
import { TASK_QUEUE } from '../packages/client/contract/names.ts'
import { present } from '../packages/client/contract/scalars.ts'
import { temporalSettings } from '../packages/client/settings.ts'
import { unreachableLine } from '../packages/client/unreachable.ts'
import { pruneDaily } from './dailyPruning.ts'
import { createDependencies } from './dependencies.ts'
import { startHealthServer } from './healthServer.ts'
import { PACKAGE_VERSION } from './identity.ts'
import { followedConfiguration } from './liveConfiguration.ts'
import { onStopSignal } from './stopSignals.ts'
import { installRuntime } from './telemetry/loadMetrics.ts'
import { createLogger } from './telemetry/logger.ts'
import { type RunningWorker, startWorker, type WorkerOptions } from './worker.ts'
import {
  DEFAULT_GRACE,
  DEFAULT_SLOTS,
  DEFAULT_WORKER_ROLE,
  type ListenAddress,
  runsActivities,
} from './workerOptions.ts'

export type WorkerProcessOptions = Pick<WorkerOptions, 'role' | 'slots' | 'grace' | 'deployment'> & {
  /** The configuration's path. @default SFLINK_CONFIG, else sflink.yaml */
  readonly config?: string
  /** Where to serve /healthz and /readyz. @default nowhere */
  readonly health?: ListenAddress
  /** Where to serve /metrics for Prometheus. @default nowhere */
  readonly metrics?: ListenAddress
}

/**
 * Runs until the process receives SIGTERM or SIGINT, then lets running activities end or hands them back; a second signal ends
 * the process at once.
 * Throws ConfigurationError, or EnvironmentError when Temporal can't be reached or the health endpoint's or the metrics' address is taken.
 */
export async function runWorker(options: WorkerProcessOptions = {}): Promise<void> {
  const { role = DEFAULT_WORKER_ROLE, slots = DEFAULT_SLOTS, grace = DEFAULT_GRACE, deployment } = options
  let worker: RunningWorker | undefined
  const logger = createLogger(logLevel())
  onStopSignal(signal => {
    // Nothing has started yet.
    if (worker === undefined) process.exit(0)
    logger.info('Worker stopping', { signal, grace })
    worker.stop()
  })
  // A worker for workflows only does not log in to Salesforce.
  const credentials = runsActivities(role) ? 'required' : 'optional'
  const read = () => loadConfiguration(options.config, { credentials })
  const configuration = await read()
  const live = await followedConfiguration(configuration, read, logger)
  const metrics = installRuntime(logger, options.metrics)
  const tracing = tracesAreWanted() ? (await import('./telemetry/tracing.ts')).startTracing(logger) : undefined
  const observer = allObservers([metrics?.traffic, tracing?.traffic])
  const dependencies = createDependencies(configuration, observer, live)
  const temporal = temporalSettings(await upAddress(options.config))
  const facts = { role, version: PACKAGE_VERSION, ...(deployment === undefined ? {} : { deployment }) }
  const health = options.health && (await startHealthServer({ listen: options.health, worker: () => worker, facts }))
  try {
    worker = await startWorker({
      temporal,
      dependencies,
      live,
      keys: configuration.encryptionKeys,
      role,
      slots,
      grace,
      ...present({ metrics, tracing, deployment }),
    }).catch(async (error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'TransportError') throw error
      throw new EnvironmentError(await unreachableLine(temporal, error.message))
    })
    logger.info('Worker started', {
      ...facts,
      taskQueue: TASK_QUEUE,
      namespace: temporal.namespace,
      configuration: configuration.file,
      ...present({ health: health?.url }),
    })
    const hasRetention = () => live.current().retention !== undefined
    if (runsActivities(role) && worker.client) pruneDaily(worker.client, logger, hasRetention)
    await worker.stopped.catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'GracefulShutdownPeriodExpiredError') throw error
      logger.warn(
        'Steps were still running at the end of the grace period; other workers take them over after the heartbeat timeout',
      )
    })
    logger.info('Worker stopped', facts)
  } finally {
    health?.close()
    await tracing?.stop()
  }
}

/** Combines the observers; undefined when there are none. */
function allObservers(observers: readonly (TrafficObserver | undefined)[]): TrafficObserver | undefined {
  const all = observers.filter(observer => observer !== undefined)
  if (all.length === 0) return undefined
  return {
    onRequest: request => {
      const ends = all.map(observer => observer.onRequest(request))
      return end => {
        for (const each of ends) each(end)
      }
    },
    onCut: request => {
      for (const observer of all) observer.onCut(request)
    },
  }
}
