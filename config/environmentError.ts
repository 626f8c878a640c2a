import { LinkError } from '../packages/client/contract/linkError.ts'
/** Thrown when what the environment says can't be used. */
export class EnvironmentError extends LinkError {
  override readonly name = 'EnvironmentError' as const
  readonly kind = 'usage' as const
}
