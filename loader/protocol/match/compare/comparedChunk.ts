import type { Verdict } from '../../../../packages/client/contract/verdicts.ts'
import { CellReader } from '../../../csv/cellReader.ts'
import type { KeyMatches } from '../../../matching/keyMatches.ts'
import { namedKey } from '../../../matching/repeatedKeys.ts'
import { fillsBlanks, keepsExisting, wireColumns } from '../../../plan/syncPlan.ts'
import type { ErrorCounter } from '../../../results/errorCounts.ts'
import type { Step } from '../../../step.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import { chunkFiles, keyedChunkFiles } from '../../layout.ts'
import type { PlannedRun } from '../../runRecords.ts'
import type { StagedChunk } from '../../staged.ts'
import { type SourceLine, sourceOf, visitRecords } from '../chunkRecords.ts'
import type { CopiedFile } from '../copiedFile.ts'
import type { PageColumns } from '../search/searchPages.ts'
import { unsearchableKey, unusableKey } from '../unusableKey.ts'
import { ComparedFiles, type MatchPhase, type NotSent } from './comparedFiles.ts'
import type { ComparisonCounts } from './comparisonCounts.ts'
import { NewRecord } from './newRecord.ts'
import type { Packs } from './packs.ts'
import { PlannedRecords, type RecordNow } from './plannedRecord.ts'
import { RecordComparison, readCells } from './recordComparison.ts'
import type { SortedRecords } from './recordSorter.ts'
import { UndoConflicts } from './undoConflict.ts'

/** What the chunks of a run that compares have in common. */
export type Comparing = {
  readonly store: RunStore
  readonly run: PlannedRun
  readonly phase: MatchPhase
  /** Whether records are sent that the org holds already as they would be written. */
  readonly sendsAll: boolean
  readonly packs: Packs
  readonly counts: ComparisonCounts
  /** Counts why records cannot be sent. */
  readonly errors: ErrorCounter
  readonly step: Step
}

/** What the org holds for the chunks that are compared at a time. */
export type Held = {
  /** The names of the key fields: the first cells of a staged record have their values. */
  readonly fields: readonly string[]
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
  const { store, run, phase, packs, step } = comparing
  const { records } = held
  const newRecord = await NewRecord.open(store, run.plan, chunk)
  const comparison = new ChunkComparison(comparing, held, chunk, newRecord)
  let row = firstRow
  try {
    const planned = phase === 'apply' ? { planned: chunkFiles(chunk.chunk, 1).plan } : {}
    await visitRecords(
      store,
      step.signal,
      { ...keyedChunkFiles(chunk.chunk), ...planned },
      {
        prepare: () => (records.at(row) === undefined ? records.upTo(row) : undefined),
        take: (bytes, start, end, source, line) =>
          comparison.take(bytes, start, end, { source, planned: line, row: row++ }),
        flush: async () => {
          await comparison.files.flush()
          await packs.flush()
        },
      },
    )
    await comparison.files.finish()
  } catch (error) {
    await comparison.files.discard()
    throw error
  }
}

const NO_LINE: SourceLine = { bytes: Buffer.alloc(0), start: 0, end: 0 }

/** Verdicts of records that the org has once. */
const WITH_ID: readonly Verdict[] = ['update', 'unchanged', 'delete']

type TakenRecord = {
  readonly source: SourceLine
  /** Its line in the plan that is applied. */
  readonly planned: SourceLine | undefined
  /** In the matches. */
  readonly row: number
}

class ChunkComparison {
  readonly files: ComparedFiles
  readonly #comparing: Comparing
  readonly #held: Held
  readonly #chunk: StagedChunk
  #source: SourceLine = NO_LINE
  readonly #comparison: RecordComparison
  readonly #planned: PlannedRecords
  /** Of an undo. */
  readonly #conflicts: UndoConflicts | undefined
  #conflict: NotSent | undefined
  readonly #sentCells: number
  readonly #keepsExisting: boolean
  readonly #fillsBlanks: boolean
  readonly #newRecord: NewRecord
  readonly #stagedCells: CellReader[] = [new CellReader()]
  readonly #heldCells: CellReader[] = [new CellReader()]

  constructor(comparing: Comparing, held: Held, chunk: StagedChunk, newRecord: NewRecord) {
    const { store, run, phase } = comparing
    this.#comparing = comparing
    this.#held = held
    this.#chunk = chunk
    this.#comparison = new RecordComparison(run.plan, chunk.operation, held.columns)
    this.#newRecord = newRecord
    this.#planned = new PlannedRecords(run.plan, chunk.operation)
    const isUndo = run.plan.undone !== undefined
    this.#conflicts = isUndo ? new UndoConflicts(run.plan, chunk.operation, held.columns) : undefined
    this.#sentCells = wireColumns(run.plan, chunk.operation).length
    this.#keepsExisting = keepsExisting(run.plan, chunk.operation)
    this.#fillsBlanks = fillsBlanks(run.plan, chunk.operation)
    this.files = new ComparedFiles({ store, run, phase, ...held }, chunk)
  }

  /** Takes the next staged record, its line end included. */
  take(bytes: Buffer, start: number, end: number, { source, planned, row }: TakenRecord): void {
    this.#source = source
    this.#conflict = undefined
    readCells(this.#stagedCells, bytes, start, end - 1)
    const verdict = this.#verdictOf(row, bytes, end)
    const stale = planned && this.#planned.staleReason(planned, this.#recordNow(verdict, row))
    if (stale !== undefined) this.#reject('rejected', stale)
    else if (verdict === 'unchanged') this.#keepUnchanged(bytes, end, row)
    else if (verdict === 'update') this.#update(bytes, end, row)
    else if (verdict === 'create') this.#create(bytes, end, row)
    else if (verdict === 'delete') this.#delete(bytes, end, row)
    else this.#reject(verdict, this.#unusable(row))
  }

  /** Compares the record with the one that the org holds. */
  #verdictOf(row: number, bytes: Buffer, end: number): Verdict {
    const found = this.#held.matches.count(row)
    const { operation } = this.#chunk
    if (found > 1) return 'ambiguous'
    if (this.#mayBeThere(row)) return 'rejected'
    // A record that an undo creates again, and that someone has restored since, would be there twice.
    if (operation === 'create' || this.#keepsExisting) return found === 0 ? this.#verdictOfNew(bytes, end) : 'unchanged'
    if (found === 0 && this.#conflicts !== undefined) return this.#verdictOfGone(operation)
    if (found === 0) return operation === 'upsert' ? this.#verdictOfNew(bytes, end) : 'rejected'
    const { records } = this.#held
    if (records.at(row) !== true) throw new RangeError(`Record ${row} of the matches has no values`)
    readCells(this.#heldCells, records.bytes, records.start, records.end)
    this.#conflict = this.#conflicts?.reason(this.#stagedCells, this.#heldCells)
    if (this.#conflict !== undefined) return 'rejected'
    if (operation === 'delete') return 'delete'
    return this.#comparison.differs(this.#stagedCells, this.#heldCells) ? 'update' : 'unchanged'
  }

  /** A record whose parent in the source is rejected is not created. */
  #verdictOfNew(bytes: Buffer, end: number): Verdict {
    const { next } = this.#stagedCells[this.#held.fields.length - 1] as CellReader
    this.#conflict = this.#newRecord.read(() => sourceOf(this.#source).row, bytes, next, end)
    return this.#conflict === undefined ? 'create' : 'rejected'
  }

  /** Whether no search shows if the org has the record, and it is to be left or filled if it has. */
  #mayBeThere(row: number): boolean {
    return (this.#keepsExisting || this.#fillsBlanks) && !this.#held.matches.isSearchable(row)
  }

  /** An undo that would delete the record has nothing left to do. */
  #verdictOfGone(operation: StagedChunk['operation']): Verdict {
    if (operation === 'delete') return 'unchanged'
    this.#conflict = UndoConflicts.gone
    return 'rejected'
  }

  #recordNow(verdict: Verdict, row: number): RecordNow {
    return { verdict, id: WITH_ID.includes(verdict) ? this.#idOf(row) : '', changes: this.#changesOf(verdict) }
  }

  #changesOf(verdict: Verdict): RecordNow['changes'] {
    switch (verdict) {
      case 'create':
        return this.#newRecord.changes
      case 'update':
        return this.#comparison.changes(this.#stagedCells, this.#heldCells)
      case 'delete':
        return this.#comparison.lost(this.#heldCells)
      case 'unchanged':
      case 'ambiguous':
      case 'rejected':
        return []
    }
  }

  #idOf(row: number): string {
    const [id = ''] = this.#held.matches.ids(row)
    return id
  }

  #delete(bytes: Buffer, end: number, row: number): void {
    this.#comparing.counts.add('delete')
    this.files.addChanged('delete', this.#source, this.#idOf(row), this.#changesOf('delete'))
    this.files.keep(this.#source, row, this.#held.records.bytes, this.#heldCells)
    this.#send(bytes, end, row)
  }

  #keepUnchanged(bytes: Buffer, end: number, row: number): void {
    const { counts } = this.#comparing
    if (this.#held.matches.count(row) === 0) {
      counts.addUnchanged(false)
      this.files.addGone(this.#source, (this.#stagedCells[0] as CellReader).text)
      return
    }
    const isSent = this.#comparing.sendsAll && !this.#keepsExisting && !this.#fillsBlanks
    counts.addUnchanged(isSent)
    this.files.addUnchanged(this.#source, row, isSent)
    if (isSent) this.#send(bytes, end, row)
  }

  #update(bytes: Buffer, end: number, row: number): void {
    const { counts } = this.#comparing
    counts.add('update')
    this.#comparison.changed(field => counts.addField(field))
    this.files.addChanged('update', this.#source, this.#idOf(row), this.#changesOf('update'))
    this.files.keep(this.#source, row, this.#held.records.bytes, this.#heldCells)
    this.#send(bytes, end, row, this.#fillsBlanks)
  }

  #create(bytes: Buffer, end: number, row: number): void {
    this.#comparing.counts.add('create')
    this.#comparing.packs.noteCreate(this.#chunk)
    this.files.addChanged('create', this.#source, '', this.#changesOf('create'))
    this.#send(bytes, end, row)
  }

  #unusable(row: number): NotSent {
    if (this.#conflict !== undefined) return this.#conflict
    const { fields, matches } = this.#held
    const values = fields.map((_, index) => (this.#stagedCells[index] as CellReader).text)
    const [{ plan }, key] = [this.#comparing.run, namedKey(fields, values)]
    return this.#mayBeThere(row) ? unsearchableKey(plan, key) : unusableKey(plan, key, matches, row)
  }

  #reject(verdict: 'rejected' | 'ambiguous', reason: NotSent): void {
    const { counts, errors } = this.#comparing
    counts.add(verdict)
    errors.add({ row: this.files.addUnusable(verdict, this.#source, reason), ...reason })
  }

  /**
   * Copies the record as it was staged, without its keys; an update or delete has the Id in place of the one that it was staged with.
   * @param isPart whether values of fields that are not blank in the org are left out
   */
  #send(bytes: Buffer, end: number, row: number, isPart = false): void {
    if (this.#comparing.phase === 'plan') return
    const keys = this.#held.fields.length
    const [key, id] = this.#stagedCells.slice(keys - 1, keys + 1) as [CellReader, CellReader]
    const pack = this.#comparing.packs.packFor(this.#chunk, end - key.next)
    const { operation } = this.#chunk
    const hasId = operation === 'update' || operation === 'delete'
    if (hasId) pack.csv.addId(this.#held.matches, row)
    const from = hasId ? id.next - 1 : key.next
    if (isPart) this.#addFilling(pack.csv, bytes, hasId ? 1 : 0)
    else if (this.#conflicts === undefined) pack.csv.add(bytes, from, end)
    else {
      // The values that the earlier run wrote follow those that are sent.
      pack.csv.add(bytes, from, (this.#stagedCells[keys - 1 + this.#sentCells] as CellReader).next - 1)
      pack.csv.addText('\n')
    }
    pack.rows.add(this.#source.bytes, this.#source.start, this.#source.end)
    pack.records += 1
  }

  /** Copies the cells that fill a blank field or find the record. The others stay blank, which leaves their fields as they are. @param first cell that is not yet there */
  #addFilling(csv: CopiedFile, bytes: Buffer, first: number): void {
    const [staged, held] = [this.#stagedCells, this.#heldCells]
    const keys = this.#held.fields.length
    for (let cell = first; cell < this.#sentCells; cell++) {
      if (cell > 0) csv.addText(',')
      const place = keys + cell
      if (this.#comparison.isLeftOut(place, staged, held)) continue
      // With the quotes around it.
      csv.add(bytes, (staged[place - 1] as CellReader).next, (staged[place] as CellReader).next - 1)
    }
    csv.addText('\n')
  }
}
