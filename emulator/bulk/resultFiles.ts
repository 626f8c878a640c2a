import { type Random, shuffled } from '../random.ts'
import { asBulkError } from '../values/recordError.ts'
import { isRefused } from '../writes/recordWriter.ts'
import type { Column } from './columns.ts'
import type { CsvRow } from './csvReader.ts'
import { COLUMN_DELIMITERS, LINE_ENDINGS, quotedLine } from './csvText.ts'
import type { IngestJobRequest, JobResults } from './ingestJob.ts'
import type { RowOutcome } from './rowWriter.ts'

/** Rows of one batch with what became of them. */
export type WrittenRow = RowOutcome & { readonly row: CsvRow }

/** What a header looked like, and which columns the results show in which order. */
export type ResultLayout = {
  readonly names: readonly string[]
  readonly isQuoted: boolean
  /** By name instead of in the order of the upload: both are seen. */
  readonly alphabetical: boolean
}

const usedPositions = (layout: ResultLayout, rows: readonly CsvRow[]): readonly number[] =>
  layout.names.flatMap((_name, position) =>
    rows.some(({ values }) => (values[position] ?? '') !== '') ? [position] : [],
  )

const inOrder = (layout: ResultLayout, positions: readonly number[]): readonly number[] => {
  const name = (position: number) => layout.names[position] ?? ''
  return layout.alphabetical ? [...positions].sort((a, b) => (name(a) < name(b) ? -1 : 1)) : positions
}

const echoedCell = (column: Column | undefined, uploaded: string, cell: string | undefined): string => {
  if (cell === undefined || column === undefined) return ''
  return cell === '' ? uploaded : column.echo(uploaded, cell)
}

// A refused row was not read to its end: its values are read again one by one, and those that cannot be stay as they were uploaded.
const echoedAlone = (column: Column | undefined, uploaded: string): string => {
  const cell = column?.read(uploaded)
  return typeof cell === 'string' ? echoedCell(column, uploaded, cell) : uploaded
}

/** Collects what the three result files of a job will hold, batch by batch. */
export class ResultFiles {
  readonly #request: IngestJobRequest
  readonly #layout: ResultLayout
  readonly #columns: readonly Column[]
  readonly #random: Random
  readonly #successful: Buffer[] = []
  readonly #failed: Buffer[] = []
  readonly #unprocessed: Buffer[] = []
  #shown: readonly number[] | undefined

  constructor(request: IngestJobRequest, layout: ResultLayout, columns: readonly Column[], random: Random) {
    this.#request = request
    this.#layout = layout
    this.#columns = columns
    this.#random = random
  }

  /** Adds a batch. Columns without a value are left out when the whole job is one batch, since only then are they known to be unused. */
  addBatch(rows: readonly WrittenRow[], isWholeJob: boolean): void {
    if (isWholeJob)
      this.#shown = inOrder(
        this.#layout,
        usedPositions(
          this.#layout,
          rows.map(({ row }) => row),
        ),
      )
    const successful: string[] = []
    const failed: string[] = []
    for (const { row, cells, outcome } of rows) {
      if (isRefused(outcome)) failed.push(this.#failedLine(row, outcome))
      else successful.push(this.#successfulLine(row, cells, outcome.id, outcome.created))
    }
    this.#add(this.#successful, successful)
    this.#add(this.#failed, failed)
  }

  addUnprocessed(rows: readonly CsvRow[]): void {
    const { delimiter } = this.#form()
    this.#add(
      this.#unprocessed,
      rows.map(({ values }) =>
        quotedLine(
          this.#positions().map(position => values[position] ?? ''),
          delimiter,
        ),
      ),
    )
  }

  finish(): JobResults {
    const { delimiter, lineEnd } = this.#form()
    const names = this.#positions().map(position => this.#layout.names[position] ?? '')
    const shownNames = this.#layout.isQuoted ? names.map(name => quotedLine([name], delimiter)) : names
    const file = (ownColumns: readonly string[], batches: readonly Buffer[]) => [
      Buffer.from([...ownColumns, ...shownNames].join(delimiter) + lineEnd),
      ...shuffled(batches, this.#random),
    ]
    return {
      successful: file(['"sf__Id"', '"sf__Created"'], this.#successful),
      failed: file(['"sf__Id"', '"sf__Error"'], this.#failed),
      unprocessed: file([], this.#unprocessed),
    }
  }

  #successfulLine(row: CsvRow, cells: RowOutcome['cells'], id: string, created: boolean): string {
    const line = [id, created ? 'true' : 'false']
    for (const position of this.#positions()) {
      line.push(echoedCell(this.#columns[position], row.values[position] ?? '', cells[position]))
    }
    return quotedLine(line, this.#form().delimiter)
  }

  #failedLine(row: CsvRow, error: Parameters<typeof asBulkError>[0]): string {
    const idAt = this.#columns.findIndex(({ field }) => field.type === 'id')
    const id = idAt === -1 ? '' : (row.values[idAt] ?? '')
    const values = this.#positions().map(position => echoedAlone(this.#columns[position], row.values[position] ?? ''))
    return quotedLine([id, asBulkError(error), ...values], this.#form().delimiter)
  }

  #positions(): readonly number[] {
    this.#shown ??= inOrder(
      this.#layout,
      this.#layout.names.map((_name, position) => position),
    )
    return this.#shown
  }

  #form() {
    return {
      delimiter: COLUMN_DELIMITERS[this.#request.columnDelimiter],
      lineEnd: LINE_ENDINGS[this.#request.lineEnding],
    }
  }

  #add(file: Buffer[], lines: readonly string[]): void {
    if (lines.length === 0) return
    const { lineEnd } = this.#form()
    file.push(Buffer.from(shuffled(lines, this.#random).join(lineEnd) + lineEnd))
  }
}
