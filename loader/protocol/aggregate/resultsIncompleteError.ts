import { LinkError } from '../../../packages/client/contract/linkError.ts'

/** Thrown when the lines of a run don't add up to its source: a bug that must fail the run. */
export class ResultsIncompleteError extends LinkError {
  override readonly name = 'ResultsIncompleteError' as const
  readonly kind = 'fatal' as const
  readonly runId: string

  constructor(runId: string, what: string) {
    super(
      `The results of run ${runId} don't add up to its source: ${what}. Its chunks and their results are kept in the run store; ` +
        'please report this with the names and sizes of the files there.',
    )
    this.runId = runId
  }
}
