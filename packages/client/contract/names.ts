// The names by which other programs reach the workflows, and how runs are named.

export const TASK_QUEUE = 'salesforce-link'

/** Workflow type names, as a service in any language starts them. */
export const WORKFLOW_TYPES = [
  'syncRecords',
  'planRecords',
  'runFlow',
  'planFlow',
  'receiveRecords',
  'pruneRuns',
  'checkSync',
  'checkWorker',
  'testConnection',
  'fetchVersions',
  'listObjects',
  'describeObject',
] as const
export type WorkflowType = (typeof WORKFLOW_TYPES)[number]

/** Query of `syncRecords`, `planRecords`, `runFlow` and `planFlow`. */
export const PROGRESS_QUERY = 'progress'

/** Updates of `syncRecords`. */
export const PAUSE_UPDATE = 'pause'
export const RESUME_UPDATE = 'resume'

/** Signal of `syncRecords`, from the budget of the org: a lease is free for the holder. */
export const LEASE_FREE_SIGNAL = 'leaseFree'

/** The workflow that keeps the budget of an org, its update and its signal. Runs start and use it; other programs do not. */
export const ORG_BUDGET_WORKFLOW = 'orgBudget'
export const LEASE_UPDATE = 'lease'
/** What a run leases from it: an ingest job while Salesforce processes it, a request of sObject Collections at a time. */
export const LEASED = ['ingestJobs', 'requests'] as const
export type Leased = (typeof LEASED)[number]
export const GIVE_BACK_SIGNAL = 'giveBack'

/** Update of `receiveRecords`. */
export const ADD_RECORDS_UPDATE = 'addRecords'

const SYNC_NAME = /^[A-Za-z0-9][\w-]*$/
const FLOW_ID = /^flow\/([A-Za-z0-9][\w-]*)\/([^/\\]+)$/
const WORKFLOW_ID = /^sync\/([A-Za-z0-9][\w-]*)\/([^/\\]+)$/
const RUN_ID = /^([A-Za-z0-9][\w-]*)\.(.+)$/

/** Whether a sync of the configuration may have this name. A service that gives a whole spec may use any name. */
export function isSyncName(name: string): boolean {
  return SYNC_NAME.test(name)
}

/** The workflow id of a run that a person or a service starts: `sync/nightly-contacts/2026-11-25`. */
export function workflowIdOf(sync: string, label: string): string {
  return `sync/${sync}/${label}`
}

/** What a schedule runs. No flow has the name of a sync. */
export type ScheduledKind = 'sync' | 'flow'

/** The prefix of a schedule's workflow ids; Temporal adds `-` and the scheduled time: `sync/nightly/scheduled-2026-11-25T01:00:00Z`. */
export function scheduledWorkflowId(name: string, kind: ScheduledKind = 'sync'): string {
  return kind === 'flow' ? flowWorkflowId(name, 'scheduled') : workflowIdOf(name, 'scheduled')
}

/** The workflow id of a run of a flow: `flow/campaign/2026-11-25`. */
export function flowWorkflowId(flow: string, label: string): string {
  return `flow/${flow}/${label}`
}

/** The workflow id of the receiver of a sync: `receive/contacts`. */
export function receiverWorkflowId(sync: string): string {
  return `receive/${sync}`
}

/** The workflow id of the budget of an org: `org/00D5f000001pHvsEAE`. */
export function orgBudgetWorkflowId(organizationId: string): string {
  return `org/${organizationId}`
}

/**
 * The label of a run that starts now, such as `2026-11-25T093012-9lk4`, which sorts by time: after the second come its milliseconds, in base 36.
 * @param random two characters that distinguish runs of one millisecond
 */
export function runLabel(now: Date, random: string): string {
  const fraction = now.getUTCMilliseconds().toString(36).padStart(2, '0')
  return `${now.toISOString().slice(0, 19).replaceAll(':', '')}-${fraction}${random}`
}

/**
 * The label of a run made of calls: `received-2026-11-25T130405Z-1f0a`.
 * @param now epoch milliseconds
 * @param random distinguishes runs of one second
 */
export function receivedLabel(now: number, random: string): string {
  const second = new Date(now).toISOString().slice(0, 19)
  return `received-${second.replaceAll(':', '')}Z-${random}`
}

/** A run by both of its names. */
export type RunName = { readonly runId: string; readonly workflowId: string }

/** Both names of a run, from either of them; of a run of a flow from its workflow id. */
export function runNameOf(either: string): RunName {
  if (FLOW_ID.test(either)) return flowRunNameOf(either) as FlowRunName
  const runId = runIdOfWorkflow(either)
  return runId === undefined ? { runId: either, workflowId: workflowIdOfRun(either) } : { runId, workflowId: either }
}

/** The time at the end of a schedule's label, in a workflow id and in a run id. */
const TIME_OF_WORKFLOW = /T(\d\d):(\d\d):(\d\d)Z$/
const TIME_OF_RUN = /T(\d\d)(\d\d)(\d\d)Z$/

/**
 * The run id of a workflow id: `nightly-contacts.2026-11-25`. The name of a sync contains no dot, so the workflow id follows from
 * the run id. Some file systems reject colons: those of a time at the end are left out, others become `%3A`. Two workflow ids never
 * have the same run id. undefined for an id of another form.
 */
export function runIdOfWorkflow(workflowId: string): string | undefined {
  const [, sync, label] = WORKFLOW_ID.exec(workflowId) ?? []
  if (sync === undefined || label === undefined) return undefined
  return `${sync}.${runLabelOf(label)}`
}

function runLabelOf(label: string): string {
  const escaped = label.replaceAll('%', '%25').replace(/Z$/, end => (TIME_OF_RUN.test(label) ? '%5A' : end))
  return escaped.replace(TIME_OF_WORKFLOW, 'T$1$2$3Z').replaceAll(':', '%3A')
}

/** The workflow id of a run id. A run id of another form is the workflow id itself. */
export function workflowIdOfRun(runId: string): string {
  const [, sync, label] = RUN_ID.exec(runId) ?? []
  if (sync === undefined || label === undefined) return runId
  const withTime = label.replace(TIME_OF_RUN, 'T$1:$2:$3Z')
  return workflowIdOf(
    sync,
    withTime.replaceAll(/%(3A|5A|25)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  )
}

/** A run of a flow by its names. */
export type FlowRunName = RunName & { readonly flow: string }

/** The names of a run of a flow, from either of them: `campaign.2026-11-25` or `flow/campaign/2026-11-25`; undefined for an id of another form. */
export function flowRunNameOf(either: string): FlowRunName | undefined {
  const workflowId = FLOW_ID.test(either) ? either : flowWorkflowIdOfRun(either)
  const [, flow, label] = FLOW_ID.exec(workflowId ?? '') ?? []
  if (workflowId === undefined || flow === undefined || label === undefined) return undefined
  return { flow, runId: `${flow}.${runLabelOf(label)}`, workflowId }
}

/** A run id has the same form for a sync and for a flow. */
function flowWorkflowIdOfRun(runId: string): string | undefined {
  const workflowId = workflowIdOfRun(runId)
  return workflowId === runId ? undefined : workflowId.replace(/^sync/, 'flow')
}

/**
 * The run of a sync in a run of a flow: `accounts.campaign.2026-11-25`. The name of a flow has no dot, so no other run has this name.
 * @param again distinguishes several runs of the sync, from 1
 */
export function runInFlow({ flow, workflowId }: FlowRunName, sync: string, again = 0): RunName {
  const label = workflowId.slice(flowWorkflowId(flow, '').length)
  return runNameOf(workflowIdOf(sync, `${flow}.${label}${again === 0 ? '' : `.${again}`}`))
}

/** The time for which a schedule starts a run, or the flow that it is a part of, epoch milliseconds; undefined for a run that no schedule starts. */
export function scheduledTimeOfRun(runId: string): number | undefined {
  const [, , label = ''] = RUN_ID.exec(runId) ?? []
  const [, day, hours, minutes, seconds] =
    /^(?:[\w-]+\.)?scheduled-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(label) ?? []
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** The name of the sync in a run id; undefined for an id of another form. */
export function syncOfRun(runId: string): string | undefined {
  return RUN_ID.exec(runId)?.[1]
}
