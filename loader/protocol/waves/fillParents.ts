import { csvLine } from '../../csv/ownCsv.ts'
import { wireColumns } from '../../plan/syncPlan.ts'
import { chunkResultsHeader, chunkResultsText } from '../../results/chunkResults.ts'
import { ErrorCounter, rejectionsOf } from '../../results/errorCounts.ts'
import { utcTimestamp } from '../../results/resultsCsv.ts'
import type { Dependencies, Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { resultStreams } from '../aggregate/resultStreams.ts'
import { ResultsIncompleteError } from '../aggregate/resultsIncompleteError.ts'
import { chunkFiles, filledFile, STAGED_FILE, unfilledChunkFiles } from '../layout.ts'
import { sourceOf, visitRecords } from '../match/chunkRecords.ts'
import { CopiedFile } from '../match/copiedFile.ts'
import { type PlannedRun, readJson, readJsonIfThere, readPlan, requireRun, type StagedRun } from '../runRecords.ts'
import type { FilledWave, StagedChunk } from '../staged.ts'
import { FilledLine } from './filledLine.ts'
import { ParentIds } from './parentIds.ts'
import { type RowPlaces, rowPlacesOf } from './rowPlaces.ts'

export type FillParentsInput = {
  readonly runId: string
  /** From 1 on. */
  readonly wave: number
}

/** Thrown when another worker has written the chunks of the wave. */
class FilledElsewhereError extends Error {
  override readonly name = 'FilledElsewhereError' as const
}

/**
 * Writes the chunks of a wave as they will be sent, with the Ids of the parents that the waves before have loaded. A record whose parent was not
 * loaded gets its result here.
 */
export async function fillParents(
  { runStore }: Pick<Dependencies, 'runStore'>,
  { runId, wave }: FillParentsInput,
  step: Step,
): Promise<FilledWave> {
  const store = runStore(runId)
  const marker = filledFile(wave)
  const before = () => readJsonIfThere<FilledWave>(store, marker)
  const done = await before()
  if (done !== undefined) return done
  const run = await readPlan(store)
  const staged = await readJson<StagedRun>(store, STAGED_FILE)
  const places = await rowPlacesOf(store, run.plan)
  step.heartbeat({ wave })
  const ids = await parentIds({ store, runId, run, staged, places }, wave, step.signal)
  // An attempt that was given up replaces no chunk that a later one has sent.
  const check = async () => {
    step.signal.throwIfAborted()
    if ((await before()) !== undefined) throw new FilledElsewhereError()
  }
  const errors = new ErrorCounter()
  const filling = { store, run, places, ids, errors, step, check }
  const chunks: StagedChunk[] = []
  try {
    for (const chunk of staged.chunks.filter(one => one.wave === wave)) {
      step.heartbeat({ filling: chunk.chunk })
      chunks.push({ ...chunk, records: await fillChunk(filling, chunk) })
    }
  } catch (error) {
    const other = error instanceof FilledElsewhereError ? await before() : undefined
    if (other === undefined) throw error
    return other
  }
  const rejected = errors.counts().reduce((sum, { count }) => sum + count, 0)
  const filled: FilledWave = { chunks, rejected, rejections: rejectionsOf(errors) }
  const isFirst = await store.writeOnce(marker, `${JSON.stringify(filled, undefined, 2)}\n`)
  await requireRun(store)
  return isFirst ? filled : await readJson<FilledWave>(store, marker)
}

type FilledRun = {
  readonly store: RunStore
  readonly runId: string
  readonly run: PlannedRun
  readonly staged: StagedRun
  readonly places: RowPlaces
}

/** Reads the results of the rows that are parents of a wave. Throws ResultsIncompleteError when one has none: the waves before are settled. */
async function parentIds(
  { store, runId, run, staged, places }: FilledRun,
  wave: number,
  signal: AbortSignal,
): Promise<ParentIds> {
  const ids = new ParentIds(places.waves.length)
  const waves = new Set<number>()
  places.eachParent(wave, row => {
    ids.need(row)
    waves.add(places.waveOf(row) ?? 0)
  })
  ids.begin()
  const chunks = staged.chunks.filter(chunk => waves.has(chunk.wave ?? 0))
  const streams = await resultStreams({ store, runId, plan: run.plan, unfinished: undefined }, { ...staged, chunks })
  for (const { open } of streams) {
    for await (const batch of open()) {
      signal.throwIfAborted()
      ids.take(batch)
    }
  }
  let unsettled: number | undefined
  places.eachParent(wave, row => {
    if (unsettled === undefined && !ids.has(row)) unsettled = row
  })
  if (unsettled === undefined) return ids
  await requireRun(store)
  throw new ResultsIncompleteError(runId, `row ${unsettled} is the parent of another one and has no result`)
}

type Filling = Pick<FilledRun, 'store' | 'run' | 'places'> & {
  readonly ids: ParentIds
  readonly errors: ErrorCounter
  readonly step: Step
  readonly check: () => Promise<void>
}

/** Returns the number of the records that are left to be sent. */
async function fillChunk(
  { store, run, places, ids, errors, step, check }: Filling,
  { chunk, operation }: StagedChunk,
): Promise<number> {
  const { plan } = run
  const [files, unfilled] = [chunkFiles(chunk, 1), unfilledChunkFiles(chunk)]
  const [csv, rows, unsent] = [files.csv, files.rows, unfilled.unsent].map(
    path => new CopiedFile(store.writer(path)),
  ) as [CopiedFile, CopiedFile, CopiedFile]
  const all = [csv, rows, unsent]
  const line = new FilledLine(plan, operation, places, row => ids.outcome(row))
  const timestamp = utcTimestamp(Date.now())
  let left = 0
  try {
    csv.addText(csvLine(wireColumns(plan, operation).map(({ name }) => name)))
    rows.addText(csvLine(['row', ...plan.identityFields]))
    unsent.addText(chunkResultsHeader(plan.identityFields))
    await visitRecords(store, step.signal, unfilled, {
      take: (bytes, start, end, source) => {
        const { row, identity } = sourceOf(source)
        const filled = line.fill(row, bytes, start, end)
        if ('errorCode' in filled) {
          errors.add({ row, ...filled })
          const result = { row, operation, outcome: 'failed', id: '', ...filled, timestamp } as const
          unsent.addText(chunkResultsText(result, identity))
          return
        }
        left += 1
        csv.add(filled, 0, filled.length)
        rows.add(source.bytes, source.start, source.end)
      },
      flush: async () => {
        for (const copied of all) await copied.flush()
      },
    })
    await check()
    for (const copied of all) await copied.finish()
  } catch (error) {
    for (const copied of all) await copied.discard()
    throw error
  }
  return left
}
