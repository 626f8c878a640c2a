// The notification that a run plans to delete many records, before it sends anything.
import type { Notification, Wording, WorkflowPlace } from './notification.ts'
import { pageOf } from './notification.ts'

/** What a run plans to delete. Plain JSON. */
export type PlannedDeletions = {
  /** Name of the sync; absent for a run of its own spec. */
  readonly sync?: string
  readonly runId: string
  readonly workflow: WorkflowPlace
  readonly connection: string
  readonly object: string
  readonly records: number
  readonly deletions: number
  /** Whether it is a plan, which deletes nothing before it is applied. */
  readonly plans: boolean
}

/** @param allowed deletions without a notification */
export function composeDeletions(planned: PlannedDeletions, allowed: number, wording: Wording): Notification {
  const { sync, runId, workflow, connection, object, records, deletions, plans } = planned
  const url = wording.temporalUi === undefined ? undefined : pageOf(wording.temporalUi, workflow)
  const who = sync === undefined ? `The load ${runId}` : `Sync ${sync}`
  const [count, limit] = [deletions, allowed].map(value => value.toLocaleString('en-US'))
  const next = plans
    ? 'Nothing is deleted before the plan is applied.'
    : `It begins to send now. Pause it: sflink sync pause ${runId}.`
  const facts = `${who} plans to delete ${count} records of ${object} by connection ${connection}, more than plannedDeletions ${limit}.`
  return {
    id: wording.id,
    event: 'deletions',
    ...(sync !== undefined && { sync }),
    text: [facts, next, `Run ${runId}.`, url].filter(sentence => sentence !== undefined).join(' '),
    at: wording.at.toISOString(),
    run: { runId, workflowId: workflow.workflowId, ...(url !== undefined && { url }) },
    connection,
    object,
    deletions: { records, planned: deletions, allowed },
  }
}
