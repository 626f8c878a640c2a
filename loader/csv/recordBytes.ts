const [LF, QUOTE] = [10, 34]

/** Consecutive records of CSV that we wrote ourselves, as bytes. */
export type RecordBytes = {
  readonly bytes: Buffer
  readonly count: number
  /** Where each record begins; the item after the last is where that one ends, its line feed included. */
  readonly starts: Uint32Array
}

/**
 * Cuts CSV that we wrote ourselves (UTF-8, line feeds, quotes doubled) into its records without parsing them, in batches that are never
 * empty. Records that are only copied need no parsing. The header is a record.
 */
export async function* csvRecordBytes(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBytes, void> {
  let rest: Uint8Array | undefined
  for await (const block of blocks) {
    const batch = cutRecords(rest === undefined ? bufferOf(block) : Buffer.concat([rest, block]))
    const end = batch.starts[batch.count] as number
    rest = end === batch.bytes.length ? undefined : batch.bytes.subarray(end)
    if (batch.count > 0) yield batch
  }
  // The last record of a file may have no line end.
  if (rest !== undefined) yield cutRecords(Buffer.concat([rest, Buffer.of(LF)]))
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

/** A shorter record is rare. */
const BYTES_PER_RECORD = 16

function cutRecords(bytes: Buffer): RecordBytes {
  const { length } = bytes
  let starts = new Uint32Array(length / BYTES_PER_RECORD + 2)
  let count = 0
  let isQuoted = false
  let quote = find(bytes, QUOTE, 0)
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
    for (; quote < end; quote = find(bytes, QUOTE, quote + 1)) isQuoted = !isQuoted
    if (isQuoted) continue
    count += 1
    if (count === starts.length) starts = doubled(starts)
    starts[count] = end + 1
  }
  return { bytes, count, starts }
}

function doubled(starts: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(starts.length * 2)
  larger.set(starts)
  return larger
}

/** Position of the byte; the length when there is none. */
function find(bytes: Buffer, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from)
  return found < 0 ? bytes.length : found
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
