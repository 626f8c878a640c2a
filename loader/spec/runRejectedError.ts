import { LinkError } from '../../packages/client/contract/linkError.ts'
/** Thrown when a load can't be done as it was asked for. Nothing has been sent, or nothing more is. */
export class RunRejectedError extends LinkError {
  override readonly name = 'RunRejectedError' as const
  readonly kind = 'usage' as const
  readonly problems: readonly string[]

  /** @param what the thing rejected, e.g. `Sync nightly-contacts` @param problems one sentence each, with what to do */
  constructor(what: string, problems: readonly string[]) {
    super(
      problems.length === 1 ? `${what}: ${problems[0]}` : `${what}: ${problems.length} problems\n${listed(problems)}`,
    )
    this.problems = problems
  }
}

/** Problems shown at once; Temporal cuts failures off at 4 KiB. */
export const SHOWN_PROBLEMS = 12

function listed(problems: readonly string[]): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(problem => `- ${problem}`)
  if (problems.length > SHOWN_PROBLEMS) shown.push(`- and ${problems.length - SHOWN_PROBLEMS} more`)
  return shown.join('\n')
}
