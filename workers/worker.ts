import type { Client } from '@temporalio/client'
import {
  NativeConnection,
  type NativeConnectionOptions,
  Worker,
  type WorkerDeploymentOptions,
  type WorkerStatus,
} from '@temporalio/worker'
import { type Activities, createActivities } from '../activities/createActivities.ts'
import type { ActivityDependencies } from '../activities/dependencies.ts'
import { TASK_QUEUE } from '../packages/client/contract/names.ts'
import { dataConverterFor } from '../packages/client/encryption/encryptionCodec.ts'
import type { KeyRing } from '../packages/client/encryption/keyRing.ts'
import type { LoadDependencies } from './dependencies.ts'
import { failureInterceptor } from './failureInterceptor.ts'
import { identityOf } from './identity.ts'
import { configurationInterceptor, type LiveConfiguration } from './liveConfiguration.ts'
import { registeredAttributes } from './searchAttributes.ts'
import { slotShares } from './slotShares.ts'
import { type LoadMetrics, measuredActivities } from './telemetry/loadMetrics.ts'
import { logFactsInterceptor, type RunFacts, rememberedFacts } from './telemetry/runFacts.ts'
import type { Tracing } from './telemetry/tracing.ts'
import {
  DEFAULT_GRACE,
  DEFAULT_SLOTS,
  DEFAULT_WORKER_ROLE,
  type Deployment,
  runsActivities,
  runsWorkflows,
  type WorkerRole,
} from './workerOptions.ts'
import { workflowBundle } from './workflowBundle.ts'

/** Workflows kept in memory. The SDK's own limit grows with the heap and can fill it. */
const CACHED_WORKFLOWS = 100

/**
 * Workflow tasks at a time. One thread executes them, and Temporal gives each ten seconds: of the SDK's 40 with inputs of 2 MB none would end in time.
 */
const CONCURRENT_WORKFLOW_TASKS = 8

/** Share of the grace after which running activities are handed back, which takes a moment. */
const UNDISTURBED = 0.8

/** The SDK delays more frequent heartbeats, by default for most of the heartbeat timeout, and cancellations with them. */
const HEARTBEAT_THROTTLE = '5 seconds'

export type WorkerOptions = {
  readonly temporal: { readonly namespace: string; readonly connectionOptions: NativeConnectionOptions }
  readonly dependencies: LoadDependencies
  /** @default `TASK_QUEUE` of the contract */
  readonly taskQueue?: string
  /** A bundle built before, e.g. once for all tests. @default built from workflows/ at the start */
  readonly workflowBundle?: { readonly codePath: string }
  /** Keys for payloads: the first key encrypts. @default none, nothing is encrypted */
  readonly keys?: KeyRing
  /** @default all */
  readonly role?: WorkerRole
  /** Activities at a time. @default 8 */
  readonly slots?: number
  /** Milliseconds from `stop()` to the end: four fifths for activities to end by themselves, then they are handed back. @default 30000 */
  readonly grace?: number
  /** Turns Worker Versioning on. @default off */
  readonly deployment?: Deployment
  /** Is read again before each step. @default the dependencies do not change */
  readonly live?: LiveConfiguration
  /** @default nothing is traced */
  readonly tracing?: Pick<Tracing, 'activity' | 'sinks'>
  /** @default nothing is measured */
  readonly metrics?: LoadMetrics
}

export type RunningWorker = {
  /** Resolves when the worker has stopped; rejects when it failed, or with GracefulShutdownPeriodExpiredError at the grace's end. */
  readonly stopped: Promise<void>
  /** Stops it: no new work, running activities end or are handed back. */
  stop(): void
  status(): WorkerStatus
  /** The worker's own client of Temporal. */
  readonly client: Client | undefined
  /** Verifies that Temporal answers. Rejects when it does not within these milliseconds. */
  reachTemporal(deadline: number): Promise<void>
}

/**
 * Starts a worker.
 * Throws TransportError when Temporal can't be reached.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { role = DEFAULT_WORKER_ROLE, grace = DEFAULT_GRACE, deployment, keys = [], tracing, live } = options
  const bundle = () =>
    options.workflowBundle ?? workflowBundle({ encodesFailures: keys.length > 0, traced: tracing !== undefined })
  const runFacts = rememberedFacts(options.dependencies)
  const slots = options.slots ?? DEFAULT_SLOTS
  const connection = await NativeConnection.connect(options.temporal.connectionOptions)
  const attributes = registeredAttributes(connection.operatorService, options.temporal.namespace)
  try {
    const worker = await Worker.create({
      connection,
      namespace: options.temporal.namespace,
      taskQueue: options.taskQueue ?? TASK_QUEUE,
      identity: identityOf(`worker ${role}`),
      dataConverter: dataConverterFor(keys),
      interceptors: {
        // The first is the outermost.
        activity: [
          ...(tracing ? [tracing.activity] : []),
          logFactsInterceptor(runFacts),
          failureInterceptor,
          slotShares(slots, options.dependencies, runFacts),
          ...(live ? [configurationInterceptor(live)] : []),
        ],
      },
      ...(tracing && { sinks: tracing.sinks }),
      maxConcurrentActivityTaskExecutions: slots,
      maxCachedWorkflows: CACHED_WORKFLOWS,
      maxConcurrentWorkflowTaskExecutions: CONCURRENT_WORKFLOW_TASKS,
      maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
      shutdownGraceTime: grace * UNDISTURBED,
      shutdownForceTime: grace,
      ...(runsActivities(role) ? { activities: activitiesOf(options, attributes, runFacts) } : {}),
      ...(runsWorkflows(role) ? { workflowBundle: await bundle() } : {}),
      ...(deployment === undefined ? {} : { workerDeploymentOptions: deploymentOptions(deployment) }),
    })
    let isStopping = false
    const stopped = worker
      .run()
      .catch((error: unknown) => {
        if (!isStopping || !isHeld(error)) throw error
      })
      .finally(() => connection.close())
    return {
      stopped,
      stop: () => {
        isStopping = true
        if (worker.getState() === 'RUNNING') worker.shutdown()
      },
      status: () => worker.getStatus(),
      client: worker.client,
      reachTemporal: async deadline => {
        await connection.withDeadline(Date.now() + deadline, () => connection.workflowService.getSystemInfo({}))
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Temporal's core still holds a step that was running when the worker ended: another worker takes it over. */
const isHeld = (error: unknown): boolean =>
  error instanceof Error && error.name === 'IllegalStateError' && error.message.includes('still in use')

function activitiesOf(
  { dependencies, metrics }: WorkerOptions,
  searchAttributes: ActivityDependencies['searchAttributes'],
  runFacts: RunFacts,
): Activities {
  // The prototype: what follows the configuration is read at each use.
  const all: ActivityDependencies = Object.assign(Object.create(dependencies), { searchAttributes })
  const activities = createActivities(all)
  return metrics === undefined ? activities : measuredActivities(activities, metrics, runFacts)
}

/**
 * Worker Versioning. Runs stay with the build that began them (PINNED), workflows and activities alike: a load ends within hours, and
 * its history and the results of its steps never meet another build. Long-lived workflows override this themselves.
 */
function deploymentOptions({ name, buildId }: Deployment): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  }
}
