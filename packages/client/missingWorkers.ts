// Whether workers poll for what was started.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { TASK_QUEUE } from './contract/names.ts'

/** Time for a worker that has just been started, in milliseconds. */
const PATIENCE = 4_000
/** Milliseconds. A running worker polls at least once a minute; Temporal remembers stopped workers for five. */
const LONGEST_POLL = 90_000
/** `VERSIONED` of Temporal's `WorkerVersioningMode`. */
const VERSIONED = 2

/** Kinds of work, each by the `TaskQueueType` of Temporal's API and the role of the workers that do it. */
const KINDS = [
  { type: 1, role: 'workflow' },
  { type: 2, role: 'load' },
] as const

/** Workers of one version, as Temporal routes to them: a build of a deployment, or all that have none. */
type Version = { readonly deploymentName: string; readonly buildId: string } | undefined

/** Workers that a run needs and that do not poll; empty roles and no idle workers when none is missing. */
export type MissingWorkers = {
  /** Roles without a worker. */
  readonly roles: readonly (typeof KINDS)[number]['role'][]
  /** Workers that poll and get nothing, because Temporal routes new runs to another version. */
  readonly idle?: { readonly version: Version; readonly current: Version }
}

const NOTHING: MissingWorkers = { roles: [] }

export const isMissing = ({ roles, idle }: MissingWorkers): boolean => roles.length > 0 || idle !== undefined

/** Resolves to the missing workers after a few seconds. Never rejects: when unknown, nothing is reported missing. */
export async function missingWorkers(
  client: Client,
  taskQueue: string = TASK_QUEUE,
  signal: AbortSignal = new AbortController().signal,
): Promise<MissingWorkers> {
  try {
    if (!isMissing(await missingNow(client, taskQueue))) return NOTHING
    await sleep(PATIENCE, undefined, { signal })
    return await missingNow(client, taskQueue)
  } catch {
    return NOTHING
  }
}

async function missingNow(client: Client, name: string): Promise<MissingWorkers> {
  const queues = await Promise.all(
    KINDS.map(async ({ type, role }) => {
      const { namespace } = client.options
      const request = { namespace, taskQueue: { name }, taskQueueType: type }
      return { role, ...pollersOf(await client.workflowService.describeTaskQueue(request)) }
    }),
  )
  const idle = queues.find(({ polling, served }) => polling.length > 0 && !polling.some(isOneOf(served)))
  return {
    roles: queues.filter(({ polling }) => polling.length === 0).map(({ role }) => role),
    ...(idle === undefined ? {} : { idle: { version: idle.polling.find(Boolean), current: idle.served[0] } }),
  }
}

type Described = Awaited<ReturnType<Client['workflowService']['describeTaskQueue']>>

type Pollers = {
  readonly polling: readonly Version[]
  /** The current one first. */
  readonly served: readonly Version[]
}

/** Before Temporal 1.29 the server reports no versions, and all are served. */
function pollersOf({ pollers, versioningInfo }: Described): Pollers {
  const oldest = (Date.now() - LONGEST_POLL) / 1000
  const living = (pollers ?? []).filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > oldest)
  const { currentDeploymentVersion, rampingDeploymentVersion, rampingVersionPercentage } = versioningInfo ?? {}
  return {
    polling: living.map(({ deploymentOptions: options }) =>
      options?.workerVersioningMode === VERSIONED ? versionOf(options) : undefined,
    ),
    served: [
      versionOf(currentDeploymentVersion),
      ...((rampingVersionPercentage ?? 0) > 0 ? [versionOf(rampingDeploymentVersion)] : []),
    ],
  }
}

type ReportedVersion = { readonly deploymentName?: string | null; readonly buildId?: string | null }

const versionOf = (reported: ReportedVersion | null | undefined): Version =>
  reported ? { deploymentName: reported.deploymentName ?? '', buildId: reported.buildId ?? '' } : undefined

const isOneOf = (versions: readonly Version[]) => (one: Version) =>
  versions.some(other => one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId)
