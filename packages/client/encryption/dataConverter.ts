import { fileURLToPath } from 'node:url'
import type { DataConverter } from '@temporalio/common'
import { encryptionCodec } from './encryptionCodec.ts'
import type { KeyRing } from './keyRing.ts'

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
