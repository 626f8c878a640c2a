import { type Logger, Runtime } from '@temporalio/worker'
import { EnvironmentError } from '../../config/problems.ts'
import type { ListenAddress } from '../workerOptions.ts'
import { createLoadMetrics, HISTOGRAM_BUCKETS, type LoadMetrics } from './loadMetrics.ts'

/**
 * Sets up Temporal's runtime, once per process, and serves its metrics and ours at `/metrics` when an address is given.
 * Throws EnvironmentError when the address can't be listened on.
 */
export function installRuntime(logger: Logger, address: ListenAddress | undefined): LoadMetrics | undefined {
  // stopSignals.ts handles signals.
  const options = { logger, shutdownSignals: [] }
  if (address === undefined) {
    Runtime.install(options)
    return undefined
  }
  const { host, port } = address
  const prometheus = {
    bindAddress: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: HISTOGRAM_BUCKETS,
  }
  try {
    const runtime = Runtime.install({ ...options, telemetryOptions: { metrics: { prometheus } } })
    return createLoadMetrics(runtime.metricMeter)
  } catch (error) {
    // The reason follows the name of the native function.
    const reason = (error instanceof Error ? error.message : String(error)).split(': ').at(-1)
    throw new EnvironmentError(
      `The metrics cannot be served on ${prometheus.bindAddress}: ${reason}. Give another address by --metrics, an IP address and a free port`,
    )
  }
}
