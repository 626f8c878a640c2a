import { SourceError } from '../../csv/errors.ts'

/** A place in a document; both count from 1. A document may be one line. */
export type JsonPlace = { readonly line: number; readonly record: number }

/** Thrown when a source is not valid JSON, or its records are not where they are expected. */
export class SourceJsonError extends SourceError {
  override readonly name = 'SourceJsonError' as const
  readonly kind = 'fatal' as const

  /** @param place undefined for a problem of the whole document */
  constructor(source: string, problem: string, at: JsonPlace | undefined, advice: string) {
    const place = at === undefined ? '' : `line ${at.line}, record ${at.record}: `
    super(`The source ${source} can't be read as JSON: ${place}${problem}. ${advice}`, {
      kind: 'json',
      source,
      problem,
      ...(at === undefined ? {} : { line: at.line, record: at.record }),
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
