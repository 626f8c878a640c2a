// Writes ZIP files of any number of entries below 4 GB, entry by entry, with little memory.
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

type Entry = {
  readonly name: string
  readonly offset: number
  readonly packed: number
  readonly unpacked: number
  readonly checksum: number
}

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3
const LOCAL_HEADER = 0x04034b50
const DIRECTORY_HEADER = 0x02014b50
const END = 0x06054b50
const [VERSION, DEFLATED] = [20, 8]

/** Writes the entries in their order; the texts of one entry are joined. */
export async function writeZip(
  path: string,
  entries: Iterable<readonly [name: string, texts: Iterable<string | Buffer>]>,
): Promise<void> {
  const file = await open(path, 'w')
  try {
    const written: Entry[] = []
    let offset = 0
    for (const [name, texts] of entries) {
      const entry = await writeEntry(file, name, texts, offset)
      written.push(entry)
      offset += localHeader(entry).length + entry.packed
    }
    const directory = Buffer.concat(written.map(directoryHeader))
    await file.write(Buffer.concat([directory, endOf(written.length, directory.length, offset)]), 0, null, offset)
  } finally {
    await file.close()
  }
}

async function writeEntry(
  file: FileHandle,
  name: string,
  texts: Iterable<string | Buffer>,
  offset: number,
): Promise<Entry> {
  const empty: Entry = { name, offset, packed: 0, unpacked: 0, checksum: 0 }
  const start = offset + localHeader(empty).length
  let [packed, unpacked, checksum] = [0, 0, 0]
  function* counted(): Generator<Buffer> {
    for (const text of texts) {
      const bytes = Buffer.from(text)
      unpacked += bytes.length
      checksum = crc32(bytes, checksum)
      yield bytes
    }
  }
  for await (const block of Readable.from(counted()).pipe(createDeflateRaw({ level: 1 }))) {
    await file.write(block, 0, block.length, start + packed)
    packed += block.length
  }
  const entry = { ...empty, packed, unpacked, checksum }
  const header = localHeader(entry)
  await file.write(header, 0, header.length, offset)
  return entry
}

function localHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(LOCAL_HEADER, 0)
  header.writeUInt16LE(VERSION, 4)
  writeFacts(header, 8, entry)
  return Buffer.concat([header, Buffer.from(entry.name)])
}

function directoryHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(DIRECTORY_HEADER, 0)
  header.writeUInt16LE(VERSION, 4)
  header.writeUInt16LE(VERSION, 6)
  writeFacts(header, 10, entry)
  header.writeUInt32LE(entry.offset, 42)
  return Buffer.concat([header, Buffer.from(entry.name)])
}

function writeFacts(header: Buffer, at: number, { name, packed, unpacked, checksum }: Entry): void {
  header.writeUInt16LE(DEFLATED, at)
  header.writeUInt32LE(checksum, at + 6)
  header.writeUInt32LE(packed, at + 10)
  header.writeUInt32LE(unpacked, at + 14)
  header.writeUInt16LE(Buffer.byteLength(name), at + 18)
}

function endOf(entries: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(entries, 8)
  end.writeUInt16LE(entries, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(offset, 16)
  return end
}
