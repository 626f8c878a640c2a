import { CsvReader, type CsvRow } from './csvReader.ts'
import type { IngestJobRequest } from './ingestJob.ts'

const MAX_HEADER_CHARACTERS = 32_000

/** The first line of an upload: its names, and their original text. */
export type Header = { readonly names: readonly string[]; readonly text: string }

/** The rows of an upload, the header first. Removes each piece when it is read, to free its memory. */
export async function* rowsOf(pieces: Buffer[], delimiter: string): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const reader = new CsvReader(delimiter)
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    yield reader.push(decoder.decode(piece, { stream: true }))
  }
  yield reader.push(decoder.decode())
  yield reader.end()
}

/** The first line with its end. */
export function firstLine(pieces: readonly Buffer[]): string {
  let text = ''
  for (const piece of pieces) {
    text += piece.toString('utf8')
    const end = text.indexOf('\n')
    if (end !== -1) return text.slice(0, end + 1)
  }
  return text
}

/** The job's `errorMessage` when its header is invalid. */
export function wrongHeader({ lineEnding }: IngestJobRequest, header: Header): string | undefined {
  const given = header.text.endsWith('\r\n') ? 'CRLF' : 'LF'
  if (header.text.endsWith('\n') && given !== lineEnding) {
    return `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`
  }
  if (header.text.length > MAX_HEADER_CHARACTERS) {
    return `ClientInputError : The header has more than ${MAX_HEADER_CHARACTERS} characters`
  }
  return undefined
}
