// Reads the records of a source and gives them to the staging.
import type { SourceReading, TextReading } from '../../../packages/client/contract/runReport.ts'
import type { CellBatch } from '../../csv/cells.ts'
import type { ParentTables } from '../../mapping/parentTable.ts'
import type { RepeatedKeys } from '../../matching/repeatedKeys.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import { earlierRunOf } from '../../spec/earlierRun.ts'
import type { Dependencies } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import type { EarlierRecords } from '../earlier/earlierReader.ts'
import { openFailedRecords } from '../earlier/failedRecords.ts'
import { undoMapping } from '../earlier/undoMapping.ts'
import { openUndoRecords } from '../earlier/undoRecords.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { RowPlaces } from '../waves/rowPlaces.ts'
import type { EarlyUploads } from './earlyUploads.ts'
import type { FileTables } from './fileTables.ts'
import { sourceMapping } from './sourceMapping.ts'
import { Staging } from './staging.ts'

export type SourceRecords = { readonly reader: SourceReader; readonly known?: EarlierRecords['known'] }

export function openRecords(
  dependencies: Pick<Dependencies, 'runStores' | 'openSource' | 'connection'>,
  { spec: { source }, plan }: PlannedRun,
  opening: Parameters<Dependencies['openSource']>[1],
): Promise<SourceRecords> {
  const earlier = earlierRunOf(source)
  switch (earlier?.kind) {
    case 'retry':
      return openFailedRecords(dependencies, earlier.runId, opening)
    case 'undo':
      return openUndoRecords(dependencies, earlier.runId, plan, opening)
    case undefined:
      return dependencies.openSource(source, opening).then(reader => ({ reader }))
  }
}

/** A guess is right for most files of Western Europe and wrong for all others. */
export function guessWarnings(reading: SourceReading | undefined): readonly string[] {
  const files = reading === undefined ? [] : [reading, ...(reading.files ?? [])]
  return files.flatMap(({ source, text }) => (text?.encodingBy === 'guessed' ? [guessWarning(source, text)] : []))
}

function guessWarning(source: string, { encoding, samples }: TextReading): string {
  const shown = samples.map(sample => JSON.stringify(sample)).join(', ')
  return (
    `The source ${source} was read as ${encoding}, a guess, because nothing names its encoding: check ${shown}. If the letters are wrong, ` +
    `set encoding beside its uri to the right one, such as windows-1250, shift_jis or macintosh; if they are right, to ${encoding}`
  )
}

/** Thrown when only the end of the source has shown which rows repeat a key. */
export class LateRepeatsError extends Error {
  override readonly name = 'LateRepeatsError' as const
}

/** The records of a source, and where their parents and files are. */
export type StagedRecords = SourceRecords & {
  readonly parents: ParentTables
  /** Absent when no row is the parent of another one. */
  readonly places: RowPlaces | undefined
  readonly files: Pick<FileTables, 'prepare'>
}

/** Stages all records. Throws LateRepeatsError when the source must be read again with the same keys. */
export async function readSource(
  store: Pick<RunStore, 'writer'>,
  run: PlannedRun,
  { reader, known, parents, places, files }: StagedRecords,
  keys: RepeatedKeys,
  signal: AbortSignal,
  early: EarlyUploads | undefined,
) {
  try {
    const { mapping: compiled, marks } = sourceMapping(run, reader, parents)
    const { spec, plan } = run
    const isMapped = plan.undone !== undefined
    const mapping = isMapped ? undoMapping(plan, reader.header, compiled) : compiled
    const staging = new Staging(store, run, reader.header, mapping, {
      keys,
      marks,
      isMapped,
      known,
      places,
      onChunk: chunk => early?.add(chunk),
    })
    try {
      for await (const batch of reader.batches) {
        // The rest is read too: the copy of the source must be whole, and an error in it is found.
        const first = firstOnes(batch, spec.limit)
        await files.prepare(first, compiled, marks)
        staging.takeAll(first)
        await staging.flush()
        signal.throwIfAborted()
      }
      early?.close()
      const staged = await staging.finish()
      if (await keys.findLate()) throw new LateRepeatsError('Rows repeat keys beyond those in memory')
      return { staged, staging, warnings: marks?.warnings() ?? [] }
    } catch (error) {
      await staging.discard()
      throw error
    }
  } finally {
    await reader.close()
  }
}

/** The records of a batch that are among the first so many of the source. */
export function firstOnes(batch: CellBatch, limit = Number.POSITIVE_INFINITY): CellBatch {
  const left = Math.max(0, limit - batch.firstRow + 1)
  return left < batch.records ? { ...batch, records: left } : batch
}
