import type { ExternalSource } from '../../packages/client/contract/sourceSpec.ts'
import { MAX_COLUMNS } from '../csv/csvScanner.ts'
import { shownNames, visibleName } from './columnNames.ts'
import type { RejectedRow } from './mapCells.ts'

/** How the rows of a source compare with its header. */
export type RowShape = {
  /** @default 'reject' */
  readonly shortRows?: ExternalSource['shortRows']
  /** For messages; absent for a source that is not CSV text. */
  readonly delimiter?: string
}

/**
 * Compiles the check that a row has as many values as the header has names: a row that is too long or too short may be shifted
 * or cut. A row that is the header again comes from joined files. Returns the row, filled up where that is allowed.
 */
export function compileRowShape(
  header: readonly string[],
  { shortRows = 'reject', delimiter }: RowShape,
): (row: readonly string[]) => readonly string[] | RejectedRow {
  const { length } = header
  const named = header.findLastIndex(name => name !== '') + 1
  const blanks = header.map(() => '')
  const separated = delimiter === undefined ? '' : ` (the delimiter is ${JSON.stringify(delimiter)})`
  const count = `the header has ${length} column${length === 1 ? '' : 's'}`
  const tooMany =
    delimiter === undefined
      ? 'give each column a name in the header, or remove the values behind the last one'
      : 'put a value that contains the delimiter into quotes'
  const isHeader = compileIsHeader(header)
  return row => {
    if (isHeader(row)) return ragged('Row is the header again, as in files that were joined; remove it')
    if (row.length === length && named === length) return row
    if (row.length > length) {
      const values = row.length > MAX_COLUMNS ? `more than ${MAX_COLUMNS}` : row.length
      return ragged(`Row has ${values} values, ${count}${separated}; ${tooMany}`)
    }
    const unnamed = row.findIndex((value, index) => index >= named && value.trim() !== '')
    if (unnamed >= 0)
      return ragged(`Row has a value in column ${unnamed + 1}, which has no name in the header${separated}`)
    if (row.length >= named || shortRows === 'fill') return [...row, ...blanks.slice(row.length)]
    const lacking = shownNames(header.slice(row.length, named))
    return ragged(
      `Row has ${row.length} value${row.length === 1 ? '' : 's'}, ${count}${separated}; it lacks ${lacking}: ` +
        'complete it, or set shortRows: fill beside the uri of the source if such values are blank',
    )
  }
}

function compileIsHeader(header: readonly string[]): (row: readonly string[]) => boolean {
  const last = header.length - 1
  // The last name decides for nearly every row; the first may have a byte order mark.
  return row =>
    row.length === header.length &&
    row[last]?.trim() === header[last] &&
    header.every((name, index) => visibleName(row[index] ?? '') === visibleName(name))
}

const ragged = (errorMessage: string): RejectedRow => ({
  rejected: true,
  operation: '',
  errorCode: 'RAGGED_ROW',
  errorMessage,
})
