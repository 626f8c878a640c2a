// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `encryption:` of sflink.yaml: the keys for payloads.
import { z } from 'zod'
import { type Problem, strictShape } from '../packages/client/contract/issues.ts'
import { type EncryptionKey, encryptionKey, type KeyRing } from '../packages/client/encryption/keyRing.ts'
import { secret, text } from './schemaWords.ts'

const id = text('a name for the key, like 2026-11; every payload contains it').regex(
  /^[\w.-]{1,64}$/,
  'is not a valid key name; use up to 64 letters, digits, dots, _ and -',
)

const KEY_EXAMPLE = '{ id: 2026-11, key: "${SFLINK_KEY}" }'

export const encryptionSchema = strictShape(
  {
    keys: z
      .array(strictShape({ id, key: secret('32 bytes in base64 (openssl rand -base64 32)') }, KEY_EXAMPLE), {
        error: `expected a list such as [${KEY_EXAMPLE}]`,
      })
      .min(1, 'is empty; give at least one key, or leave encryption out')
      .describe('The first key encrypts what Temporal stores; all keys decrypt'),
  },
  `{ keys: [${KEY_EXAMPLE}] }`,
).describe('Encrypts inputs, results, summaries and failures before they reach Temporal')

type WrittenEncryption = z.output<typeof encryptionSchema>

/** The keys and their problems. Messages contain no part of a key. */
export function readKeyRing(written: WrittenEncryption | undefined): {
  readonly keys: KeyRing
  readonly problems: readonly Problem[]
} {
  const keys: EncryptionKey[] = []
  const problems: Problem[] = []
  for (const [index, given] of (written?.keys ?? []).entries()) {
    const path = ['encryption', 'keys', index]
    if (keys.some(key => key.id === given.id)) {
      problems.push({
        path: [...path, 'id'],
        message: `"${given.id}" is the id of another key; give each key its own id`,
      })
      continue
    }
    try {
      keys.push(encryptionKey(given.id, given.key))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      problems.push({ path: [...path, 'key'], message: error.message })
    }
  }
  return { keys, problems }
}
