// Keys for payloads, as the configuration writes them.
import { z } from 'zod'
import { type EncryptionKey, encryptionKey, type KeyRing } from '../packages/client/encryption/keyRing.ts'
import type { ConfigPath } from './problems.ts'
import { closed, secret, text } from './schemaWords.ts'

const id = text('a name for the key, like 2026-11; it travels with every payload').regex(
  /^[\w.-]{1,64}$/,
  'is no name for a key; use up to 64 letters, digits, dots, _ and -',
)

export const encryptionSchema = closed({
  keys: z
    .array(closed({ id, key: secret('32 bytes in base64 (openssl rand -base64 32)') }))
    .min(1, 'is empty; give at least one key, or leave encryption out')
    .describe('The first key encrypts what Temporal keeps; all of them decrypt'),
}).describe('Encrypts inputs, results, summaries and failures before they reach Temporal')

type WrittenEncryption = z.output<typeof encryptionSchema>

type EncryptionFault = { readonly path: ConfigPath; readonly message: string }

/** The keys, and what is wrong with them. Messages hold nothing of a key. */
export function readKeyRing(written: WrittenEncryption | undefined): {
  readonly keys: KeyRing
  readonly faults: readonly EncryptionFault[]
} {
  const keys: EncryptionKey[] = []
  const faults: EncryptionFault[] = []
  for (const [index, given] of (written?.keys ?? []).entries()) {
    const path = ['encryption', 'keys', index]
    if (keys.some(key => key.id === given.id)) {
      faults.push({ path: [...path, 'id'], message: `'${given.id}' names another key already; give each its own id` })
      continue
    }
    try {
      keys.push(encryptionKey(given.id, given.key))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      faults.push({ path: [...path, 'key'], message: error.message })
    }
  }
  return { keys, faults }
}
