import type { OpenedSource, SourceRecord } from '../../packages/client/contract/syncSpec.ts'
import { readCsv } from './csv.ts'
import { inlineRecordsAsCsv, readInlineSource } from './inlineSource.ts'
import { schemeOf } from './sourceBytes.ts'
import type { SourcePlaces } from './sourcePlaces.ts'
import type { SourceReader } from './sourceReader.ts'

export type { SourceReader } from './sourceReader.ts'

export type SourceOpening = SourcePlaces & {
  /**
   * Gets the bytes of the source as they are read, in order, and is waited for: for a copy of its own. Once all batches
   * were read, it had all bytes. Inline records come as CSV: UTF-8, commas.
   */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>
}

/** Opens a source and reads its header. Throws a SourceError when it can't be used. */
export async function openSource(source: OpenedSource, opening: SourceOpening): Promise<SourceReader> {
  const { onBytes } = opening
  if ('inline' in source) return await openInline(source.inline, onBytes)
  const { description, stream } = await schemeOf(source.uri).open(source.uri, opening)
  const { delimiter, encoding } = source
  return await readCsv(onBytes ? tee(stream(), onBytes) : stream(), { description, delimiter, encoding })
}

async function openInline(records: readonly SourceRecord[], onBytes: SourceOpening['onBytes']): Promise<SourceReader> {
  const reader = readInlineSource(records)
  await onBytes?.(Buffer.from(inlineRecordsAsCsv(records)))
  return reader
}

async function* tee(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (bytes: Uint8Array) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of bytes) {
    await onBytes(chunk)
    yield chunk
  }
}
