// The input of a workflow: an id that exists already may belong to another load.
import type { Client } from '@temporalio/client'
import type { SyncRecordsInput } from './contract/syncRecords.ts'
import { decodedPayload } from './decodedPayload.ts'

/** The input of the workflow that has the id now, running or ended. */
export async function startedInput(client: Client, workflowId: string): Promise<SyncRecordsInput> {
  const { namespace } = client.options
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  })
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads
  return (await decodedPayload<SyncRecordsInput>(client, payloads?.[0])) ?? {}
}

/** Whether both ask for the same load. */
export function isSameInput(one: SyncRecordsInput, other: SyncRecordsInput): boolean {
  return loadOf(one) === loadOf(other)
}

/** The input without what the workflow adds, independent of the order of keys. */
function loadOf({ sync, spec, scheduledTime, timeZone, inlineResults }: SyncRecordsInput): string {
  return JSON.stringify({ sync, spec, scheduledTime, timeZone, inlineResults }, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}
