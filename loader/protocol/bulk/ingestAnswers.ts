import type { Operation } from '../../../packages/client/contract/operations.ts'
import { type CellBatch, cellText } from '../../csv/cells.ts'
import { isSuccess } from '../../results/chunkResults.ts'
import {
  failedAnswer,
  type IngestColumns,
  inDoubtAnswer,
  outcomeOf,
  parseSfError,
  succeededAnswer,
} from '../../results/recordAnswer.ts'
import { Successes } from '../../results/successes.ts'
import type { IngestJob } from '../../salesforce/salesforceConnection.ts'
import type { RowAnswer } from '../settleAttempt.ts'

/** Error messages of a job whose data is wrong as a whole: sent again, it fails the same way. */
const WRONG_DATA = /^(InvalidBatch|ClientInputError|InvalidJob|FeatureNotEnabled|InvalidUser)/

/** The answers for the rows of one ingest job, by their place in the chunk. */
export class IngestAnswers {
  readonly #job: IngestJob
  readonly #operation: Operation
  readonly #sent: number
  readonly #unprocessedAnswer: RowAnswer
  readonly successes: Successes
  readonly #others = new Map<number, RowAnswer>()
  /** Answers that match no row. Of more answers than rows, only their number matters. */
  readonly #stray: RowAnswer[] = []
  /** Records that the job processed and whose answer is known. */
  #processed = 0
  #isComplete = false
  #leavesDoubt = false

  /**
   * @param sent records of the job
   * @param unprocessed the answer for a record that the job did not process
   */
  constructor(job: IngestJob, operation: Operation, sent: number, unprocessed: RowAnswer) {
    this.#job = job
    this.#operation = operation
    this.#sent = sent
    this.#unprocessedAnswer = unprocessed
    this.successes = new Successes(sent)
  }

  /** Whether every row had an answer of its own, and every answer its row. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /**
   * Adds a result of the job.
   * @param index place of its row; undefined when no row fits
   * @param record the result's place in the batch
   */
  addResult(index: number | undefined, columns: IngestColumns, results: CellBatch, record: number): void {
    const first = results.firstCells[record] as number
    if (columns.kind === 'unprocessed') {
      this.#add(index, this.#unprocessed())
      return
    }
    if (index !== undefined) this.#processed += 1
    if (columns.kind === 'failed') {
      this.#add(index, failedAnswer(parseSfError(cellText(results, first + columns.error))))
      return
    }
    const id = first + columns.id
    const outcome = outcomeOf(this.#operation, isTrue(results, first + columns.created))
    const [start, end] = [results.starts[id] as number, results.ends[id] as number]
    const isAdded = index !== undefined && this.successes.add(index, outcome, results.bytes, start, end)
    if (!isAdded) this.#add(index, succeededAnswer(cellText(results, id), outcome))
  }

  #add(index: number | undefined, answer: RowAnswer): void {
    if (index === undefined) this.#stray.push(answer)
    else this.#others.set(index, answer)
  }

  /** Whether an answer belongs to no row, or a row without an answer of its own is not settled by the job's counts. */
  get leavesDoubt(): boolean {
    return this.#leavesDoubt
  }

  /**
   * After the last result: settles the remaining rows, which no result named.
   * @param isWhole whether the results are all that the job has
   */
  close(left: readonly number[], isWhole: boolean): void {
    this.#isComplete = left.length === 0 && this.#stray.length === 0
    this.#leavesDoubt = this.#stray.length > 0
    if (left.length === 0) return
    const answer = this.#forTheRest(left.length, isWhole)
    this.#leavesDoubt ||= answer !== 'unprocessed' && answer.outcome === 'in_doubt'
    for (const index of left) this.#others.set(index, answer)
  }

  at(index: number): RowAnswer {
    const { successes } = this
    if (successes.has(index)) return succeededAnswer(successes.id(index), successes.outcome(index))
    return this.#others.get(index) ?? inDoubtAnswer(`Salesforce gave no result for this record (job ${this.#job.id})`)
  }

  #unprocessed(): RowAnswer {
    const { state, errorMessage = '' } = this.#job
    if (state !== 'Failed' || !WRONG_DATA.test(errorMessage)) return this.#unprocessedAnswer
    return failedAnswer({ code: 'JOB_FAILED', message: errorMessage })
  }

  /** The answer for rows without a result of their own. */
  #forTheRest(rows: number, isWhole: boolean): RowAnswer {
    const { id, state, numberRecordsProcessed } = this.#job
    // All records that the job processed before it ended have answers, so it did not process the rest.
    if (numberRecordsProcessed === this.#processed && this.#stray.length === 0 && state !== 'JobComplete') {
      return this.#unprocessed()
    }
    const [stray] = this.#stray
    if (
      isWhole &&
      stray !== undefined &&
      this.#stray.length === rows &&
      this.#stray.every(other => isSameSuccess(stray, other))
    ) {
      // All of them were written, whichever result belongs to which row.
      return stray === 'unprocessed' ? stray : { ...stray, id: '' }
    }
    return inDoubtAnswer(
      `Job ${id} accepted ${this.#sent} records and processed ${numberRecordsProcessed}, and its results do not show the outcome of this one; ` +
        'check the org before you load it again',
    )
  }
}

function isSameSuccess(one: RowAnswer, other: RowAnswer): boolean {
  if (one === 'unprocessed' || other === 'unprocessed') return one === other
  return one.outcome === other.outcome && isSuccess(one)
}

const TRUE = Buffer.from('true')
/** Differs between a capital and a small letter of ASCII. */
const CASE_BIT = 32

/** Whether the cell is `true`, in any letter case. */
function isTrue({ bytes, starts, ends }: CellBatch, cell: number): boolean {
  const start = starts[cell] as number
  if ((ends[cell] as number) - start !== TRUE.length) return false
  for (let i = 0; i < TRUE.length; i++) if (((bytes[start + i] as number) | CASE_BIT) !== TRUE[i]) return false
  return true
}
