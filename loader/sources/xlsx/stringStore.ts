import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes of the strings that stay in memory; later ones go into a temporary file. */
const MEMORY_BYTES = 4 * 1024 * 1024

/** Strings found together: a file of millions of strings needs few places and few reads. */
const PAGE_STRINGS = 16
/** Pages whose strings are kept as they were found last. */
const KEPT_PAGES = 64
/** Characters of kept pages, if the strings are long. */
const KEPT_CHARACTERS = 4_000_000

const WRITE_BYTES = 256 * 1024

/** No XML has this character, and no string that is added. */
const END = '\0'

/** Text that does not change, found by its number. Millions of strings take little memory: UTF-8, in a temporary file above a limit. */
export class StringStore {
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
  #page: string[] = []
  readonly #kept: ({ readonly page: number; readonly strings: readonly string[] } | undefined)[] = []
  #keptCharacters = 0

  /** @param memoryBytes of strings that stay in memory */
  constructor(memoryBytes = MEMORY_BYTES) {
    this.#memory = Buffer.allocUnsafeSlow(memoryBytes)
  }

  get count(): number {
    return this.#count
  }

  /** @param text without U+0000 */
  add(text: string): void {
    this.#count += 1
    this.#page.push(text)
    if (this.#page.length === PAGE_STRINGS) this.#endPage()
  }

  /** Ends adding. */
  finish(): void {
    if (this.#page.length > 0) this.#endPage()
    this.#flush()
  }

  /** @param index below `count` */
  get(index: number): string {
    const page = Math.floor(index / PAGE_STRINGS)
    const slot = page % KEPT_PAGES
    const kept = this.#kept[slot]
    const strings = kept?.page === page ? kept.strings : this.#readPage(page, slot)
    return strings[index % PAGE_STRINGS] as string
  }

  /** Removes the temporary file. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #endPage(): void {
    const bytes = Buffer.from(this.#page.join(END))
    this.#page = []
    if (this.#file === undefined && this.#memoryUsed + bytes.length <= this.#memory.length) {
      this.#starts.push(this.#memoryUsed)
      bytes.copy(this.#memory, this.#memoryUsed)
      this.#memoryUsed += bytes.length
      return
    }
    this.#file ??= openTemporary()
    this.#starts.push(this.#memory.length + this.#fileBytes)
    this.#fileBytes += bytes.length
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes >= WRITE_BYTES) this.#flush()
  }

  #flush(): void {
    if (this.#file !== undefined) writeAll(this.#file, Buffer.concat(this.#waiting))
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #readPage(page: number, slot: number): readonly string[] {
    const text = this.#pageBytes(page).toString()
    this.#keptCharacters += text.length
    if (this.#keptCharacters > KEPT_CHARACTERS) {
      this.#kept.length = 0
      this.#keptCharacters = text.length
    }
    const strings = text.split(END)
    this.#kept[slot] = { page, strings }
    return strings
  }

  #pageBytes(page: number): Buffer {
    const start = this.#starts[page] as number
    const inFile = start - this.#memory.length
    const next = this.#starts[page + 1]
    if (inFile < 0 || this.#file === undefined) {
      const end = next === undefined || next > this.#memoryUsed ? this.#memoryUsed : next
      return this.#memory.subarray(start, end)
    }
    const end = next === undefined ? this.#fileBytes : next - this.#memory.length
    const bytes = Buffer.allocUnsafe(end - inFile)
    readAll(this.#file, bytes, inFile)
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
