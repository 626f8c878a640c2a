import type { Operation } from '../../packages/client/contract/operations.ts'
import { CollectedBytes, copyBytes } from '../csv/collectedBytes.ts'
import { chunkResultsText } from './chunkResults.ts'
import { ID_LENGTH, type Successes, type SuccessOutcome } from './successes.ts'

const NO_ID = '-'.repeat(ID_LENGTH)
/** In ASCII the digits follow the comma and the line feed. */
const DIGIT_0 = 48

/** Lines of a chunk's results. Those of successes differ only in row, Id and identity fields, which are copied as bytes. */
export class ResultLines extends CollectedBytes {
  readonly #afterRow: Readonly<Record<SuccessOutcome, Buffer>>
  /** Place of the Id: the outcomes before it are equally long. */
  readonly #idAt: number

  constructor(operation: Operation, timestamp: string) {
    super()
    const afterRow = (outcome: SuccessOutcome) => {
      const result = { row: 0, operation, outcome, id: NO_ID, errorCode: '', errorMessage: '', timestamp }
      return Buffer.from(chunkResultsText(result, '').slice(1, -1))
    }
    this.#afterRow = { created: afterRow('created'), updated: afterRow('updated'), deleted: afterRow('deleted') }
    this.#idAt = this.#afterRow.created.indexOf(NO_ID)
  }

  /**
   * Adds the line of a success.
   * @param records its record in a rows file, from `start` to `end`: the row number, the identity fields, and the line feed
   */
  addSuccess(records: Uint8Array, start: number, end: number, successes: Successes, index: number): void {
    const line = this.#afterRow[successes.outcome(index)]
    const bytes = this.reserve(line.length + end - start)
    let rowEnd = start
    while ((records[rowEnd] as number) >= DIGIT_0) rowEnd += 1
    const begin = copyBytes(records, start, rowEnd, bytes, this.length)
    bytes.set(line, begin)
    successes.copyId(index, bytes, begin + this.#idAt)
    this.length = copyBytes(records, rowEnd, end, bytes, begin + line.length)
  }
}
