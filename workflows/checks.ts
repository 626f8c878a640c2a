import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type { CheckSyncInput, SyncCheck, WorkerCheck } from '../packages/client/contract/messages.ts'
import { readably } from './readableFailure.ts'
import { requireInput } from './requireInput.ts'

// A person waits for the answer: the first reason is better than a late one.
const looks = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumAttempts: 2 },
  summary: 'check what the worker has and reaches',
})

/** Holds a sync of the worker's configuration against its org; nothing is written. */
export async function checkSync(input: CheckSyncInput): Promise<SyncCheck> {
  requireInput(input, { sync: 'nightly' })
  return readably(() => looks.checkSync(input))
}

/** Says what a worker works with, and tries its run store. */
export async function checkWorker(): Promise<WorkerCheck> {
  return readably(() => looks.checkWorker())
}
