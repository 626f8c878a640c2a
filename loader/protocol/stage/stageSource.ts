import { isSyncName } from '../../../packages/client/contract/names.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { compileMapping } from '../../mapping/mapping.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { RejectedFiles } from '../aggregate/rejectedFiles.ts'
import { REJECTED_RESULTS_FILE, SOURCE_FILE, STAGED_FILE } from '../layout.ts'
import { type PlannedRun, readPlan, readStaged, type StagedRun, storedRecords, writeJson } from '../runRecords.ts'
import type { StagedSource } from '../staged.ts'
import { againstLastSource, readLastSource, sourceHash } from './lastSource.ts'
import { Staging } from './staging.ts'

export type StageSourceInput = {
  readonly runId: string
  /** Name of the sync that was started; null means absent. */
  readonly sync?: string | null | undefined
}

/** Reads the whole source once, checks and maps every record, and writes the chunks that will be sent. */
export async function stageSource(
  dependencies: Pick<Dependencies, 'runStore' | 'openSource' | 'syncStore'>,
  input: StageSourceInput,
  step: Step,
): Promise<StagedSource> {
  const store = dependencies.runStore(input.runId)
  step.heartbeat({ reading: true })
  const staged = (await readStaged(store)) ?? (await stage(store, input, dependencies, step.signal))
  const { records, rejected, rejections, engine, chunks, skipped } = staged
  return { records, rejected, rejections, engine, chunks, ...(skipped === undefined ? {} : { skipped }) }
}

async function stage(
  store: RunStore,
  { runId, sync }: StageSourceInput,
  { openSource, syncStore }: Pick<Dependencies, 'openSource' | 'syncStore'>,
  signal: AbortSignal,
): Promise<StagedRun> {
  const run = await readPlan(store)
  const copy = store.writer(SOURCE_FILE)
  const hash = sourceHash()
  try {
    const reader = await openSource(run.spec.source, bytes => {
      hash.update(bytes)
      return copy.write(bytes)
    })
    const { staged, staging } = await readAll(store, run, reader, signal)
    await copy.finish()
    const { header, delimiter, encoding } = reader
    const digest = hash.digest('hex')
    const result: StagedRun = {
      ...staged,
      header,
      // Records given inline are copied as CSV.
      delimiter: delimiter ?? ',',
      encoding: encoding ?? 'utf-8',
      sourceHash: digest,
      ...(sync == null || !isSyncName(sync)
        ? {}
        : { sync, ...(await againstLast(syncStore(sync), { runId, sync, spec: run.spec, hash: digest })) }),
    }
    // A run that is skipped may find another source when it is started again.
    if (result.skipped !== undefined) return result
    await rejectTooFewOrMany(store, run.spec, reader.description, result, staging)
    await writeJson(store, STAGED_FILE, result)
    return result
  } catch (error) {
    await copy.discard()
    throw error
  }
}

/** Applies `source.unchanged` when another run of the sync has loaded the same source last. */
async function againstLast(
  syncStore: RunStore,
  { runId, ...seen }: { readonly runId: string; readonly sync: string; readonly spec: SyncSpec; readonly hash: string },
): Promise<Pick<StagedRun, 'skipped' | 'warning'>> {
  const { source } = seen.spec
  if ('inline' in source) return {}
  const last = await readLastSource(syncStore)
  if (last === undefined || last.runId === runId) return {}
  return againstLastSource(last, { ...seen, source }) ?? {}
}

async function readAll(store: RunStore, { spec, plan }: PlannedRun, reader: SourceReader, signal: AbortSignal) {
  const compiled = compileMapping(plan, reader.header)
  if (!compiled.ok) {
    await reader.close()
    throw new RunRejectedError(`The source ${reader.description}`, compiled.problems)
  }
  const staging = new Staging(store, spec, plan, compiled.mapping)
  try {
    for await (const { firstRow, rows } of reader.batches) {
      for (const [offset, values] of rows.entries()) staging.take(firstRow + offset, values)
      await staging.flush()
      signal.throwIfAborted()
    }
    return { staged: await staging.finish(), staging }
  } catch (error) {
    await staging.discard()
    throw error
  } finally {
    await reader.close()
  }
}

async function rejectTooFewOrMany(
  store: RunStore,
  { maxRejected }: SyncSpec,
  source: string,
  staged: StagedRun,
  { firstRejection }: Staging,
): Promise<void> {
  if (staged.records === 0) {
    throw new RunRejectedError(`The source ${source}`, [
      'it has a header and no records; nothing was sent. Check the export that wrote it',
    ])
  }
  if (maxRejected === undefined || staged.rejected <= maxRejected) return
  const rejected = await writeRejectedFile(store, staged)
  throw new RunRejectedError(`The source ${source}`, [
    `${staged.rejected} of ${staged.records} records can't be sent, maxRejected allows ${maxRejected}; nothing was sent. ` +
      `The first is row ${firstRejection?.row}: ${firstRejection?.message}. All of them are in ${rejected}`,
  ])
}

async function writeRejectedFile(store: RunStore, staged: StagedRun): Promise<string | undefined> {
  const files = new RejectedFiles(store, staged)
  for await (const lines of storedRecords(store, REJECTED_RESULTS_FILE)) {
    for (const result of recordResults(lines.map(readChunkResult))) await files.add(result)
  }
  return (await files.finish()).rejected
}
