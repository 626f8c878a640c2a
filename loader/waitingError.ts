import { LinkError } from '../packages/client/contract/linkError.ts'

/** Thrown when what a step waits for (a job, a source, an answer) is not there yet. The step runs again after `retryAfter`. */
export class WaitingError extends LinkError {
  override readonly name: string = 'WaitingError'
  readonly kind = 'waiting' as const
  override readonly retryAfter: number

  /** @param retryAfter milliseconds */
  constructor(message: string, retryAfter: number) {
    super(message)
    this.retryAfter = Math.max(1, retryAfter)
  }
}
