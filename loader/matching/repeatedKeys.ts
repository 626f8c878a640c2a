import type { Operation } from '../../packages/client/contract/operations.ts'
import type { RejectedRow } from '../mapping/mapCells.ts'
import { HashTable } from './hashTable.ts'
import { KeyHasher } from './keyHasher.ts'

// Each part grows separately, so that growth never needs the memory of a second whole table.
const PARTS = 64

/** The keys of a source of many millions of rows, in 20 to 40 bytes each. */
export class RepeatedKeys {
  readonly #parts = Array.from({ length: PARTS }, () => new HashTable())
  readonly #hash = new KeyHasher()

  /**
   * The row that had the key first; undefined when this one is the first.
   *
   * @param key - `MappedRow.repeatKey`; must not be blank
   */
  seen(key: string, row: number): number | undefined {
    return this.#seen(this.#hash.reset().add(key).finish(), row)
  }

  /** Like `seen`, for a key in UTF-8. */
  seenBytes(key: Uint8Array, length: number, row: number): number | undefined {
    return this.#seen(this.#hash.reset().addBytes(key, 0, length).finish(), row)
  }

  #seen(hash: KeyHasher, row: number): number | undefined {
    // The table itself uses the first number of the hash.
    const part = this.#parts[hash.c % PARTS] as HashTable
    const first = part.get(hash)
    if (first !== 0) return first
    part.set(hash, row)
    return undefined
  }
}

/**
 * The rejection of a row whose key an earlier row has: parallel jobs have no order, so the winner would be random.
 *
 * @param keyField - API name; `MappedRow.keyField`
 */
export function repeatedKeyRejection(
  operation: Operation,
  keyField: string,
  key: string,
  firstRow: number,
): RejectedRow {
  const named = keyField === '' ? `Key ${key}` : `Key field: ${keyField} ${key}`
  return {
    rejected: true,
    operation,
    errorCode: 'KEY_REPEATED',
    errorMessage: `${named} is in row ${firstRow} already; leave one row per record`,
  }
}
