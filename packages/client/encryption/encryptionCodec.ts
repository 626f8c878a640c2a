// Encrypts inputs, results, summaries and failures before they leave the process for Temporal.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { DataConverter, LoadedDataConverter, Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import { type EncryptionKey, EncryptionKeyError, type KeyRing } from './keyRing.ts'

const PayloadMessage = proto.temporal.api.common.v1.Payload

/** As in Temporal's own samples, so that their codecs in other languages read it too. */
const ENCODING = 'binary/encrypted'
const CIPHER = 'aes-256-gcm'
/** Bytes before the ciphertext. */
const NONCE_BYTES = 12
/** Bytes after the ciphertext. */
const TAG_BYTES = 16

/**
 * AES-256-GCM over the whole payload, its metadata included. Written as metadata `encoding: binary/encrypted` and
 * `encryption-key-id`, data `nonce ‖ ciphertext ‖ tag`. Without keys it writes payloads unchanged, and its error for an encrypted
 * payload names the missing key. Payloads that are not encrypted are read unchanged: earlier runs continue.
 * @see https://docs.temporal.io/production-deployment/data-encryption
 */
export function encryptionCodec(keys: KeyRing): PayloadCodec {
  const [first] = keys
  return {
    encode: async payloads => (first === undefined ? payloads : payloads.map(payload => encrypt(payload, first))),
    decode: async payloads => payloads.map(payload => (isEncrypted(payload) ? decrypt(payload, keys) : payload)),
  }
}

function encrypt(payload: Payload, { id, key }: EncryptionKey): Payload {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const message = PayloadMessage.encode(payload).finish()
  const data = Buffer.concat([nonce, cipher.update(message), cipher.final(), cipher.getAuthTag()])
  return { metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(id) }, data }
}

const isEncrypted = (payload: Payload): boolean => textOf(payload, 'encoding') === ENCODING

/** Throws EncryptionKeyError when its key is missing, or the key does not decrypt it. */
function decrypt(payload: Payload, keys: KeyRing): Payload {
  const id = textOf(payload, 'encryption-key-id')
  const found = keys.find(key => key.id === id)
  if (found === undefined) throw new EncryptionKeyError(missingKeyLine(id, keys))
  const data = Buffer.from(payload.data ?? [])
  try {
    const decipher = createDecipheriv(CIPHER, found.key, data.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(data.subarray(-TAG_BYTES))
    const message = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    const { metadata, data: inner } = PayloadMessage.decode(message)
    return { metadata, data: inner }
  } catch {
    throw new EncryptionKeyError(
      `The key '${id}' of encryption.keys cannot decrypt this payload: another key of that id encrypted it. ${REMEDY}`,
    )
  }
}

const REMEDY = 'Add that key to sflink.yaml and restart this process; everything that waits for it continues'

function missingKeyLine(id: string, keys: KeyRing): string {
  const held =
    keys.length === 0
      ? 'there are no encryption.keys here'
      : `encryption.keys has only ${keys.map(key => key.id).join(', ')}`
  return `This payload is encrypted with the key '${id}', and ${held}. ${REMEDY}`
}

const textOf = ({ metadata }: Payload, name: string): string => Buffer.from(metadata?.[name] ?? []).toString('utf8')

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** The path of the converter for bundles of workflows whose payloads are encrypted. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL(`./failureConverter.${extension}`, import.meta.url))

/** The converter for Temporal's clients and workers: the first key encrypts, all keys decrypt. Without keys nothing is encrypted. */
export function dataConverterFor(keys: KeyRing): DataConverter {
  return {
    payloadCodecs: [encryptionCodec(keys)],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER_PATH }),
  }
}

/** The value in a payload that a request to the server returned as it is stored; undefined without a payload. */
export async function decodedPayload<T>(
  client: { readonly options: { readonly loadedDataConverter: LoadedDataConverter } },
  payload: Payload | null | undefined,
): Promise<T | undefined> {
  if (!payload) return undefined
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter
  let payloads = [payload]
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads)
  const [decoded] = payloads
  return decoded === undefined ? undefined : payloadConverter.fromPayload<T>(decoded)
}
