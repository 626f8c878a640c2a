import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import {
  type CheckSyncInput,
  checkSyncInputSchema,
  type SyncCheck,
  type WorkerCheck,
} from '../packages/client/contract/maintenance.ts'
import { readably } from './failures.ts'
import { CHECK } from './policies.ts'
import { requireInput } from './requireInput.ts'

const activities = proxyActivities<Activities>({ ...CHECK, summary: 'check what the worker has and reaches' })

/** Validates a sync of the worker's configuration against its org; nothing is written. */
export async function checkSync(input: CheckSyncInput): Promise<SyncCheck> {
  requireInput(checkSyncInputSchema, input, { sync: 'nightly' })
  return readably(() => activities.checkSync(input))
}

/** Reports what a worker is configured with, and tests its run store. */
export async function checkWorker(): Promise<WorkerCheck> {
  return readably(() => activities.checkWorker())
}
