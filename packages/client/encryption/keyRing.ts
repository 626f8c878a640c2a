// Keys for payloads: the first one encrypts, all of them decrypt, so that a new one can be put in front of an old one.
import { createSecretKey, type KeyObject } from 'node:crypto'
import { LinkError } from '../contract/linkError.ts'

/** Inspecting or printing it shows no key. */
export type EncryptionKey = {
  /** Travels in plain text with every payload that the key encrypts. */
  readonly id: string
  readonly key: KeyObject
}

export type KeyRing = readonly EncryptionKey[]

/** AES-256. */
const KEY_BYTES = 32

/**
 * A key from its text, 32 bytes in base64 or as 64 hexadecimal digits.
 * Throws RangeError when the text is neither; its message holds nothing of the text.
 */
export function encryptionKey(id: string, text: string): EncryptionKey {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (bytes.length !== KEY_BYTES) {
    throw new RangeError(
      `the key '${id}' has ${bytes.length} bytes and must have ${KEY_BYTES}, in base64; make one: openssl rand -base64 32`,
    )
  }
  return { id, key: createSecretKey(bytes) }
}

/** Thrown when a payload can't be decrypted without its key. Steps wait for the key, which makes the same payload readable. */
export class EncryptionKeyError extends LinkError {
  override readonly name = 'EncryptionKeyError' as const
  readonly kind = 'usage' as const
}
