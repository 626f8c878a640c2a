// What the first reading of a source leaves for later steps: its copy, and what was seen of all its records.
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'
import type { ExternalSource, SourceSpec } from '../../../packages/client/contract/sourceSpec.ts'
import { readOwnCells } from '../../csv/ownCsv.ts'
import { isScanned, needsScan } from '../../plan/scannedPlan.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'
import { readCsv } from '../../sources/csv.ts'
import { withoutEmptyRows } from '../../sources/emptyRows.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import { earlierRunOf } from '../../spec/earlierRun.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { SCANNED_FILE, type ScanFolder, SOURCE_FILE } from '../layout.ts'
import { readJson, readJsonIfThere } from '../runRecords.ts'
import type { LookupValues, ScanFacts } from './scanFacts.ts'

export type ScannedSource = ScanFacts & {
  /** The execution of the run that has read it: another one reads the source again, until it is staged. */
  readonly execution: string
  /** Where the files of the first reading are. */
  readonly folder: ScanFolder
  /** Name of the source in messages. */
  readonly description: string
  /** How the source was read; absent for records given inline. */
  readonly reading?: SourceReading
  /** SHA-256 of the bytes of the source, in hex. */
  readonly sourceHash: string
}

/** undefined while the source has not been read to its end. */
export const scannedIfThere = (store: RunStore): Promise<ScannedSource | undefined> =>
  readJsonIfThere<ScannedSource>(store, SCANNED_FILE)

/** Throws RunFileMissingError before the source was read. */
export const readScanned = (store: RunStore): Promise<ScannedSource> => readJson<ScannedSource>(store, SCANNED_FILE)

/** The first reading of a run; undefined when it has none. A run that an earlier release has planned was not read for the order of its records. */
export async function scanOf(store: RunStore, plan: SyncPlan): Promise<ScannedSource | undefined> {
  if (!isScanned(plan)) return undefined
  return needsScan(plan) ? readScanned(store) : scannedIfThere(store)
}

/** Whether two readings of a source may differ. Records inline, and of an earlier run, stay what they are. */
export const mayDiffer = (source: SourceSpec): source is ExternalSource =>
  !('inline' in source) && earlierRunOf(source) === undefined

/** The values of a search for parents. Throws a RangeError when the source was read without them. */
export function lookupValuesOf({ lookups = [] }: Pick<ScanFacts, 'lookups'>, place: string): LookupValues {
  const found = lookups.find(one => one.place === place)
  if (found === undefined) throw new RangeError(`The source was read without the values of ${place}`)
  return found
}

/**
 * Opens the copy that the first reading has made, as the source was opened then: both readings find the same records.
 * @param onBytes gets the bytes of the copy
 */
export async function openScanned(
  store: RunStore,
  { description, reading }: ScannedSource,
  onBytes: (bytes: Uint8Array) => void,
): Promise<SourceReader> {
  const bytes = tee(await store.read(SOURCE_FILE), onBytes)
  const kept = reading === undefined ? {} : { reading: () => reading }
  const { delimiter, encoding } = reading?.text ?? {}
  if (delimiter !== undefined) {
    const options = { description, delimiter, encoding, skipEmptyRows: true }
    return { ...(await readCsv(bytes, options)), ...kept }
  }
  // A source that is not CSV text is copied as CSV.
  const { header, batches, close } = await readOwnCells(description, bytes)
  return { description, header, batches: withoutEmptyRows(batches, header.length, { rows: 0 }), close, ...kept }
}

async function* tee(
  blocks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const block of blocks) {
    onBytes(block)
    yield block
  }
}
