import { type CellBatch, cellText } from '../csv/cells.ts'

/** The end mark of DOS, which `copy` adds to text files. */
const END_MARK = '\u001A'

const BLANK = 32
const DELETE = 127

/** Leaves out records without a value, counts them, and numbers the others without gaps. */
export async function* withoutEmptyRows(
  batches: AsyncIterable<CellBatch>,
  columns: number,
  empty: { rows: number },
): AsyncGenerator<CellBatch, void> {
  for await (const batch of batches) {
    const firstRow = batch.firstRow - empty.rows
    const kept = keptRecords(batch, columns)
    empty.rows += batch.records - kept.length
    if (kept.length === batch.records) yield { ...batch, firstRow }
    else if (kept.length > 0) yield { ...onlyThese(batch, kept), firstRow }
  }
}

/** Indexes of the records with a value. */
function keptRecords(batch: CellBatch, columns: number): readonly number[] {
  const kept: number[] = []
  for (let record = 0; record < batch.records; record++) if (!isEmpty(batch, record, columns)) kept.push(record)
  return kept
}

function isEmpty(batch: CellBatch, record: number, columns: number): boolean {
  const first = batch.firstCells[record] as number
  const end = batch.firstCells[record + 1] as number
  for (let cell = first; cell < end; cell++) if (!isBlankCell(batch, cell, end - first === 1)) return false
  // In a file of one column, "" is a record with a blank value: nothing else could say so.
  return end - first > 1 || batch.starts[first] !== batch.ends[first] || columns > 1
}

function isBlankCell(batch: CellBatch, cell: number, isAlone: boolean): boolean {
  const start = batch.starts[cell] as number
  if (start === batch.ends[cell]) return true
  const byte = batch.bytes[start] as number
  if (byte > BLANK && byte < DELETE) return false
  const value = cellText(batch, cell)
  return value.trim() === '' || (isAlone && value === END_MARK)
}

function onlyThese(batch: CellBatch, kept: readonly number[]): CellBatch {
  const { firstCells, starts, ends, marks } = batch
  const problems = new Map<number, string>()
  let cells = 0
  for (const [index, record] of kept.entries()) {
    const first = firstCells[record] as number
    const end = firstCells[record + 1] as number
    starts.copyWithin(cells, first, end)
    ends.copyWithin(cells, first, end)
    marks.copyWithin(cells, first, end)
    firstCells[index] = cells
    cells += end - first
    const problem = batch.problems.get(record)
    if (problem !== undefined) problems.set(index, problem)
  }
  firstCells[kept.length] = cells
  return { ...batch, records: kept.length, problems }
}
