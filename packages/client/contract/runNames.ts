// How a run is called: by people in Temporal, and as a directory in the run store.

const WORKFLOW_ID = /^sync\/([A-Za-z0-9][\w-]*)\/([^/\\]+)$/
const RUN_ID = /^([A-Za-z0-9][\w-]*)\.(.+)$/

/** A run by both of its names. */
export type RunName = { readonly runId: string; readonly workflowId: string }

/** What a run started now is called by: `2026-11-25T093012-4f1a` sorts by time. @param random four characters that tell apart what starts in one second */
export function runLabel(now: Date, random: string): string {
  return `${now.toISOString().slice(0, 19).replaceAll(':', '')}-${random}`
}

/** A run as a person calls it, by either name. */
export function runNameOf(either: string): RunName {
  const runId = runIdOfWorkflow(either)
  return runId === undefined ? { runId: either, workflowId: workflowIdOfRun(either) } : { runId, workflowId: either }
}

/** The sync that a run id tells of; undefined when it is of another form. */
export function syncOfRun(runId: string): string | undefined {
  return RUN_ID.exec(runId)?.[1]
}

/** Whether a sync of the configuration may have this name. With a whole spec a service may call it anything. */
export function isSyncName(name: string): boolean {
  return /^[A-Za-z0-9][\w-]*$/.test(name)
}

/** Of a run that a person or a service starts: `sync/nightly-contacts/2026-11-25`. */
export function workflowIdOf(sync: string, label: string): string {
  return `sync/${sync}/${label}`
}

/** What a schedule's runs are called by; Temporal adds `-` and the scheduled time: `sync/nightly/scheduled-2026-11-25T01:00:00Z`. */
export function scheduledWorkflowId(sync: string): string {
  return workflowIdOf(sync, 'scheduled')
}

/**
 * The run id that goes with a workflow id: `nightly-contacts.2026-11-25`. A name of a sync holds no dot, so the way back is
 * clear. Colons are left out: not every file system takes them. undefined for an id that is not ours.
 */
export function runIdOfWorkflow(workflowId: string): string | undefined {
  const [, sync, label] = WORKFLOW_ID.exec(workflowId) ?? []
  if (sync === undefined || label === undefined) return undefined
  return `${sync}.${label.replaceAll(':', '')}`
}

/** The way back. A run id of another form is taken for the workflow's id itself. */
export function workflowIdOfRun(runId: string): string {
  const [, sync, label] = RUN_ID.exec(runId) ?? []
  if (sync === undefined || label === undefined) return runId
  return workflowIdOf(sync, label.replace(/T(\d\d)(\d\d)(\d\d)Z$/, 'T$1:$2:$3Z'))
}
