// Options of a worker. The command line parses them without loading Temporal's worker.

/** What a worker processes: workflow tasks only, activities of loads only, or both. */
export const WORKER_ROLES = ['all', 'workflow', 'load'] as const
export type WorkerRole = (typeof WORKER_ROLES)[number]

export const DEFAULT_WORKER_ROLE: WorkerRole = 'all'

export const runsWorkflows = (role: WorkerRole): boolean => role !== 'load'
export const runsActivities = (role: WorkerRole): boolean => role !== 'workflow'

/** Activities at a time. A chunk holds buffers and open requests, so this limits the worker's memory. */
export const DEFAULT_SLOTS = 8

/** Milliseconds from the first signal to the end of the process: what Kubernetes gives a container by default. */
export const DEFAULT_GRACE = 30_000

/** One build of the workers of one deployment: https://docs.temporal.io/worker-versioning */
export type Deployment = { readonly name: string; readonly buildId: string }

export type ListenAddress = { readonly host: string; readonly port: number }

const LOOPBACK = '127.0.0.1'

/** Parses `127.0.0.1:8090`, `[::1]:8090` or `8090`, which means loopback. Returns undefined for any other text. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[3])
  if (!match || port > 65_535) return undefined
  return { host: match[1] ?? match[2] ?? LOOPBACK, port }
}
