import fc from 'fast-check'
import iconv from 'iconv-lite'
import { recordValues } from '../../../loader/csv/cells.ts'
import type { SourceReader } from '../../../loader/sources/sourceReader.ts'
import type { Encoding } from '../../../packages/client/contract/encodings.ts'

export const LINE_ENDS = ['\n', '\r\n', '\r'] as const
type LineEnd = (typeof LINE_ENDS)[number]
/** Those whose text is mixed at random; the others are tested by examples. */
export const RANDOM_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export const DELIMITERS = [',', ';', '\t', '|'] as const

export type Style = {
  readonly delimiter: string
  readonly lineEnd: LineEnd
  readonly encoding: Encoding
  readonly mark: boolean
  readonly quoteAll: boolean
  readonly lastLineEnd: boolean
}

export function written(table: readonly (readonly string[])[], style: Style): Buffer {
  const lines = table.map(row => row.map(value => quoted(value, row.length, style)).join(style.delimiter))
  const text = lines.join(style.lineEnd) + (style.lastLineEnd ? style.lineEnd : '')
  return encoded(style.mark ? `\uFEFF${text}` : text, style.encoding)
}

/** Standard quoting; a blank value alone on its line is quoted, because the line would be empty otherwise. */
function quoted(value: string, columns: number, { delimiter, quoteAll }: Style): string {
  const needed = value.includes(delimiter) || /["\r\n]/.test(value) || (columns === 1 && value === '')
  return needed || quoteAll ? `"${value.replaceAll('"', '""')}"` : value
}

export function encoded(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, encoding, { addBOM: false })
}

/** Cuts bytes at the given offsets, which wrap around. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

export async function* streamed(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) yield piece
}

export function streamOf(text: string): AsyncGenerator<Uint8Array, void> {
  return streamed([Buffer.from(text)])
}

export async function allRows(reader: SourceReader): Promise<string[][]> {
  const rows: string[][] = []
  for await (const batch of reader.batches) {
    if (batch.firstRow !== rows.length + 1) throw new Error(`Batch begins at ${batch.firstRow} after ${rows.length}`)
    for (let record = 0; record < batch.records; record++) rows.push(recordValues(batch, record))
  }
  return rows
}

const AWKWARD = ['"', '""', ',', ';', '\t', '|', '\n', '\r\n', '\r', ' ', 'é', '€', '”', 'Ã', 'a', '', '#', '\\']
const WIDE = ['😀', '日本', '\u2028', 'e\u0301', '👩‍👩‍👧']

/** Values of windows-1252, or of all of Unicode. */
export function valueFor(encoding: Encoding): fc.Arbitrary<string> {
  const awkward = encoding === 'windows-1252' ? AWKWARD : [...AWKWARD, ...WIDE]
  const joined = fc.array(fc.constantFrom(...awkward), { maxLength: 6 }).map(parts => parts.join(''))
  const any = fc.string({ unit: encoding === 'windows-1252' ? 'grapheme-ascii' : 'grapheme', maxLength: 12 })
  // A file with zero bytes is treated as binary.
  return fc.oneof(joined, any).map(value => value.replaceAll('\0', ''))
}

export function tableFor(encoding: Encoding): fc.Arbitrary<string[][]> {
  return fc
    .integer({ min: 1, max: 6 })
    .chain(columns =>
      fc.array(fc.array(valueFor(encoding), { minLength: columns, maxLength: columns }), { maxLength: 12 }),
    )
}
