import { LinkError } from '../contract/linkError.ts'
/** Thrown when a payload can't be decrypted without its key. Steps wait for the key, which makes the same payload readable. */
export class EncryptionKeyError extends LinkError {
  override readonly name = 'EncryptionKeyError' as const
  readonly kind = 'usage' as const
}
