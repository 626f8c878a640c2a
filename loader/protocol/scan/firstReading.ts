import type { CellBatch } from '../../csv/cells.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { RunStore, RunStores } from '../../storage/runStore.ts'
import type { ScanFolder } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { ScanFacts } from './scanFacts.ts'
import type { SourceValues } from './sourceValues.ts'

/** Looks at all records of a source before the first of them is staged, such as for the values by which parents are found. */
export type FirstReading = {
  /** Takes the next records, valid during the call. */
  readonly take: (batch: CellBatch) => void
  /** Waits while its files are slower than the source. */
  readonly flush: () => Promise<void>
  /** After the last record: writes what later steps read, and returns what is kept in `source.json`. */
  readonly finish: () => Promise<ScanFacts>
  readonly discard: () => Promise<void>
}

/** What a first reading is opened with. */
export type ScannedRun = {
  readonly run: PlannedRun
  readonly header: readonly string[]
  readonly mapping: CompiledMapping
  readonly values: SourceValues
  readonly store: RunStore
  readonly runStores: RunStores
  /** Where its files belong. Each attempt to read the source has a folder of its own. */
  readonly folder: ScanFolder
}

/** undefined for a run that does not need it. */
export type OpenFirstReading = (scanned: ScannedRun) => FirstReading | undefined
