import { isSyncName } from '../../../packages/client/contract/names.ts'
import type { RunOutcome, RunReport } from '../../../packages/client/contract/runReport.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import type { SyncSpec } from '../../../packages/client/contract/syncSpec.ts'
import { recordText } from '../../csv/recordBytes.ts'
import { type KeyLimits, RepeatedKeys } from '../../matching/repeatedKeys.ts'
import { readChunkResult, recordResults } from '../../results/chunkResults.ts'
import { RunRejectedError } from '../../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { RejectedFiles } from '../aggregate/rejectedFiles.ts'
import {
  IN_DOUBT_FILE,
  REJECTED_FILE,
  REJECTED_RESULTS_FILE,
  REPORT_FILE,
  RESULTS_FILE,
  STAGED_FILE,
} from '../layout.ts'
import { openParents } from '../parents/openParents.ts'
import { readJsonIfThere, readPlan, readStaged, requireRun, type StagedRun, storedRecords } from '../runRecords.ts'
import type { StagedSource } from '../staged.ts'
import { rowPlacesIfAny } from '../waves/rowPlaces.ts'
import { type EarlyUploads, openEarlyUploads, withAbortedJobs } from './earlyUploads.ts'
import { openFileTables } from './fileTables.ts'
import { againstLast } from './lastSource.ts'
import { ListedKeys } from './listedKeys.ts'
import { type OpenedSource, type OpeningDependencies, openToStage } from './openedSource.ts'
import { guessWarnings, LateRepeatsError, readSource } from './readSource.ts'
import type { Staging } from './staging.ts'
import { StagedElsewhereError, takeTurn } from './stagingTurn.ts'
import type { UnknownRows } from './unstagedKeys.ts'

export type StageSourceInput = {
  readonly runId: string
  /** Name of the sync that was started; null means absent. */
  readonly sync?: string | null | undefined
}

/** Reads the whole source once, checks and maps every record, and writes the chunks that will be sent. */
export async function stageSource(
  dependencies: Pick<
    Dependencies,
    'runStore' | 'runStores' | 'openSource' | 'syncStore' | 'connection' | 'contentFiles'
  >,
  input: StageSourceInput,
  step: Step,
  limits?: KeyLimits,
): Promise<StagedSource> {
  const store = dependencies.runStore(input.runId)
  step.heartbeat({ reading: true })
  const before = await readStaged(store)
  if (before !== undefined) await removeInterim(store)
  const staged = before ?? (await stage(store, input, dependencies, step.signal, limits))
  const { records, rejected, rejections, engine, chunks, known, skipped, reading, warnings } = staged
  return {
    records,
    rejected,
    rejections,
    engine,
    chunks,
    ...(known === undefined ? {} : { known }),
    ...(skipped === undefined ? {} : { skipped }),
    ...(reading === undefined ? {} : { reading }),
    ...(warnings === undefined ? {} : { warnings }),
  }
}

/** Removes what an execution that ended early reported: it is not true any more as soon as this one sends. */
async function removeInterim(store: RunStore): Promise<void> {
  const report = await readJsonIfThere<Pick<RunReport, 'outcome'>>(store, REPORT_FILE)
  if (report === undefined || !ENDED_EARLY.includes(report.outcome)) return
  for (const path of [RESULTS_FILE, REJECTED_FILE, IN_DOUBT_FILE, REPORT_FILE]) await store.remove(path)
}

const ENDED_EARLY: readonly RunOutcome[] = ['cancelled', 'failed']

type StagingDependencies = OpeningDependencies & Pick<Dependencies, 'syncStore' | 'contentFiles'>

/** Reads the source once more when its end has shown that keys repeat each other. */
async function stage(
  store: RunStore,
  input: StageSourceInput,
  dependencies: StagingDependencies,
  signal: AbortSignal,
  limits: KeyLimits | undefined,
): Promise<StagedRun> {
  const lists = new ListedKeys(store)
  const keys = new RepeatedKeys(lists.newList, limits)
  for (;;) {
    try {
      return await stageWith(keys, store, input, dependencies, signal)
    } catch (error) {
      if (!(error instanceof LateRepeatsError)) throw error
    } finally {
      await lists.remove()
    }
  }
}

async function stageWith(
  keys: RepeatedKeys,
  store: RunStore,
  { runId, sync }: StageSourceInput,
  dependencies: StagingDependencies,
  signal: AbortSignal,
): Promise<StagedRun> {
  const { syncStore, connection } = dependencies
  const run = await readPlan(store)
  const turn = await takeTurn(store, run)
  const early = await openEarlyUploads(() => connection(run.spec.connection), store, { runId, run, signal })
  let source: OpenedSource | undefined
  try {
    const parents = await openParents({ store, runStores: dependencies.runStores }, run)
    const places = await rowPlacesIfAny(store, run.plan)
    source = await openToStage(dependencies, store, run, turn, signal)
    const { reader } = source
    const files = await openFileTables(dependencies, run.plan, run.spec.source)
    const records = { ...source, parents: new Map([...parents, ...files.tables]), places, files }
    const { staged, staging, warnings } = await readSource(turn.files, run, records, keys, signal, early)
    const digest = await source.finish()
    const { header } = reader
    const reading = reader.reading?.()
    const isNamed = sync != null && isSyncName(sync)
    const last = isNamed ? await againstLast(syncStore(sync), { runId, sync, spec: run.spec, hash: digest }) : {}
    const all = [...('warning' in last ? [last.warning] : []), ...guessWarnings(reading), ...warnings]
    const result: StagedRun = {
      ...staged,
      header,
      // A source that is not CSV text is copied as CSV.
      delimiter: reading?.text?.delimiter ?? ',',
      encoding: reading?.text?.encoding ?? 'utf-8',
      ...(reading === undefined ? {} : { reading }),
      ...(all.length === 0 ? {} : { warnings: all }),
      sourceHash: digest,
      ...(isNamed ? { sync } : {}),
      ...('skipped' in last ? { skipped: last.skipped } : {}),
    }
    // A run that is skipped may find another source when it is started again.
    if (result.skipped !== undefined) {
      await early?.discard()
      return result
    }
    await rejectTooFewOrMany(store, run.spec, reader.description, result, staging)
    rejectUnsafeMirror(run.spec, reader.description, staged)
    const jobs = await early?.finish()
    const chunks = staged.chunks.map(chunk => ({ ...chunk, ...present({ uploaded: jobs?.get(chunk.chunk) }) }))
    await turn.check()
    const kept = await keepStaged(store, { ...result, chunks }, early)
    await requireRun(store)
    return kept
  } catch (error) {
    await source?.discard()
    const jobs = await early?.discard()
    if (error instanceof StagedElsewhereError) return error.staged
    throw withAbortedJobs(error, jobs)
  }
}

/** Of two attempts that are alive, the first one decides what was staged. The jobs of the other are never chosen. */
async function keepStaged(store: RunStore, staged: StagedRun, early: EarlyUploads | undefined): Promise<StagedRun> {
  if (await store.writeOnce(STAGED_FILE, `${JSON.stringify(staged, undefined, 2)}\n`)) return staged
  await early?.discard()
  return (await readStaged(store)) ?? staged
}

async function rejectTooFewOrMany(
  store: RunStore,
  { maxRejected }: SyncSpec,
  source: string,
  staged: StagedRun,
  staging: Staging,
): Promise<void> {
  if (staged.records === 0) {
    const isDatabase = staged.reading?.format === 'postgresql'
    throw new RunRejectedError(`The source ${source}`, [
      isDatabase
        ? 'it has no row; nothing was sent. Check its query; if no row is acceptable, set source.missing: skip'
        : 'it has a header and no records; nothing was sent. Check the export that wrote it',
    ])
  }
  if (maxRejected === undefined) return
  const below = staging.countBelow()
  if (staged.rejected + below <= maxRejected) return
  const { firstRejection } = staging
  const rejected = await writeRejectedFile(store, staged)
  const [others, but] = below === 0 ? ['', ''] : [` (${below} of them because of a row above them)`, ' but those']
  throw new RunRejectedError(`The source ${source}`, [
    `${staged.rejected + below} of ${staged.records} records can't be sent${others}, maxRejected allows ${maxRejected}; nothing was sent. ` +
      `The first is row ${firstRejection?.row}: ${firstRejection?.message}. All of them${but} are in ${rejected}`,
  ])
}

/**
 * A row whose record is not known may mean any record that would count as missing, and a source without a valid record is
 * not one that anything should be missing in.
 */
function rejectUnsafeMirror(
  { missing }: SyncSpec,
  source: string,
  { records, rejected, unknown }: StagedSource & { readonly unknown?: UnknownRows },
): void {
  if (missing === 'ignore' || missing === 'report') return
  if (rejected === records) {
    throw new RunRejectedError(`The source ${source}`, [
      `all ${records} records are rejected, and missing is ${missing}; nothing was sent. Correct the source, or set missing: report`,
    ])
  }
  if (unknown === undefined) return
  throw new RunRejectedError(`The source ${source}`, [
    `${unknown.rows} of ${records} records have no key that can be read (the first is row ${unknown.first}), so it is not known which records of the org ` +
      `are missing, and missing is ${missing}; nothing was sent. Correct these rows, or set missing: report`,
  ])
}

async function writeRejectedFile(store: RunStore, staged: StagedRun): Promise<string | undefined> {
  const files = new RejectedFiles(store, staged)
  for await (const lines of storedRecords(store, REJECTED_RESULTS_FILE)) {
    const read = Array.from({ length: lines.count }, (_, at) => readChunkResult(recordText(lines, at)))
    for (const result of recordResults(read)) await files.add(result)
  }
  return (await files.finish()).rejected
}
