import { CellReader } from '../../csv/cellReader.ts'
import type { KeyMatches } from '../../matching/keyMatches.ts'
import { identifyingField } from '../../plan/syncPlan.ts'
import type { ErrorCounter } from '../../results/errorCounts.ts'
import type { Step } from '../../step.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { keyedChunkFiles } from '../layout.ts'
import type { PlannedRun } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'
import { type SourceLine, visitRecords } from './chunkRecords.ts'
import { ComparedFiles } from './comparedFiles.ts'
import type { ComparisonCounts } from './comparisonCounts.ts'
import type { Packs } from './packs.ts'
import { compileNewValues, RecordComparison, readCells } from './recordComparison.ts'
import type { SortedRecords } from './recordSorter.ts'
import type { PageColumns } from './searchPages.ts'
import { unusableKey } from './unusableKey.ts'

/** What the chunks of a run that compares have in common. */
export type Comparing = {
  readonly store: RunStore
  readonly run: PlannedRun
  readonly packs: Packs
  readonly counts: ComparisonCounts
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly step: Step
}

/** What the org holds for the chunks that are compared at a time. */
export type Held = {
  readonly matches: KeyMatches
  /** The values of the records found, by row in the matches. */
  readonly records: SortedRecords
  readonly columns: PageColumns
  /** When the org was read, epoch milliseconds. */
  readonly at: number
}

/**
 * Compares the records of a chunk with what the org holds. Those that are sent go into a pack; of the others the results are written.
 * @param firstRow of the chunk in the matches
 */
export async function compareChunk(
  comparing: Comparing,
  held: Held,
  chunk: StagedChunk,
  firstRow: number,
): Promise<void> {
  const { store, packs, step } = comparing
  const { records } = held
  const comparison = new ChunkComparison(comparing, held, chunk)
  let row = firstRow
  try {
    await visitRecords(store, step.signal, keyedChunkFiles(chunk.chunk), {
      prepare: () => (records.at(row) === undefined ? records.upTo(row) : undefined),
      take: (bytes, start, end, source) => comparison.take(bytes, start, end, source, row++),
      flush: async () => {
        await comparison.files.flush()
        await packs.flush()
      },
    })
    await comparison.files.finish()
  } catch (error) {
    await comparison.files.discard()
    throw error
  }
}

/** Place of the first cell that is sent. */
const AFTER_KEY = 1

const NO_LINE: SourceLine = { bytes: Buffer.alloc(0), start: 0, end: 0 }

class ChunkComparison {
  readonly files: ComparedFiles
  readonly #comparing: Comparing
  readonly #held: Held
  readonly #chunk: StagedChunk
  #source: SourceLine = NO_LINE
  readonly #comparison: RecordComparison
  readonly #newValues: ReturnType<typeof compileNewValues>
  readonly #stagedCells: CellReader[] = [new CellReader()]
  readonly #heldCells: CellReader[] = [new CellReader()]

  constructor(comparing: Comparing, held: Held, chunk: StagedChunk) {
    const { store, run } = comparing
    this.#comparing = comparing
    this.#held = held
    this.#chunk = chunk
    this.#comparison = new RecordComparison(run.plan, chunk.operation, held.columns)
    this.#newValues = compileNewValues(run.plan, chunk.operation, AFTER_KEY)
    this.files = new ComparedFiles({ store, run, ...held }, chunk)
  }

  /** Takes the next staged record, its line end included. @param row in the matches */
  take(bytes: Buffer, start: number, end: number, source: SourceLine, row: number): void {
    this.#source = source
    const cells = this.#stagedCells
    readCells(cells, bytes, start, end - 1)
    const found = this.#held.matches.count(row)
    if (found === 1) this.#compare(bytes, end, row)
    else if (found === 0 && this.#chunk.operation === 'upsert') this.#create(bytes, end, row)
    else this.#reject(found === 0 ? 'rejected' : 'ambiguous', row)
  }

  #compare(bytes: Buffer, end: number, row: number): void {
    const { run, counts } = this.#comparing
    const { records } = this.#held
    if (records.at(row) !== true) throw new RangeError(`Record ${row} of the matches has no values`)
    const [staged, held] = [this.#stagedCells, this.#heldCells]
    readCells(held, records.bytes, records.start, records.end)
    const comparison = this.#comparison
    if (!comparison.differs(staged, held)) {
      const isSent = run.spec.send === 'all'
      counts.addUnchanged(isSent)
      this.files.addUnchanged(this.#source, row, isSent)
      if (isSent) this.#send(bytes, end, row)
      return
    }
    counts.add('update')
    comparison.changed(field => counts.addField(field))
    const [id = ''] = this.#held.matches.ids(row)
    this.files.addChanged('update', this.#source, id, comparison.changes(staged, held))
    this.files.keep(this.#source, row, records.bytes, held)
    this.#send(bytes, end, row)
  }

  #create(bytes: Buffer, end: number, row: number): void {
    this.#comparing.counts.add('create')
    this.files.addChanged('create', this.#source, '', this.#newValues(this.#stagedCells))
    this.#send(bytes, end, row)
  }

  #reject(verdict: 'rejected' | 'ambiguous', row: number): void {
    const { run, counts, errors } = this.#comparing
    const { object } = run.plan
    const field = identifyingField(run.plan, this.#chunk.operation)?.name ?? 'Id'
    const reason = unusableKey(object, field, (this.#stagedCells[0] as CellReader).text, this.#held.matches, row)
    counts.add(verdict)
    errors.add({ row: this.files.addUnusable(verdict, this.#source, reason), ...reason })
  }

  /** Copies the record as it was staged, without its key; an update has the Id in place of the one that it was staged with. */
  #send(bytes: Buffer, end: number, row: number): void {
    const [key, id] = this.#stagedCells as [CellReader, CellReader]
    const pack = this.#comparing.packs.packFor(this.#chunk, end - key.next)
    if (this.#chunk.operation === 'upsert') pack.csv.add(bytes, key.next, end)
    else {
      pack.csv.addId(this.#held.matches, row)
      pack.csv.add(bytes, id.next - 1, end)
    }
    pack.rows.add(this.#source.bytes, this.#source.start, this.#source.end)
    pack.records += 1
  }
}
