import type { BodyWriter, FileBodies, StoredBody } from '../records/fileBodies.ts'

/** A multipart message: its one part of JSON, and its files by the name of their part. */
export type MultipartBody = {
  readonly json: string
  readonly files: ReadonlyMap<string, StoredBody>
  /** Why the message cannot be read. */
  readonly problem: string | undefined
}

const MAX_HEADER_BYTES = 16 * 1024
const HEADERS_END = Buffer.from('\r\n\r\n')

type OpenPart = { readonly name: string; readonly json: Buffer[] | undefined; readonly file: BodyWriter | undefined }

/** A part is a file when it has a file name and is not JSON. */
function openPart(headers: string, bodies: FileBodies): OpenPart {
  const name = /^content-disposition:.*[;\s]name="?([^";\r\n]*)"?/im.exec(headers)?.[1] ?? ''
  const isJson = /^content-type:\s*application\/json/im.test(headers) || !/[;\s]filename="?/i.test(headers)
  return { name, json: isJson ? [] : undefined, file: isJson ? undefined : bodies.begin() }
}

/** Reads a multipart message piece by piece: files go to disk, and memory holds one piece. */
class MultipartReader {
  readonly #delimiter: Buffer
  readonly #bodies: FileBodies
  // The first boundary has no line end before it.
  #rest: Buffer = Buffer.from('\r\n')
  #part: OpenPart | undefined
  #state: 'part' | 'boundary' | 'headers' | 'end' = 'part'
  readonly #json: Buffer[] = []
  readonly #files = new Map<string, StoredBody>()
  #problem: string | undefined

  constructor(boundary: string, bodies: FileBodies) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
    this.#bodies = bodies
  }

  push(piece: Buffer): void {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    while (this.#problem === undefined && this.#step());
    if (this.#problem !== undefined || this.#state === 'end') this.#rest = Buffer.alloc(0)
  }

  end(): MultipartBody {
    if (this.#state !== 'end') this.#problem ??= 'the last boundary is missing'
    return { json: Buffer.concat(this.#json).toString('utf8'), files: this.#files, problem: this.#problem }
  }

  /** Reads to the next change of state. False when that needs more data. */
  #step(): boolean {
    switch (this.#state) {
      case 'part':
        return this.#readContent()
      case 'boundary':
        return this.#readBoundary()
      case 'headers':
        return this.#readHeaders()
      case 'end':
        return false
    }
  }

  #readContent(): boolean {
    const at = this.#rest.indexOf(this.#delimiter)
    const to = at === -1 ? Math.max(0, this.#rest.length - this.#delimiter.length + 1) : at
    const content = this.#rest.subarray(0, to)
    this.#part?.json?.push(content)
    this.#part?.file?.write(content)
    this.#rest = this.#rest.subarray(at === -1 ? to : at + this.#delimiter.length)
    if (at === -1) return false
    if (this.#part !== undefined) this.#closePart(this.#part)
    this.#part = undefined
    this.#state = 'boundary'
    return true
  }

  #closePart({ name, json, file }: OpenPart): void {
    if (json !== undefined && this.#json.length > 0) this.#problem = `a second part without a file: ${name}`
    this.#json.push(...(json ?? []))
    if (file !== undefined) this.#files.set(name, file.end())
  }

  #readBoundary(): boolean {
    if (this.#rest.length < 2) return false
    const isLast = this.#rest.toString('latin1', 0, 2) === '--'
    if (!isLast && this.#rest.toString('latin1', 0, 2) !== '\r\n') this.#problem = 'a boundary does not end its line'
    // The headers of a part may be none: their end is the line end of the boundary and a blank line.
    this.#state = isLast ? 'end' : 'headers'
    return true
  }

  #readHeaders(): boolean {
    const at = this.#rest.indexOf(HEADERS_END)
    if (at === -1) {
      if (this.#rest.length > MAX_HEADER_BYTES) this.#problem = 'the headers of a part do not end'
      return false
    }
    this.#part = openPart(this.#rest.toString('utf8', 0, at), this.#bodies)
    this.#rest = this.#rest.subarray(at + HEADERS_END.length)
    this.#state = 'part'
    return true
  }
}

/**
 * Reads a multipart message whose first part is JSON and whose others are files.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_insert_update_blob.htm
 */
export async function readMultipart(
  pieces: AsyncIterable<Buffer>,
  contentType: string,
  bodies: FileBodies,
): Promise<MultipartBody> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const reader = new MultipartReader(boundary?.[1] ?? boundary?.[2] ?? '', bodies)
  for await (const piece of pieces) reader.push(piece)
  const read = reader.end()
  return boundary === null ? { ...read, problem: 'no boundary' } : read
}
