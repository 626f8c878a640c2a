import { type Random, shuffled } from '../random.ts'
import { asBulkError } from '../values/recordError.ts'
import { isRejected } from '../writes/recordWriter.ts'
import type { Column } from './columns.ts'
import type { CsvRow } from './csvReader.ts'
import { COLUMN_DELIMITERS, LINE_ENDINGS, quotedLine } from './csvText.ts'
import type { IngestJobRequest, JobResults } from './ingestJob.ts'
import type { WrittenRow } from './rowWriter.ts'

// The results of up to this many rows omit columns without values; a larger job shows all columns.
const MAX_HELD_ROWS = 2_000

/** The form of the header, and the columns of the results in their order. */
export type ResultLayout = {
  readonly names: readonly string[]
  readonly isQuoted: boolean
  /** By name instead of in the order of the upload: real orgs use both. */
  readonly alphabetical: boolean
  /** Whether the rows are in a random order, instead of the one in which they were written. */
  readonly mixed: boolean
}

function usedPositions(layout: ResultLayout, rows: readonly CsvRow[]): readonly number[] {
  return layout.names.flatMap((_name, position) =>
    rows.some(({ values }) => (values[position] ?? '') !== '') ? [position] : [],
  )
}

function inOrder(layout: ResultLayout, positions: readonly number[]): readonly number[] {
  const name = (position: number) => layout.names[position] ?? ''
  return layout.alphabetical ? [...positions].sort((a, b) => (name(a) < name(b) ? -1 : 1)) : positions
}

function echoedCell(column: Column | undefined, uploaded: string, cell: string | undefined): string {
  if (cell === undefined || column === undefined) return ''
  return cell === '' ? uploaded : column.echo(uploaded, cell)
}

// A rejected row was not read to its end: its values are read again separately, and unreadable ones are shown as uploaded.
function echoedAlone(column: Column | undefined, uploaded: string): string {
  const cell = column?.read(uploaded)
  return typeof cell === 'string' ? echoedCell(column, uploaded, cell) : uploaded
}

/** Collects the three result files of a job. The random numbers decide the order of rows. */
export class ResultFiles {
  readonly #request: IngestJobRequest
  readonly #layout: ResultLayout
  readonly #columns: readonly Column[]
  readonly #random: Random
  readonly #successful: Buffer[] = []
  readonly #failed: Buffer[] = []
  readonly #unprocessed: Buffer[] = []
  #held: WrittenRow[] = []
  #heldUnprocessed: CsvRow[] = []
  #shown: readonly number[] | undefined

  constructor(request: IngestJobRequest, layout: ResultLayout, columns: readonly Column[], random: Random) {
    this.#request = request
    this.#layout = layout
    this.#columns = columns
    this.#random = random
  }

  addWritten(rows: readonly WrittenRow[]): void {
    this.#held.push(...rows)
    this.#showWhenMany()
  }

  addUnprocessed(rows: readonly CsvRow[]): void {
    this.#heldUnprocessed.push(...rows)
    this.#showWhenMany()
  }

  /** The files. Small jobs omit columns without a value. */
  finish(): JobResults {
    if (this.#shown === undefined) {
      this.#show(usedPositions(this.#layout, [...this.#held.map(({ row }) => row), ...this.#heldUnprocessed]))
    }
    const { delimiter, lineEnd } = this.#form()
    const names = (this.#shown ?? []).map(position => this.#layout.names[position] ?? '')
    const shownNames = this.#layout.isQuoted ? names.map(name => quotedLine([name], delimiter)) : names
    const file = (ownColumns: readonly string[], pieces: readonly Buffer[]) => [
      Buffer.from([...ownColumns, ...shownNames].join(delimiter) + lineEnd),
      ...this.#ordered(pieces),
    ]
    return {
      successful: file(['"sf__Id"', '"sf__Created"'], this.#successful),
      failed: file(['"sf__Id"', '"sf__Error"'], this.#failed),
      unprocessed: file([], this.#unprocessed),
    }
  }

  #showWhenMany(): void {
    if (this.#shown !== undefined) this.#renderHeld()
    else if (this.#held.length + this.#heldUnprocessed.length > MAX_HELD_ROWS) {
      this.#show(this.#layout.names.map((_name, position) => position))
    }
  }

  /** Fixes the columns to show, and renders the rows that waited for it. */
  #show(positions: readonly number[]): void {
    this.#shown = inOrder(this.#layout, positions)
    this.#renderHeld()
  }

  #renderHeld(): void {
    this.#render(this.#held)
    this.#renderUnprocessed(this.#heldUnprocessed)
    this.#held = []
    this.#heldUnprocessed = []
  }

  #render(rows: readonly WrittenRow[]): void {
    const successful: string[] = []
    const failed: string[] = []
    for (const { row, cells, outcome } of rows) {
      if (isRejected(outcome)) failed.push(this.#failedLine(row, outcome))
      else successful.push(this.#successfulLine(row, cells, outcome.id, outcome.created))
    }
    this.#add(this.#successful, successful)
    this.#add(this.#failed, failed)
  }

  #renderUnprocessed(rows: readonly CsvRow[]): void {
    const { delimiter } = this.#form()
    const lines = rows.map(({ values }) =>
      quotedLine(
        this.#positions().map(position => values[position] ?? ''),
        delimiter,
      ),
    )
    this.#add(this.#unprocessed, lines)
  }

  #successfulLine(row: CsvRow, cells: WrittenRow['cells'], id: string, created: boolean): string {
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
    return this.#shown ?? []
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
    file.push(Buffer.from(this.#ordered(lines).join(lineEnd) + lineEnd))
  }

  #ordered<T>(items: readonly T[]): readonly T[] {
    return this.#layout.mixed ? shuffled(items, this.#random) : items
  }
}
