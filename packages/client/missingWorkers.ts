// Whether anybody works on what was started.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'

/** A worker that has just been started gets this long before it is missed; milliseconds. */
const PATIENCE = 4_000
/** A living worker polls at least once a minute; Temporal remembers those that have gone for five. */
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

/** What keeps a run that begins now from being worked on; without roles and idle nothing does. */
export type MissingWorkers = {
  /** Roles that no worker fills. */
  readonly roles: readonly (typeof KINDS)[number]['role'][]
  /** Of workers that poll and get nothing, since Temporal sends what begins to another version. */
  readonly idle?: { readonly version: Version; readonly current: Version }
}

const NOTHING: MissingWorkers = { roles: [] }

export const isMissing = ({ roles, idle }: MissingWorkers): boolean => roles.length > 0 || idle !== undefined

/** Resolves to what is missing after a few seconds. Never rejects: not knowing is no reason to complain. */
export async function missingWorkers(client: Client, taskQueue: string, signal: AbortSignal): Promise<MissingWorkers> {
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

/** Before Temporal 1.29 it tells of no versions, and all are served. */
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

type ToldVersion = { readonly deploymentName?: string | null; readonly buildId?: string | null }

function versionOf(told: ToldVersion | null | undefined): Version {
  return told ? { deploymentName: told.deploymentName ?? '', buildId: told.buildId ?? '' } : undefined
}

const isOneOf = (versions: readonly Version[]) => (one: Version) =>
  versions.some(other => one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId)
