import { LinkError } from '../../packages/client/contract/linkError.ts'

/** What is wrong with a source, as plain facts for a log or a service. `kind` tells the consequences apart. */
export type SourceProblem = { readonly kind: string } & Readonly<
  Record<string, string | number | readonly string[] | readonly number[] | undefined>
>

/**
 * Thrown when a source can't be read. The same source fails the same way again, so nobody needs to try twice,
 * and nothing was sent yet. The message is one line that says what, where, and what to do.
 */
export abstract class SourceError extends LinkError {
  readonly problem: SourceProblem

  constructor(message: string, problem: SourceProblem, options?: ErrorOptions) {
    super(message.replaceAll(/\s*[\r\n]+\s*/g, ' '), options)
    this.problem = problem
  }
}

/** Thrown when the file of a source is missing, not allowed, unreadable, or not a plain file. */
export class SourceFileError extends SourceError {
  override readonly name = 'SourceFileError' as const
  readonly kind = 'fatal' as const
}

/** Thrown when the server of a source can't be reached, or broke off: unlike all others it may pass, so it is tried again. */
export class SourceUnreachableError extends SourceError {
  override readonly name = 'SourceUnreachableError' as const
  readonly kind = 'transient' as const

  constructor(source: string, reason: string) {
    super(`The source ${source} can't be read now: ${reason}`, { kind: 'unreachable', source, reason })
  }
}

/** Thrown when a source holds no header: nothing at all, or blank lines only. */
export class SourceEmptyError extends SourceError {
  override readonly name = 'SourceEmptyError' as const
  readonly kind = 'fatal' as const

  constructor(source: string) {
    super(`The source ${source} is empty: it has no header row. Export it again, with a first line of column names.`, {
      kind: 'empty',
      source,
    })
  }
}

/** Thrown when a source is no text at all, such as an Excel workbook. */
export class SourceNotTextError extends SourceError {
  override readonly name = 'SourceNotTextError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, looksLike: string, advice: string) {
    super(`The source ${source} is not CSV text: it looks like ${looksLike}. ${advice}`, {
      kind: 'notText',
      source,
      looksLike,
    })
  }
}

export type EncodingFault = {
  /** The encoding the source was read in. */
  readonly encoding: string
  /** 0-based place of the first wrong byte in the file. */
  readonly byte: number
  /** 1-based. */
  readonly line: number
  readonly fault: string
}

/** Thrown when bytes make no text in the encoding given or detected. They are never replaced silently. */
export class SourceEncodingError extends SourceError {
  override readonly name = 'SourceEncodingError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, { encoding, byte, line, fault }: EncodingFault) {
    const other = encoding === 'utf-8' ? 'windows-1252' : 'utf-8'
    super(
      `The source ${source} can't be read as ${encoding}: at byte ${byte} (line ${line}) ${fault}. ` +
        `Save it as UTF-8, or set encoding: ${other} beside its uri if that is how it was written.`,
      { kind: 'encoding', source, encoding, byte, line, fault },
    )
  }
}

/** Thrown when a CSV ends inside a quoted value: it was cut, or a quote is missing. */
export class CsvCutError extends SourceError {
  override readonly name = 'CsvCutError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, line: number) {
    super(
      `The source ${source} ends in the middle of a quoted value that opens at line ${line}. ` +
        'Get the whole file again; if it is whole, close that quote, and double the quotes inside values.',
      { kind: 'cut', source, line },
    )
  }
}

/** Thrown when quotes are so placed that where a record ends can't be told: records could be lost in a value. */
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
        'See whether a quote there is never closed, or the file has no line ends.',
      { kind: 'recordTooLong', source, line, allowed },
    )
  }
}

/** Thrown when column names are blank or come twice, so a mapping could mean the wrong one. */
export class SourceHeaderError extends SourceError {
  override readonly name = 'SourceHeaderError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, repeated: readonly string[], blank: readonly number[]) {
    const faults = [
      ...repeated.map(name => `the column ${JSON.stringify(name)} comes more than once`),
      ...(blank.length > 0 ? [`no name stands in column ${blank.join(', ')}`] : []),
    ]
    super(
      `The header of the source ${source} can't be used: ${faults.join('; ')}. ` +
        'Give every column a name of its own, or take the column out.',
      { kind: 'header', source, repeated, blank },
    )
  }
}

/** Thrown when an option of a source or inline records are out of bounds. */
export class SourceOptionError extends SourceError {
  override readonly name = 'SourceOptionError' as const
  readonly kind = 'usage' as const
}
