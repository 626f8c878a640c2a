// The cell of a staged record that has the content of a file: its size, and where it is, or the content itself.

/** A file as it was when its record was staged. */
export type StagedFile = {
  readonly bytes: number
  /** Equal for equal content, from the metadata of its place; has no blanks. */
  readonly version: string
  /** `file:` with an absolute path, or `s3:`. */
  readonly uri: string
}

export type StagedContent = StagedFile | { readonly bytes: number; readonly base64: string }

/** Bytes first, so that the size is read in one way. */
export const fileCell = ({ bytes, version, uri }: StagedFile): string => `${bytes} ${version} ${uri}`

const BASE64 = 'base64'

/** @param base64 without line breaks */
export const base64Cell = (base64: string): string => `${base64Bytes(base64)} ${BASE64} ${base64}`

function base64Bytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : Number(base64.endsWith('='))
  return (base64.length / 4) * 3 - padding
}

/** Throws a RangeError for a cell that has no content. */
export function readContentCell(cell: string): StagedContent {
  const [, size, version, rest] = /^(\d+) (\S+) (.+)$/s.exec(cell) ?? []
  if (size === undefined || version === undefined || rest === undefined) {
    throw new RangeError('A staged record has no content of a file')
  }
  return version === BASE64 ? { bytes: Number(size), base64: rest } : { bytes: Number(size), version, uri: rest }
}

/** The number of bytes, as text; of a text that is one already, itself. */
export const sizeInCell = (cell: string): string => cell.split(' ', 1)[0] as string

/** `contract.pdf (102,400 bytes)` */
export function shownContent(cell: string): string {
  const content = readContentCell(cell)
  const size = `${content.bytes.toLocaleString('en-US')} bytes`
  return 'uri' in content ? `${nameInUri(content.uri)} (${size})` : size
}

/** The last name of a path; keys of S3 are taken literally. */
export function nameInUri(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1)
  return uri.startsWith('file:') ? decodeURIComponent(name) : name
}

/** Without the extension, as Salesforce titles a file that is uploaded in its pages. */
export const titleOf = (name: string): string => name.replace(/(?<=.)\.[^.]*$/, '')
