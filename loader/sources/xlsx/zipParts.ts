import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { lookalike } from '../encoding.ts'
import { broken, WorkbookError } from './errors.ts'

/** Parts of a workbook; a large one has some hundred. */
const MOST_PARTS = 10_000

const BLOCK_BYTES = 64 * 1024

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.4.5 */
const [STORED, DEFLATED] = [0, 8]

export type ZipLimits = {
  /** Unpacked bytes of one part. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

/** The parts of a workbook, by name. Nothing is ever written under their names. */
export class ZipParts {
  readonly #source: string
  readonly #zip: ZipFile
  readonly #entries = new Map<string, Entry>()
  readonly #limits: ZipLimits

  private constructor(source: string, zip: ZipFile, limits: ZipLimits) {
    this.#source = source
    this.#zip = zip
    this.#limits = limits
  }

  /** Throws WorkbookError when the file is not a ZIP file, is cut or encrypted. */
  static async open(source: string, path: string, limits: ZipLimits): Promise<ZipParts> {
    await checkBeginning(source, path)
    const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
      throw broken(source, messageOf(error))
    })
    const parts = new ZipParts(source, zip, limits)
    try {
      await parts.#readDirectory()
    } catch (error) {
      zip.close()
      throw error
    }
    return parts
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** @param name in any letter case, without a slash in front */
  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /**
   * The unpacked bytes of a part, in blocks. Their number and checksum are those that the directory of the file has: Excel writes it last.
   * Throws WorkbookError.
   */
  async *read(name: string, maxBytes = this.#limits.maxBytes): AsyncGenerator<Buffer, void> {
    const entry = this.#entries.get(name.toLowerCase())
    if (entry === undefined) throw broken(this.#source, `it has no part ${name}`)
    const most = Math.min(maxBytes, this.#limits.maxBytes)
    if (entry.uncompressedSize > most) throw this.#tooLarge(name, most)
    let bytes = 0
    let checksum = 0
    for await (const block of this.#unpacked(entry)) {
      this.#limits.signal?.throwIfAborted()
      bytes += block.length
      if (bytes > entry.uncompressedSize) throw broken(this.#source, `${name} is longer than its directory says`)
      checksum = crc32(block, checksum)
      yield block
    }
    if (bytes !== entry.uncompressedSize || checksum !== entry.crc32) {
      throw broken(this.#source, `the checksum of ${name} does not fit its bytes`)
    }
  }

  close(): void {
    this.#zip.close()
  }

  async #readDirectory(): Promise<void> {
    try {
      for await (const entry of this.#zip.eachEntry()) {
        if (this.#entries.size === MOST_PARTS) throw broken(this.#source, `it has more than ${MOST_PARTS} parts`)
        this.#checkEntry(entry)
        this.#entries.set(entry.fileName.toLowerCase(), entry)
      }
    } catch (error) {
      throw error instanceof WorkbookError ? error : broken(this.#source, messageOf(error))
    }
  }

  #checkEntry(entry: Entry): void {
    const { fileName, compressionMethod } = entry
    if (entry.isEncrypted()) throw passwordProtected(this.#source, 'it is a ZIP file with a password')
    if (this.#entries.has(fileName.toLowerCase())) throw broken(this.#source, `it has the part ${fileName} twice`)
    if (compressionMethod === STORED || compressionMethod === DEFLATED) return
    throw broken(this.#source, `${fileName} is packed by the method ${compressionMethod}, which Excel does not use`)
  }

  async *#unpacked(entry: Entry): AsyncGenerator<Buffer, void> {
    try {
      const packed = await this.#zip.openReadStreamPromise(entry, { decodeFileData: false })
      const isStored = entry.compressionMethod === STORED
      // An error of the file ends the unpacked stream too.
      const stream = isStored ? packed : pipeline(packed, createInflateRaw({ chunkSize: BLOCK_BYTES }), () => undefined)
      yield* stream as AsyncIterable<Buffer>
    } catch (error) {
      throw broken(this.#source, `${entry.fileName}: ${messageOf(error)}`)
    }
  }

  #tooLarge(name: string, maxBytes: number): WorkbookError {
    const problem = `${name} has more than ${maxBytes} bytes unpacked, the most that is allowed`
    const advice = 'Split the workbook, or raise maxSourceBytes in sflink.yaml.'
    return new WorkbookError(this.#source, 'tooLarge', problem, advice)
  }
}

const SAMPLE_BYTES = 4096
const ZIP = '504b0304'
/** Compound File Binary: old workbooks, and the envelope of encrypted ones. */
const COMPOUND_FILE = 'd0cf11e0'

async function checkBeginning(source: string, path: string): Promise<void> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0)
    const begin = buffer.toString('hex', 0, 4)
    if (begin === ZIP) return
    if (begin === COMPOUND_FILE)
      throw passwordProtected(source, 'it is protected by a password, or an old workbook (.xls)')
    throw notWorkbook(source, buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

const passwordProtected = (source: string, problem: string): WorkbookError =>
  new WorkbookError(source, 'protected', problem, 'Save it in Excel as .xlsx without a password.')

function notWorkbook(source: string, sample: Buffer): WorkbookError {
  if (sample.length === 0) return broken(source, 'the file is empty')
  const looksLike = lookalike(sample)?.looksLike
  const isText = looksLike === undefined && !sample.includes(0)
  const problem = isText ? 'it is text' : `it looks like ${looksLike ?? 'a binary file of another kind'}`
  const advice = isText ? 'If it is CSV, set format: csv beside its uri.' : 'Save it in Excel as .xlsx.'
  return new WorkbookError(source, 'notWorkbook', problem, advice)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
