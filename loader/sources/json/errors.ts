import { SourceError } from '../../csv/errors.ts'

/** Thrown when a source is not valid JSON, or its records are not where they are expected. */
export class SourceJsonError extends SourceError {
  override readonly name = 'SourceJsonError' as const
  readonly kind = 'fatal' as const

  /** @param line 1-based; undefined for a problem of the whole document */
  constructor(source: string, problem: string, line: number | undefined, advice: string) {
    const place = line === undefined ? '' : `line ${line}: `
    super(`The source ${source} can't be read as JSON: ${place}${problem}. ${advice}`, {
      kind: 'json',
      source,
      problem,
      line,
    })
  }
}

/** What to do about a problem. */
export const JSON_ADVICE = {
  check: 'Correct it there, or export it again with a program that writes valid JSON.',
  cut: 'Get the complete file again.',
  flat: 'Export it with fewer levels.',
  form:
    'Export the records as an array of objects, or as one object per line. If the array is inside the document, set records beside its uri to ' +
    'the path, such as data.contacts.',
} as const
