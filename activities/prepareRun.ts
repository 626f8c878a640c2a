import { SPEC_FILE } from '../store/runLayout.ts'
import type { RunStore } from '../store/runStore.ts'
import { parseSyncSpec } from '../sync/parseSyncSpec.ts'
import type { SyncSpec } from '../sync/spec.ts'
import type { RunSettings, SyncRecordsInput } from '../workflows/contract.ts'
import type { Dependencies } from './dependencies.ts'
import { inputProblems } from './runInput.ts'
import { RunRefusedError } from './runRefusedError.ts'

export type PrepareRunInput = SyncRecordsInput & { readonly runId: string }

/** All that the workflow needs to know but for what the org has to say. */
export type PreparedRun = Omit<RunSettings, 'findsIds'>

/**
 * Settles what is to be loaded: the named sync, a spec given with the run, or the one with keys of the other, and writes it down.
 * Retry: safe because the spec is written once; the same run with the same spec finds its own.
 */
export function prepareRun({ sync, syncNames, connection, runStore }: Dependencies) {
  return async (input: PrepareRunInput): Promise<PreparedRun> => {
    const problems = inputProblems(input)
    if (problems.length > 0) throw new RunRefusedError('The input of syncRecords', problems)
    const spec = resolveSpec(input, sync, syncNames)
    connection(spec.connection)
    await keepSpec(runStore(input.runId), input.runId, spec)
    return {
      connection: spec.connection,
      object: spec.object,
      concurrency: spec.concurrency,
      resendPause: spec.resend.pause,
      inlineResults: input.inlineResults ?? 'inline' in spec.source,
    }
  }
}

function resolveSpec(
  { sync: name, spec: given }: SyncRecordsInput,
  sync: Dependencies['sync'],
  syncNames: readonly string[],
): SyncSpec {
  const named = name == null ? undefined : sync(name)
  if (name != null && named === undefined) {
    const known = syncNames.length === 0 ? 'it has none' : `it has ${syncNames.join(', ')}`
    throw new RunRefusedError(`Sync ${name}`, [`the worker's configuration has no such sync; ${known}`])
  }
  if (named === undefined && given == null) {
    throw new RunRefusedError('The load', [
      'neither sync nor spec is given; name a sync of the configuration, or give a spec',
    ])
  }
  const parsed = parseSyncSpec({ ...named, ...given })
  if (parsed.ok) return parsed.spec
  const problems = parsed.problems.map(({ path, message }) =>
    [path.join('.'), message].filter(part => part !== '').join(': '),
  )
  throw new RunRefusedError(name == null ? 'The sync spec' : `Sync ${name}`, problems)
}

async function keepSpec(store: RunStore, runId: string, spec: SyncSpec): Promise<void> {
  const text = `${JSON.stringify(spec, undefined, 2)}\n`
  if (await store.writeOnce(SPEC_FILE, text)) return
  if ((await store.readText(SPEC_FILE)) === text) return
  throw new RunRefusedError(`Run ${runId}`, [
    `this run id belongs to a load with another spec (${store.location}/${SPEC_FILE}); give this one an id of its own`,
  ])
}
