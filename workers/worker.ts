import { NativeConnection, type NativeConnectionOptions, Worker } from '@temporalio/worker'
import { createActivities } from '../activities/createActivities.ts'
import type { Dependencies } from '../activities/dependencies.ts'
import { TASK_QUEUE } from '../workflows/contract.ts'
import { failureInterceptor } from './failureInterceptor.ts'
import { workflowBundle } from './workflowBundle.ts'

/** Activities at a time: a chunk holds buffers and open requests, so this bounds the worker's memory. */
const ACTIVITIES_AT_A_TIME = 8

/** Workflows kept in memory. A bound of our own: the SDK's grows with the heap and can fill it. */
const CACHED_WORKFLOWS = 100

/** Time that running activities get to come to an end after SIGTERM; their next attempt goes on from the run store. */
const GRACE = '10 seconds'

/** Heartbeats that come closer together are held back: by default for most of the heartbeat timeout, and cancellations with them. */
const HEARTBEAT_THROTTLE = '5 seconds'

export type WorkerOptions = {
  readonly temporal: { readonly namespace: string; readonly connectionOptions: NativeConnectionOptions }
  readonly dependencies: Dependencies
  /** @default `TASK_QUEUE` of workflows/contract.ts */
  readonly taskQueue?: string
  /** A bundle built before, e.g. once for all tests. @default built from workflows/ at the start */
  readonly workflowBundle?: { readonly codePath: string }
}

export type RunningWorker = {
  /** Resolves when the worker has stopped; rejects when it failed. */
  readonly stopped: Promise<void>
  /** Asks it to stop: no new work, running activities end or are handed back. */
  stop(): void
}

/**
 * Starts a worker for workflows and activities.
 * Throws TransportError when Temporal can't be reached.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const connection = await NativeConnection.connect(options.temporal.connectionOptions)
  try {
    const worker = await Worker.create({
      connection,
      namespace: options.temporal.namespace,
      taskQueue: options.taskQueue ?? TASK_QUEUE,
      activities: createActivities(options.dependencies),
      interceptors: { activity: [failureInterceptor] },
      maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_A_TIME,
      maxCachedWorkflows: CACHED_WORKFLOWS,
      maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
      shutdownGraceTime: GRACE,
      workflowBundle: options.workflowBundle ?? (await workflowBundle()),
    })
    const stopped = worker.run().finally(() => connection.close())
    return { stopped, stop: () => worker.shutdown() }
  } catch (error) {
    await connection.close()
    throw error
  }
}
