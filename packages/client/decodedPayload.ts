import type { LoadedDataConverter, Payload } from '@temporalio/common'

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
