import { LinkError } from '../../packages/client/contract/linkError.ts'

/** What is wrong with a source, as plain facts for a log or a service. `kind` is the consequence. */
export type SourceProblem = { readonly kind: string } & Readonly<
  Record<string, string | number | readonly string[] | readonly number[] | undefined>
>

/**
 * Thrown when a source can't be read. The same source fails the same way again, so it is not retried,
 * and nothing was sent yet. The message is one line that says what, where, and what to do.
 */
export abstract class SourceError extends LinkError {
  readonly problem: SourceProblem

  constructor(message: string, problem: SourceProblem, options?: ErrorOptions) {
    super(oneLine(message), options)
    this.problem = problem
  }
}

/** Column names and URIs may hold line ends. */
const oneLine = (message: string): string =>
  message
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .join(' ')

/** Thrown when a source holds no header: nothing at all, or blank lines only. */
export class SourceEmptyError extends SourceError {
  override readonly name = 'SourceEmptyError' as const
  readonly kind = 'fatal' as const

  /** @param problem with what to do */
  constructor(source: string, problem = 'it has no header row. Export it again, with a first line of column names.') {
    super(`The source ${source} is empty: ${problem}`, { kind: 'empty', source })
  }
}

/** Thrown when a CSV ends inside a quoted value: it was cut, or a quote is missing. */
export class CsvCutError extends SourceError {
  override readonly name = 'CsvCutError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, line: number) {
    super(
      `The source ${source} ends in the middle of a quoted value that opens at line ${line}. ` +
        'Get the complete file again; if it is complete, close that quote, and double the quotes inside values.',
      { kind: 'cut', source, line },
    )
  }
}

/** Thrown when misplaced quotes hide the end of a record: records could be lost in a value. */
export class CsvQuoteError extends SourceError {
  override readonly name = 'CsvQuoteError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, line: number) {
    super(
      `The source ${source} has a quoted value at line ${line} with text after its closing quote, and it runs over the end of the line. ` +
        'Double the quotes inside the value, like "5"" tube".',
      { kind: 'quotes', source, line },
    )
  }
}

/** Thrown when no record ends for very long: a quote that is never closed, or a file without line ends. */
export class CsvRecordTooLongError extends SourceError {
  override readonly name = 'CsvRecordTooLongError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, line: number, allowed: number) {
    super(
      `The source ${source} has a record that begins at line ${line} and is longer than ${allowed} characters, the most that is allowed. ` +
        'Check whether a quote there is never closed, or the file has no line ends.',
      { kind: 'recordTooLong', source, line, allowed },
    )
  }
}

/** Thrown when a file that must be UTF-8 has other bytes. */
export class CsvEncodingError extends SourceError {
  override readonly name = 'CsvEncodingError' as const
  readonly kind = 'fatal' as const

  constructor(source: string) {
    super(`The source ${source} has bytes that are not UTF-8. Get the complete file again.`, {
      kind: 'encoding',
      source,
    })
  }
}
