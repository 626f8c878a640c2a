import { CsvCutError } from './errors.ts'

const [LF, QUOTE] = [10, 34]

/** Consecutive records of CSV that we wrote ourselves, as bytes. Valid until the next batch is requested: its memory is used again. */
export type RecordBytes = {
  readonly bytes: Buffer
  readonly count: number
  /** Where each record begins; the item after the last is where that one ends, its line feed included. */
  readonly starts: Uint32Array
}

/**
 * Cuts CSV that we wrote ourselves (UTF-8, line feeds, quotes doubled) into its records without parsing them, in batches that are never
 * empty. Records that are only copied need no parsing. The header is a record. Throws CsvCutError when the file ends inside a quoted value.
 * @param source what is read, for the message
 */
export async function* csvRecordBytes(
  blocks: AsyncIterable<Uint8Array>,
  source = 'a file of the run',
): AsyncGenerator<RecordBytes, void> {
  let records = 0
  const cutter = new RecordCutter()
  for await (const block of blocks) {
    const batch = cutter.cut(block)
    records += batch.count
    if (batch.count > 0) yield batch
  }
  if (cutter.waiting === 0) return
  // The last record of a file may have no line end.
  const last = cutter.cut(LINE_END)
  if (last.count === 0) throw new CsvCutError(source, records + 1)
  yield last
}

/** Batches without their first record: a file without its header. */
export async function* withoutHeader(batches: AsyncIterable<RecordBytes>): AsyncGenerator<RecordBytes, void> {
  let isFirst = true
  for await (const batch of batches) {
    const { bytes, count, starts } = batch
    if (!isFirst) yield batch
    else if (count > 1) yield { bytes, count: count - 1, starts: starts.subarray(1) }
    isFirst = false
  }
}

/** The text of a record, without its line end. */
export function recordText({ bytes, starts }: RecordBytes, index: number): string {
  return bytes.toString('utf8', starts[index], (starts[index + 1] as number) - 1)
}

/** The number at the beginning of a record. */
export function leadingNumber(bytes: Uint8Array, start: number): number {
  let number = 0
  for (let at = start; ; at++) {
    const digit = (bytes[at] as number) - 48
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
  }
}

const LINE_END = Buffer.of(LF)
const FIRST_RECORDS = 1024

class RecordCutter {
  #memory = Buffer.alloc(0)
  /** Bytes that are no complete record yet: from `#at` to `#end`. */
  #at = 0
  #end = 0
  #starts = new Uint32Array(FIRST_RECORDS)

  get waiting(): number {
    return this.#end - this.#at
  }

  /** Appends a block, which is copied, and cuts what is complete. */
  cut(block: Uint8Array): RecordBytes {
    this.#append(block)
    const bytes = this.#memory.subarray(0, this.#end)
    this.#starts[0] = 0
    // Salesforce quotes every value: then a loop is faster than a search for each quote.
    const count = bytes.includes(QUOTE) ? this.#cutQuoted(bytes) : this.#cutPlain(bytes)
    this.#at = this.#starts[count] as number
    return { bytes, count, starts: this.#starts }
  }

  #cutPlain(bytes: Buffer): number {
    let count = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
      count += 1
      if (count === this.#starts.length) this.#growStarts()
      this.#starts[count] = end + 1
    }
    return count
  }

  #cutQuoted(bytes: Buffer): number {
    const { length } = bytes
    let count = 0
    let isQuoted = false
    for (let at = 0; at < length; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) isQuoted = !isQuoted
      else if (byte === LF && !isQuoted) {
        count += 1
        if (count === this.#starts.length) this.#growStarts()
        this.#starts[count] = at + 1
      }
    }
    return count
  }

  #append(block: Uint8Array): void {
    const rest = this.#memory.subarray(this.#at, this.#end)
    const needed = rest.length + block.length
    if (needed > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(needed + rest.length)
    this.#memory.set(rest)
    this.#memory.set(block, rest.length)
    this.#at = 0
    this.#end = needed
  }

  #growStarts(): void {
    const larger = new Uint32Array(this.#starts.length * 2)
    larger.set(this.#starts)
    this.#starts = larger
  }
}
