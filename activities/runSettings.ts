import type { StagedSource } from '../loader/protocol/staged.ts'
import type { PreparedRun as LoadedRun } from '../loader/runs/prepareRun.ts'
import type { SalesforceConnection } from '../loader/salesforce/salesforceConnection.ts'
import { type RunTitle, searchValuesOf, titleOf } from '../loader/spec/runTitle.ts'
import { LEASED, type Leased } from '../packages/client/contract/names.ts'
import type { Operation } from '../packages/client/contract/operations.ts'
import { present } from '../packages/client/contract/scalars.ts'
import type { SearchAttribute, SearchValues } from '../packages/client/contract/searchAttributes.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** What the workflow itself needs to know of the spec. */
export type RunSettings = {
  readonly connection: string
  readonly object: string
  /** Chunks in progress at a time. */
  readonly concurrency: number
  /** Milliseconds before records rejected for a transient reason are sent again; doubled for each later attempt. */
  readonly resendDelay: number
  /** Attempts for a record, the first included. */
  readonly maxAttempts: number
  readonly hardDelete: boolean
  /** Operations whose records are searched for before they are sent. */
  readonly searched: readonly Operation[]
  /** Milliseconds that the source may be late; absent when it must exist from the start. */
  readonly sourceWait?: number
  /** What the connection limits for all runs together; absent without a budget. */
  readonly budget?: { readonly leased: readonly Leased[]; readonly calls: boolean }
  readonly inlineResults: boolean
  /** The configured sync whose run it is. */
  readonly sync?: string
  /** Whether someone is notified of how runs of this sync end. */
  readonly notifies: boolean
  /** Deletions that it may plan without a notification; absent for any number. */
  readonly plannedDeletions?: number
  readonly title: RunTitle
  /** By sync: the runs that have written the parents of its records. */
  readonly parentRuns?: Readonly<Record<string, string>>
  /** Location of the files of the run. */
  readonly location: string
  /** Id of the org; absent until the connection was validated. */
  readonly org?: string
  /** The search attributes that the namespace has. */
  readonly searchAttributes: readonly SearchAttribute[]
  readonly searchValues: SearchValues
}

/** The settings that are known without the org. */
export type PreparedRun = Omit<RunSettings, 'searched' | 'org'>

/** What a run needs to send its chunks. */
export type PreparedLoad = { readonly settings: RunSettings; readonly staged: StagedSource }

/** @param name given by the caller. It is not shown if it is the name of a configured sync and the run loads something else. */
export async function preparedSettings(
  { connection, notifier, searchAttributes, syncNames }: ActivityDependencies,
  { spec, location, sync, inlineResults }: LoadedRun,
  name: string | undefined,
): Promise<PreparedRun> {
  const shown = sync ?? (name !== undefined && syncNames.includes(name) ? undefined : name)
  return {
    connection: spec.connection,
    object: spec.object,
    concurrency: spec.concurrency,
    resendDelay: spec.resend.delay,
    maxAttempts: spec.resend.maxAttempts,
    hardDelete: spec.hardDelete,
    ...sourceWait(spec),
    ...budgetOf(connection(spec.connection)),
    inlineResults,
    ...(sync === undefined ? {} : { sync }),
    notifies: notifier.covers(sync),
    ...present({ plannedDeletions: notifier.plannedDeletions(sync) }),
    title: titleOf(spec, shown),
    ...present({ parentRuns: spec.parentRuns }),
    location,
    searchAttributes: await searchAttributes(),
    searchValues: searchValuesOf(spec, shown),
  }
}

function budgetOf({ budget }: SalesforceConnection): Pick<RunSettings, 'budget'> {
  const leased = LEASED.filter(of => budget[of] !== undefined)
  const calls = budget.apiReserve !== undefined
  return leased.length > 0 || calls ? { budget: { leased, calls } } : {}
}

/** A source that may be missing is polled before anything else. */
function sourceWait({ source }: SyncSpec): Pick<RunSettings, 'sourceWait'> {
  if ('inline' in source) return {}
  const { waitFor, missing } = source
  if (waitFor !== undefined) return { sourceWait: waitFor }
  return missing === 'skip' ? { sourceWait: 0 } : {}
}
