import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The content of a file. Equal contents have the same key. */
export type StoredBody = { readonly key: string; readonly md5: string; readonly bytes: number }

/** Receives one content in pieces. */
export type BodyWriter = { readonly write: (piece: Buffer) => void; readonly end: () => StoredBody }

/** A part of the spool file. */
type Extent = { readonly start: number; readonly bytes: number }

const PIECE_BYTES = 256 * 1024

function openSpool(): number {
  const directory = mkdtempSync(join(tmpdir(), 'salesforce-emulator-'))
  const spool = openSync(join(directory, 'bodies'), 'w+')
  // Without a name: the disk space is free as soon as the process ends, however it ends.
  rmSync(directory, { recursive: true })
  return spool
}

/** The key of a content, as the record stores it: its MD5 and its size. */
export function bodyOfKey(key: string): StoredBody {
  const [md5 = '', bytes = '0'] = key.split('-')
  return { key, md5, bytes: Number(bytes) }
}

/** The contents of the files of an org, in one file without a name in the temporary directory: memory holds their places only. */
export class FileBodies {
  #spool: number | undefined
  #end = 0
  readonly #extents = new Map<string, readonly Extent[]>()

  begin(): BodyWriter {
    const hash = createHash('md5')
    const extents: Extent[] = []
    let bytes = 0
    return {
      write: piece => {
        hash.update(piece)
        bytes += piece.length
        this.#append(piece, extents)
      },
      end: () => {
        const md5 = hash.digest('hex')
        const key = `${md5}-${bytes}`
        if (!this.#extents.has(key)) this.#extents.set(key, extents)
        return { key, md5, bytes }
      },
    }
  }

  add(content: Buffer): StoredBody {
    const writer = this.begin()
    writer.write(content)
    return writer.end()
  }

  /** The content in pieces. It ends early when the org is reset meanwhile. */
  *pieces(key: string): Generator<Buffer> {
    for (const { start, bytes } of this.#extents.get(key) ?? []) {
      for (let from = 0; from < bytes; from += PIECE_BYTES) {
        if (this.#spool === undefined) return
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - from))
        readSync(this.#spool, piece, 0, piece.length, start + from)
        yield piece
      }
    }
  }

  /** Frees the disk space. */
  close(): void {
    if (this.#spool !== undefined) closeSync(this.#spool)
    this.#spool = undefined
  }

  // Contents that arrive at the same time alternate in the spool.
  #append(piece: Buffer, extents: Extent[]): void {
    this.#spool ??= openSpool()
    writeSync(this.#spool, piece, 0, piece.length, this.#end)
    const last = extents.at(-1)
    if (last !== undefined && last.start + last.bytes === this.#end) {
      extents[extents.length - 1] = { start: last.start, bytes: last.bytes + piece.length }
    } else extents.push({ start: this.#end, bytes: piece.length })
    this.#end += piece.length
  }
}
