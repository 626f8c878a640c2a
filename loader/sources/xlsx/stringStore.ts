import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LineBuffer } from '../../csv/lineBuffer.ts'

/** Bytes of the strings that stay in memory; later ones go into a temporary file. */
const MEMORY_BYTES = 4 * 1024 * 1024

/** Strings that are stored together: a file of millions of strings needs few places and few reads. */
const PAGE_STRINGS = 16
/** A page begins with the place of the end of each string, 4 bytes each. */
const PAGE_HEADER = 4 * PAGE_STRINGS
/** Pages of the file that are kept as they were read last. */
const KEPT_PAGES = 256
/** Bytes of kept pages, if the strings are long. */
const KEPT_BYTES = 4 * 1024 * 1024

const WRITE_BYTES = 256 * 1024

/** Strings in UTF-8, found by their number. Millions of them take little memory: above a limit a temporary file has them. */
export class StringStore {
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0
  #count = 0
  /** Memory that is never touched is not used. */
  readonly #memory: Buffer
  #memoryUsed = 0
  #file: number | undefined
  #fileBytes = 0
  #waiting: Buffer[] = []
  #waitingBytes = 0
  /** Where each page begins: in the file from the size of the memory on. */
  readonly #starts: number[] = []
  readonly #page = new LineBuffer()
  #ends: number[] = []
  #kept: ({ readonly page: number; readonly bytes: Buffer } | undefined)[] = []
  #keptBytes = 0

  /** @param memoryBytes of strings that stay in memory */
  constructor(memoryBytes = MEMORY_BYTES) {
    this.#memory = Buffer.allocUnsafeSlow(memoryBytes)
  }

  get count(): number {
    return this.#count
  }

  add(string: Buffer): void {
    this.#count += 1
    this.#page.raw(string, 0, string.length)
    this.#ends.push(this.#page.length)
    if (this.#ends.length === PAGE_STRINGS) this.#endPage()
  }

  /** Ends adding. */
  finish(): void {
    if (this.#ends.length > 0) this.#endPage()
    this.#flush()
  }

  /** Finds the string with this number, which is below `count`; it lies in `bytes` from `start` to `end` until the next call. */
  find(index: number): void {
    const page = Math.floor(index / PAGE_STRINGS)
    const place = index % PAGE_STRINGS
    const start = this.#starts[page] as number
    const isInMemory = start < this.#memory.length
    const bytes = isInMemory ? this.#memory : this.#filePage(page, start - this.#memory.length)
    const header = isInMemory ? start : 0
    const text = header + PAGE_HEADER
    const from = place === 0 ? 0 : bytes.readUInt32LE(header + 4 * (place - 1))
    this.bytes = bytes
    this.start = text + from
    this.end = text + bytes.readUInt32LE(header + 4 * place)
  }

  /** Removes the temporary file. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #endPage(): void {
    const header = Buffer.alloc(PAGE_HEADER)
    for (const [place, end] of this.#ends.entries()) header.writeUInt32LE(end, 4 * place)
    const page = Buffer.concat([header, this.#page.written])
    this.#page.clear()
    this.#ends = []
    if (this.#file === undefined && this.#memoryUsed + page.length <= this.#memory.length) {
      this.#starts.push(this.#memoryUsed)
      this.#memoryUsed += page.copy(this.#memory, this.#memoryUsed)
      return
    }
    this.#file ??= openTemporary()
    this.#starts.push(this.#memory.length + this.#fileBytes)
    this.#fileBytes += page.length
    this.#waiting.push(page)
    this.#waitingBytes += page.length
    if (this.#waitingBytes >= WRITE_BYTES) this.#flush()
  }

  #flush(): void {
    if (this.#file !== undefined) writeAll(this.#file, Buffer.concat(this.#waiting))
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #filePage(page: number, position: number): Buffer {
    const slot = page % KEPT_PAGES
    const kept = this.#kept[slot]
    if (kept?.page === page) return kept.bytes
    const next = this.#starts[page + 1]
    const end = next === undefined ? this.#fileBytes : next - this.#memory.length
    const bytes = Buffer.allocUnsafe(end - position)
    readAll(this.#file as number, bytes, position)
    this.#keptBytes += bytes.length
    if (this.#keptBytes > KEPT_BYTES) {
      this.#kept = []
      this.#keptBytes = bytes.length
    }
    this.#kept[slot] = { page, bytes }
    return bytes
  }
}

/** The file has no name any more, so that nothing is left of it if the process is killed. */
function openTemporary(): number {
  const path = join(tmpdir(), `sflink-${randomUUID()}`)
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return file
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

function readAll(file: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, position + at)
    if (read === 0) throw new Error(`The temporary file ends before byte ${position + at + 1}`)
    at += read
  }
}
