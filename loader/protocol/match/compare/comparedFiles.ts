import type { Operation } from '../../../../packages/client/contract/operations.ts'
import type { Verdict } from '../../../../packages/client/contract/verdicts.ts'
import type { CellReader } from '../../../csv/cellReader.ts'
import { csvLine } from '../../../csv/ownCsv.ts'
import type { KeyMatches } from '../../../matching/keyMatches.ts'
import { keptFields } from '../../../plan/comparedFields.ts'
import { chunkResultsHeader, chunkResultsText } from '../../../results/chunkResults.ts'
import { compilePlanLine, type PlannedRecord, planHeader } from '../../../results/planLines.ts'
import { utcTimestamp } from '../../../results/resultsCsv.ts'
import type { RunStore } from '../../../storage/runStore.ts'
import { chunkFiles } from '../../layout.ts'
import type { PlannedRun } from '../../runRecords.ts'
import type { StagedChunk } from '../../staged.ts'
import type { ChildRejection } from '../../waves/childReason.ts'
import { type SourceLine, sourceOf } from '../chunkRecords.ts'
import { CopiedFile } from '../copiedFile.ts'
import type { PageColumns } from '../search/searchPages.ts'
import type { UnusableKey } from '../unusableKey.ts'
import type { StaleReason } from './plannedRecord.ts'
import { EXAMPLE, UnchangedLine } from './unchangedLine.ts'
import type { ConflictReason } from './undoConflict.ts'

/** Why a record is not sent. */
export type NotSent = UnusableKey | StaleReason | ConflictReason | ChildRejection

/** `plan`: only verdicts are written. `apply`: the records are sent that are as they were planned; the verdicts stay. */
export type MatchPhase = 'load' | 'plan' | 'apply'

type Facts = {
  readonly store: RunStore
  readonly run: PlannedRun
  readonly phase: MatchPhase
  readonly matches: KeyMatches
  readonly columns: PageColumns
  /** When the org was read, epoch milliseconds. */
  readonly at: number
}

const NO_REASON = { errorCode: '', errorMessage: '' } as const

/** What a comparison writes of a chunk beside the records that are sent: the results of the others, the verdicts, and the before-images. */
export class ComparedFiles {
  readonly #facts: Facts
  readonly #operation: Operation
  readonly #unsent: CopiedFile | undefined
  readonly #plan: CopiedFile | undefined
  readonly #before: CopiedFile | undefined
  /** Places of the fields of a before-image among the cells of the org. */
  readonly #kept: readonly number[]
  readonly #timestamp: string
  readonly #planLine: ReturnType<typeof compilePlanLine>
  readonly #unchangedResult: UnchangedLine
  readonly #unchangedPlan: UnchangedLine

  constructor(facts: Facts, { chunk, operation }: StagedChunk) {
    const { store, run, phase, columns } = facts
    const fileIf = (isWritten: boolean, path: string) => (isWritten ? new CopiedFile(store.writer(path)) : undefined)
    const { spec, plan } = run
    const files = chunkFiles(chunk, 1)
    const kept = keptFields(plan, operation)
    this.#facts = facts
    this.#operation = operation
    this.#timestamp = utcTimestamp(facts.at)
    this.#planLine = compilePlanLine(plan)
    this.#unsent = fileIf(phase !== 'plan', files.unsent)
    this.#unsent?.addText(chunkResultsHeader(plan.identityFields))
    this.#plan = fileIf(phase !== 'apply', files.plan)
    this.#plan?.addText(planHeader(plan))
    this.#before = fileIf(phase !== 'plan' && spec.undo, files.before)
    this.#before?.addText(csvLine(['row', 'Id', ...kept]))
    this.#kept = kept.map(field => (columns.values.get(field) as number) + 1)
    this.#unchangedResult = new UnchangedLine(this.#unchangedExample())
    const example: PlannedRecord = {
      ...NO_REASON,
      row: 0,
      verdict: 'unchanged',
      operation,
      id: EXAMPLE.id,
      changes: [],
    }
    this.#unchangedPlan = new UnchangedLine(this.#planLine(example, EXAMPLE.identity))
  }

  /** A record that is not sent: several records of the org have its key, or none, or the plan is not true any more. Returns its row. */
  addUnusable(verdict: Verdict, source: SourceLine, reason: NotSent): number {
    const { row, identity } = sourceOf(source)
    const facts = { row, operation: this.#operation, id: '', ...reason }
    this.#unsent?.addText(chunkResultsText({ ...facts, outcome: 'failed', timestamp: this.#timestamp }, identity))
    this.#plan?.addText(this.#planLine({ ...facts, verdict, changes: [] }, identity))
    return row
  }

  /** A record that is to be deleted, and that the org no longer has. */
  addGone(source: SourceLine, id: string): void {
    const { row, identity } = sourceOf(source)
    const facts = { ...NO_REASON, row, operation: this.#operation, id }
    this.#unsent?.addText(chunkResultsText({ ...facts, outcome: 'unchanged', timestamp: this.#timestamp }, identity))
    this.#plan?.addText(this.#planLine({ ...facts, verdict: 'unchanged', changes: [] }, identity))
  }

  addUnchanged(source: SourceLine, row: number, isSent: boolean): void {
    const { matches } = this.#facts
    const [plan, unsent] = [this.#plan, this.#unsent]
    if (plan !== undefined) this.#unchangedPlan.add(plan, source, () => plan.addId(matches, row))
    if (!isSent && unsent !== undefined) this.#unchangedResult.add(unsent, source, () => unsent.addId(matches, row))
  }

  /** A record that is sent. */
  addChanged(verdict: Verdict, source: SourceLine, id: string, changes: PlannedRecord['changes']): void {
    if (this.#plan === undefined) return
    const { row, identity } = sourceOf(source)
    this.#plan.addText(
      this.#planLine({ ...NO_REASON, row, verdict, operation: this.#operation, id, changes }, identity),
    )
  }

  /** Keeps what the org holds of a record. @param line with its cells, which follow the number of a row */
  keep(source: SourceLine, row: number, line: Buffer, held: readonly CellReader[]): void {
    const before = this.#before
    if (before === undefined) return
    before.addText(`${sourceOf(source).row},`)
    before.addId(this.#facts.matches, row)
    for (const place of this.#kept) {
      before.addText(',')
      // With the quotes around it.
      before.add(line, (held[place - 1] as CellReader).next, (held[place] as CellReader).next - 1)
    }
    before.addText('\n')
  }

  async flush(): Promise<void> {
    for (const file of this.#files()) await file.flush()
  }

  async finish(): Promise<void> {
    for (const file of this.#files()) await file.finish()
  }

  async discard(): Promise<void> {
    for (const file of this.#files()) await file.discard()
  }

  #files(): readonly CopiedFile[] {
    return [this.#unsent, this.#plan, this.#before].filter(file => file !== undefined)
  }

  #unchangedExample(): string {
    const result = { ...NO_REASON, row: 0, operation: this.#operation, outcome: 'unchanged', id: EXAMPLE.id } as const
    return chunkResultsText({ ...result, timestamp: this.#timestamp }, EXAMPLE.identity)
  }
}
