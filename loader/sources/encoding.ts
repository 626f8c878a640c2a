import { isAscii, isUtf8 } from 'node:buffer'
import type { Encoding } from '../../packages/client/contract/encodings.ts'
import { incompleteUtf8, sequenceLength } from '../csv/utf8.ts'

const BYTE_ORDER_MARKS: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Share of byte pairs with one zero byte above which text is UTF-16: ASCII letters are such pairs. */
const UTF16_ZERO_SHARE = 0.7
/** The same share for text in other scripts, where only line ends and delimiters are such pairs. */
const UTF16_ZERO_SHARE_OTHER_SCRIPTS = 0.02

/** Encodings whose characters may have several bytes: a position in the text is not a position in the bytes. */
export const MULTI_BYTE: ReadonlySet<Encoding> = new Set<Encoding>([
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'gbk',
  'gb18030',
  'big5',
  'euc-kr',
])

/**
 * The actual encoding when the bytes contradict the given one: UTF-16 without a zero byte, or UTF-8 letters in an encoding of one byte for each
 * character, in which hardly any text has such bytes only.
 */
export function conflictingEncoding(sample: Uint8Array, given: Encoding): Encoding | undefined {
  const whole = sample.subarray(0, sample.length - incompleteUtf8(sample))
  if (given === 'utf-8' || MULTI_BYTE.has(given) || !isUtf8(whole)) return undefined
  const contradicts = given.startsWith('utf-16') ? !sample.includes(0) : !isAscii(whole)
  return contradicts ? 'utf-8' : undefined
}

/** The encoding of the byte order mark; undefined without one. */
export const markedEncoding = (sample: Uint8Array): Encoding | undefined =>
  BYTE_ORDER_MARKS.find(({ bytes }) => bytes.every((byte, index) => sample[index] === byte))?.encoding

/** In UTF-16 the letters, delimiters and line ends of ASCII have a zero byte, always on the same side. */
export function utf16ByZeroBytes(sample: Uint8Array): Encoding | undefined {
  const zeros = [0, 0]
  const even = sample.length - (sample.length % 2)
  for (let index = 0; index < even; index++) {
    if (sample[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  }
  const [first = 0, second = 0] = zeros
  const share = looksLikeUtf8(sample) ? UTF16_ZERO_SHARE : UTF16_ZERO_SHARE_OTHER_SCRIPTS
  const enough = (even / 2) * share
  if (second > enough && first < second / 20) return 'utf-16le'
  if (first > enough && second < first / 20) return 'utf-16be'
  return undefined
}

/** Whether the sample is UTF-8 without control characters, which other scripts have for half of each letter in UTF-16. */
function looksLikeUtf8(sample: Uint8Array): boolean {
  const isControl = (byte: number) => (byte > 0 && byte < 9) || (byte > 13 && byte < 32)
  return isUtf8(sample.subarray(0, sample.length - incompleteUtf8(sample))) && !sample.some(isControl)
}

export type Utf8Census = {
  /** Valid characters of two or more bytes. */
  readonly valid: number
  /** Bytes that belong to no character. */
  readonly invalid: number
  /** Position of the first of them; -1 without one. */
  readonly firstInvalid: number
}

/** Counts valid and invalid characters of UTF-8. Slow: only for the block that decides. */
export function censusOfUtf8(bytes: Uint8Array): Utf8Census {
  let valid = 0
  let invalid = 0
  let firstInvalid = -1
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0)
    const right = length === 1 || (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)))
    if (right && length > 1) valid += 1
    if (!right) {
      invalid += 1
      if (firstInvalid < 0) firstInvalid = at
    }
    at += right ? length : 1
  }
  return { valid, invalid, firstInvalid }
}

type Lookalike = { readonly looksLike: string; readonly advice: string }

const SAVE = 'Save it as CSV (UTF-8) and load that.'
const UNPACK = 'Unpack it and load the CSV inside.'
const EXPORT = 'Export the data as CSV (UTF-8) and load that.'

/** First bytes in hexadecimal, as the formats define them. */
const BINARY_FILES: readonly (Lookalike & { readonly begins: string })[] = [
  {
    begins: 'd0cf11e0',
    looksLike: 'an old Excel workbook (.xls)',
    advice: 'Save it in Excel as .xlsx without a password.',
  },
  { begins: '1f8b', looksLike: 'a gzip archive', advice: UNPACK },
  { begins: '28b52ffd', looksLike: 'a Zstandard archive', advice: UNPACK },
  { begins: 'fd377a585a00', looksLike: 'an xz archive', advice: UNPACK },
  { begins: '377abcaf271c', looksLike: 'a 7-Zip archive', advice: UNPACK },
  { begins: hex('%PDF-'), looksLike: 'a PDF', advice: EXPORT },
  { begins: hex('PAR1'), looksLike: 'a Parquet file', advice: 'Set format: parquet beside its uri.' },
  { begins: hex('SQLite format 3'), looksLike: 'an SQLite database', advice: EXPORT },
  { begins: hex('{\\rtf'), looksLike: 'a rich text document', advice: SAVE },
  { begins: '89504e47', looksLike: 'a picture', advice: EXPORT },
  { begins: 'ffd8ff', looksLike: 'a picture', advice: EXPORT },
  { begins: 'fffe0000', looksLike: 'UTF-32 text', advice: SAVE },
  { begins: '0000feff', looksLike: 'UTF-32 text', advice: SAVE },
]

const ZIP = '504b0304'

/** The names of the files in a ZIP file show its format. */
const ZIP_FILES: readonly (Lookalike & { readonly holds: RegExp })[] = [
  { holds: /xl\/|\[Content_Types\]/, looksLike: 'an Excel workbook', advice: 'Set format: xlsx beside its uri.' },
  { holds: /vnd\.oasis/, looksLike: 'an OpenDocument spreadsheet', advice: SAVE },
  { holds: /(?:)/, looksLike: 'a ZIP archive', advice: UNPACK },
]

const TEXT_FILES: readonly (Lookalike & { readonly begins: RegExp })[] = [
  {
    begins: /^\s*<(?:!doctype html|html[\s>])/i,
    looksLike: 'a web page',
    advice: 'The export may have returned a login page: export it again as CSV.',
  },
  { begins: /^\s*<\?xml\s/, looksLike: 'XML', advice: EXPORT },
  {
    begins: /^\s*(?:\{\s*"[^"]*"\s*:|\[\s*\{\s*"[^"]*"\s*:)/,
    looksLike: 'JSON',
    advice: 'Set format: json beside its uri.',
  },
]

/** Bytes examined: enough for the first names in a ZIP file. */
const SAMPLE_BYTES = 4096

/** The format of a file that is often mistaken for a CSV, by its first bytes; undefined when the bytes may be a CSV. */
export function lookalike(sample: Uint8Array): Lookalike | undefined {
  const begin = Buffer.from(sample.subarray(0, SAMPLE_BYTES))
  const text = begin.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  if (begin.toString('hex', 0, 4) === ZIP) return ZIP_FILES.find(({ holds }) => holds.test(text))
  const bytes = begin.toString('hex', 0, 16)
  const binary = BINARY_FILES.find(({ begins }) => bytes.startsWith(begins))
  return binary ?? TEXT_FILES.find(({ begins }) => begins.test(text))
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}
