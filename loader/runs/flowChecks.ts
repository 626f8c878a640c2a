// Compares all syncs of a flow with their orgs before the first one is loaded.
import type { RunName } from '../../packages/client/contract/names.ts'
import type { PlanReport } from '../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { planInOrg } from '../plan/plan.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { PLAN_FILE } from '../protocol/layout.ts'
import { type PlannedRun, readJsonIfThere } from '../protocol/runRecords.ts'
import { kindOfSource } from '../sources/sourceUri.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'
import { shownUri } from '../storage/uris.ts'
import { objectProblem } from './parentRuns.ts'

/** One run of a flow. Plain JSON. */
export type RunOfFlow = RunName & {
  readonly sync: string
  /** Syncs of the flow whose runs write the parents of its records. */
  readonly parents: readonly string[]
  /** Absent for a run that has completed before. */
  readonly input?: SyncRecordsInput
  /** Of a run that has completed before: it does not run again. */
  readonly report?: RunReport | PlanReport
}

/** A run of a flow with the spec that it loads by. */
export type FlowLoad = RunOfFlow & { readonly spec: SyncSpec }

type Checked = Pick<PlannedRun, 'organizationId' | 'plan'>

/**
 * Throws RunRejectedError when the mapping of a sync does not fit its org, or its parents are in another org or of another object. A run
 * that has completed is not compared again.
 */
export async function checkFlow(
  { connection, runStores }: Pick<Dependencies, 'connection' | 'runStores'>,
  loads: readonly FlowLoad[],
  { flow, plans }: { readonly flow: string; readonly plans: boolean },
  step: Step,
): Promise<void> {
  /** undefined for a run that was skipped before it was planned. */
  const checked = new Map<string, Checked | undefined>()
  for (const load of loads) {
    const { sync, runId, spec, parents, report } = load
    step.heartbeat({ describing: sync })
    if (report !== undefined) {
      checked.set(sync, await readJsonIfThere<PlannedRun>(runStores.open(runId), PLAN_FILE))
      continue
    }
    const missing = parents.find(parent => !checked.has(parent))
    if (missing !== undefined) {
      throw rejected(sync, `it has parents in the sync ${missing}, which does not run before it in the flow ${flow}`)
    }
    const org = connection(spec.connection)
    const { organizationId } = await org.identity(step.signal)
    const planned = { organizationId, plan: await planOf(load, org, plans, step.signal) }
    checked.set(sync, planned)
    for (const field of planned.plan.fields) {
      const parent = 'sync' in field.mapping && parents.includes(field.mapping.sync) ? field.mapping.sync : undefined
      const written = parent === undefined ? undefined : checked.get(parent)
      if (parent === undefined || written === undefined) continue
      rejectOtherOrg(load, parent, organizationId, written)
      const problem = objectProblem(field.target.referenceTo, parent, written.plan.object)
      if (problem !== undefined) throw rejected(sync, `fields.${field.name}: ${problem}`)
    }
  }
}

async function planOf(
  { sync, spec }: FlowLoad,
  org: ReturnType<Dependencies['connection']>,
  plans: boolean,
  signal: AbortSignal,
): Promise<SyncPlan> {
  try {
    return (await planInOrg(org, spec, signal, plans || undefined)).plan
  } catch (error) {
    if (error instanceof RunRejectedError) throw rejected(sync, error.message)
    throw error
  }
}

function rejectOtherOrg({ sync, spec }: FlowLoad, parent: string, own: string, { organizationId }: Checked): void {
  if (organizationId === own) return
  throw rejected(
    sync,
    `its parents, the records of the sync ${parent}, are in the org ${organizationId}, and its connection ${spec.connection} is to the org ${own}; give both syncs connections to one org`,
  )
}

/**
 * Throws RunRejectedError when the file of a source is not there, unless the sync waits for it, or skips a run without one. The query
 * of a database is not asked, and the source not read: that is done when its sync runs.
 */
export async function rejectAbsentSource(
  { statSource }: Pick<Dependencies, 'statSource'>,
  sync: string,
  { source }: SyncSpec,
  signal: AbortSignal,
): Promise<void> {
  if ('inline' in source || source.waitFor !== undefined || source.missing === 'skip') return
  if (kindOfSource(source.uri) === 'database' || (await statSource(source, signal)) !== undefined) return
  throw rejected(sync, `its source ${shownUri(source.uri)} does not exist; check its name, or export it again`)
}

const rejected = (sync: string, problem: string): RunRejectedError =>
  new RunRejectedError(`Sync ${sync}`, [`${problem}; nothing was sent`])
