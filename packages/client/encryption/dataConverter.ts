import { fileURLToPath } from 'node:url'
import type { DataConverter, LoadedDataConverter, Payload } from '@temporalio/common'
import { encryptionCodec } from './encryptionCodec.ts'
import type { KeyRing } from './keyRing.ts'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** For bundles of workflows whose payloads are encrypted. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL(`./failureConverter.${extension}`, import.meta.url))

/** For Temporal's clients and workers: they write with the first key and read with all. Without keys nothing is encrypted. */
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
