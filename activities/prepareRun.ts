import { activityInfo } from '@temporalio/activity'
import type { Dependencies } from '../loader/dependencies.ts'
import { executionFiles, PLAN_FILE, SPEC_FILE, STAGED_FILE } from '../loader/protocol/layout.ts'
import { utcTimestamp } from '../loader/results/utcTimestamp.ts'
import type { StartedExecution } from '../loader/runs/execution.ts'
import { rejectRemoved } from '../loader/runs/removedRun.ts'
import { readRunDocuments } from '../loader/runs/runDocuments.ts'
import { inputProblems } from '../loader/runs/runInput.ts'
import { atScheduledTime } from '../loader/runs/scheduledSource.ts'
import { unknownSync } from '../loader/runs/unknownSync.ts'
import { overriddenSpec } from '../loader/spec/overriddenSpec.ts'
import { parseSyncSpec } from '../loader/spec/parseSyncSpec.ts'
import { RunRejectedError } from '../loader/spec/runRejectedError.ts'
import { searchValuesOf, titleOf } from '../loader/spec/runTitle.ts'
import type { RunStore } from '../loader/storage/runStore.ts'
import { shownUri } from '../loader/storage/uris.ts'
import type { RunSettings, SyncRecordsInput } from '../packages/client/contract/messages.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { RegisteredAttributes } from './listSearchAttributes.ts'

export type PrepareRunInput = SyncRecordsInput & { readonly runId: string; readonly execution: string }

/** All that the workflow needs to know but for what the org has to say. */
export type PreparedRun = Omit<RunSettings, 'findsIds' | 'org'>

/**
 * Settles what is to be loaded: the named sync, a spec given with the run, or the one with keys of the other, and writes it down.
 * Retry: safe because the spec is written once, and replaced only while nothing can have been sent; the same run with the same
 * spec finds its own.
 */
export function prepareRun(
  { sync, syncNames, scheduleZone, connection, runStores, notifier }: Dependencies,
  searchAttributes: RegisteredAttributes,
) {
  return async ({ execution, ...input }: PrepareRunInput): Promise<PreparedRun> => {
    const problems = inputProblems(input)
    if (problems.length > 0) throw new RunRejectedError('The input of syncRecords', problems)
    const zone = input.sync == null ? undefined : scheduleZone(input.sync)
    const spec = atScheduledTime(resolveSpec(input, sync, syncNames), input, zone)
    connection(spec.connection)
    const store = runStores.open(input.runId)
    await rejectRemoved(runStores, input.runId)
    await keepSpec(store, input.runId, execution, spec)
    await keepStart(store, execution, input.sync, spec)
    // Once more: whoever removes it marks it and then looks whether it has begun. One of the two sees the other.
    await rejectRemoved(runStores, input.runId)
    return {
      connection: spec.connection,
      object: spec.object,
      concurrency: spec.concurrency,
      resendDelay: spec.resend.delay,
      ...sourceWait(spec),
      inlineResults: input.inlineResults ?? 'inline' in spec.source,
      notifies: notifier.covers(input.sync ?? undefined),
      title: titleOf(withShownUri(spec), input.sync ?? undefined),
      location: store.location,
      searchAttributes: await searchAttributes(),
      searchValues: searchValuesOf(spec, input.sync ?? undefined),
    }
  }
}

/** For eyes: the address of a source may be a secret where it is presigned. */
function withShownUri(spec: SyncSpec): SyncSpec {
  const { source } = spec
  return 'inline' in source ? spec : { ...spec, source: { ...source, uri: shownUri(source.uri) } }
}

/** A source that may be missing is looked for before anything else. */
function sourceWait({ source }: SyncSpec): Pick<RunSettings, 'sourceWait'> {
  if ('inline' in source) return {}
  const { waitFor, missing } = source
  if (waitFor !== undefined) return { sourceWait: waitFor }
  return missing === 'skip' ? { sourceWait: 0 } : {}
}

function resolveSpec(
  { sync: name, spec: given }: SyncRecordsInput,
  sync: Dependencies['sync'],
  syncNames: readonly string[],
): SyncSpec {
  if (name == null && given == null) {
    throw new RunRejectedError('The load', [
      'neither sync nor spec is given; name a sync of the configuration, or give a spec',
    ])
  }
  const named = name == null ? undefined : sync(name)
  const parsed = parseSyncSpec(overriddenSpec(named, given))
  if (parsed.ok) return parsed.spec
  if (name != null && named === undefined) throw unknownSync(name, syncNames)
  const problems = parsed.problems.map(({ path, message }) =>
    [path.join('.'), message].filter(part => part !== '').join(': '),
  )
  throw new RunRejectedError(name == null ? 'The sync spec' : `Sync ${name}`, problems)
}

async function keepSpec(store: RunStore, runId: string, execution: string, spec: SyncSpec): Promise<void> {
  const text = `${JSON.stringify(spec, undefined, 2)}\n`
  if (await store.writeOnce(SPEC_FILE, text)) return
  if ((await store.readText(SPEC_FILE)) === text) return
  if (!(await mayBeReplaced(store, execution))) {
    throw new RunRejectedError(`Run ${runId}`, [
      `this run id belongs to a load with another spec (${store.location}/${SPEC_FILE}); give this one an id of its own`,
    ])
  }
  await store.remove(PLAN_FILE)
  await store.write(SPEC_FILE, text)
}

/** A night that failed by its spec goes on with the mended one: nothing is sent before the source is staged. */
async function mayBeReplaced(store: RunStore, execution: string): Promise<boolean> {
  if ((await store.size(STAGED_FILE)) !== undefined) return false
  const { executions, unreadable } = await readRunDocuments(store)
  return unreadable.length === 0 && executions.every(one => one.execution === execution || one.ended !== undefined)
}

/** For the list of runs, and so that none is removed while a workflow works on it. */
async function keepStart(
  store: RunStore,
  execution: string,
  sync: string | undefined,
  { connection, object, operation }: SyncSpec,
): Promise<void> {
  const { workflowId = '' } = activityInfo().workflowExecution ?? {}
  const start: StartedExecution = {
    workflowId,
    ...(sync == null ? {} : { sync }),
    connection,
    object,
    operation,
    startedAt: utcTimestamp(Date.now()),
  }
  await store.writeOnce(executionFiles(execution).started, `${JSON.stringify(start, undefined, 2)}\n`)
}
