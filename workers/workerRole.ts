/** What a worker works on: workflow tasks only, the steps of loads only, or both. */
export const WORKER_ROLES = ['all', 'workflow', 'load'] as const
export type WorkerRole = (typeof WORKER_ROLES)[number]

export const DEFAULT_WORKER_ROLE: WorkerRole = 'all'

export const worksOnWorkflows = (role: WorkerRole): boolean => role !== 'load'
export const worksOnLoads = (role: WorkerRole): boolean => role !== 'workflow'
