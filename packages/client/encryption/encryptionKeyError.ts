import { LinkError } from '../contract/linkError.ts'
/** Thrown when a payload can't be read for want of its key. The right key makes the same payload readable, so it is worth waiting for. */
export class EncryptionKeyError extends LinkError {
  override readonly name = 'EncryptionKeyError' as const
  readonly kind = 'usage' as const
}
