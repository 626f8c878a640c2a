import { SourceError } from '../../csv/errors.ts'
import type { QueryOutcome } from './queryRequest.ts'

type FailedQuery = Extract<QueryOutcome, { readonly problem: string }>

const WHAT: Readonly<Record<FailedQuery['problem'], (source: string) => string>> = {
  package: source => `The source ${source} can't be read`,
  file: source => `The source ${source} can't be read as Parquet`,
  sql: source => `The sql of the source ${source} can't be executed`,
}

/** Thrown when DuckDB can't read a file or execute the SQL of a source, or is not installed. */
export class SourceQueryError extends SourceError {
  override readonly name = 'SourceQueryError' as const
  readonly kind = 'fatal' as const

  constructor(source: string, { problem, message, advice }: FailedQuery) {
    super(`${WHAT[problem](source)}: ${message}. ${advice}`, { kind: problem, source, problem: message })
  }
}
