import { recordId } from '../records/recordId.ts'
import type { QueryRows } from '../soql/types.ts'

const MAX_CURSORS = 100

export type Cursor = { readonly answer: QueryRows; readonly pageSize: number }

/** The rows of queries that were not fetched to their end, by locator. The oldest is removed when there are too many. */
export class QueryCursors {
  readonly #cursors = new Map<string, Cursor>()
  #opened = 0

  open(cursor: Cursor): string {
    const locator = recordId('01g', this.#opened)
    this.#opened += 1
    this.#cursors.set(locator, cursor)
    const [oldest] = this.#cursors.keys()
    if (this.#cursors.size > MAX_CURSORS && oldest !== undefined) this.#cursors.delete(oldest)
    return locator
  }

  find(locator: string): Cursor | undefined {
    return this.#cursors.get(locator)
  }
}
