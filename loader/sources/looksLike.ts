export type Lookalike = { readonly looksLike: string; readonly advice: string }

const SAVE = 'Save it as CSV (UTF-8) and load that.'
const UNPACK = 'Unpack it and load the CSV inside.'
const EXPORT = 'Export the data as CSV (UTF-8) and load that.'

/** First bytes in hexadecimal, as the formats define them. */
const BINARY_FILES: readonly (Lookalike & { readonly begins: string })[] = [
  { begins: 'd0cf11e0', looksLike: 'an old Excel workbook (.xls)', advice: SAVE },
  { begins: '1f8b', looksLike: 'a gzip archive', advice: UNPACK },
  { begins: '28b52ffd', looksLike: 'a Zstandard archive', advice: UNPACK },
  { begins: 'fd377a585a00', looksLike: 'an xz archive', advice: UNPACK },
  { begins: '377abcaf271c', looksLike: 'a 7-Zip archive', advice: UNPACK },
  { begins: hex('%PDF-'), looksLike: 'a PDF', advice: EXPORT },
  { begins: hex('PAR1'), looksLike: 'a Parquet file', advice: EXPORT },
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
  { holds: /xl\/|\[Content_Types\]/, looksLike: 'an Excel workbook', advice: SAVE },
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
  { begins: /^\s*(?:\{\s*"[^"]*"\s*:|\[\s*\{\s*"[^"]*"\s*:)/, looksLike: 'JSON', advice: EXPORT },
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
