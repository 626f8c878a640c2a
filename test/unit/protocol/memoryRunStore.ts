import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { RunFileMissingError } from '../../../loader/storage/errors.ts'
import type { RunFileWriter, RunStore } from '../../../loader/storage/runStore.ts'
import type { SimulatedWorker } from './simulatedWorker.ts'

/** Small, so that records are cut between blocks. */
const BLOCK_BYTES = 61

/** Files by path. They outlive the worker. */
export type Files = Map<string, string>

/** A run store in memory, as one worker sees it. Each write is one effect of the worker. */
export function memoryRunStore(files: Files, worker: SimulatedWorker): RunStore {
  const put = (path: string, content: string) => worker.effect(() => void files.set(path, content))
  const text = async (path: string) => {
    worker.throwIfKilled()
    return files.get(path)
  }
  return {
    location: 'memory:run',
    async write(path, content) {
      const whole = typeof content === 'string' ? content : await textOf(content)
      await put(path, whole)
      return bytesOf(whole).length
    },
    writer: path => memoryWriter(whole => put(path, whole)),
    writeOnce: (path, content) =>
      worker.effect(() => {
        if (files.has(path)) return false
        files.set(path, content)
        return true
      }),
    readText: text,
    async read(path) {
      const content = await text(path)
      if (content === undefined) throw new RunFileMissingError('memory:run', path)
      return Readable.from([bytesOf(content)])
    },
    async *blocks(path) {
      const content = await text(path)
      if (content === undefined) throw new RunFileMissingError('memory:run', path)
      // The same memory for each block, as in a file.
      const whole = bytesOf(content)
      const memory = Buffer.alloc(BLOCK_BYTES)
      for (let at = 0; at < whole.length; at += BLOCK_BYTES) {
        const bytes = whole.copy(memory, 0, at)
        yield memory.subarray(0, bytes)
        memory.fill(0)
      }
    },
    async part(path, from, bytes) {
      const content = await text(path)
      return content === undefined ? undefined : bytesOf(content).subarray(from, from + bytes)
    },
    async size(path) {
      const content = await text(path)
      return content === undefined ? undefined : bytesOf(content).length
    },
    async list(folder) {
      worker.throwIfKilled()
      return [...files.keys()].filter(path => folder === '' || path.startsWith(`${folder}/`)).toSorted()
    },
    remove: path => worker.effect(() => void files.delete(path)),
  }
}

function memoryWriter(finish: (content: string) => Promise<void>): RunFileWriter {
  const pieces: (string | Uint8Array)[] = []
  return {
    get bytes() {
      return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
    },
    async write(piece) {
      const place = pieces.push(piece) - 1
      if (typeof piece === 'string') return
      // Bytes are read later than the call, as a disk reads them: only then may the caller use their memory again.
      for (let turn = 0; turn < 20; turn += 1) await undefined
      pieces[place] = Buffer.from(piece)
    },
    finish: () => finish(asText(Buffer.concat(pieces.map(piece => Buffer.from(piece))))),
    discard: async () => undefined,
  }
}

async function textOf(content: AsyncIterable<string | Uint8Array>): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of content) pieces.push(Buffer.from(piece))
  return asText(Buffer.concat(pieces))
}

const asText = (whole: Buffer): string => (isUtf8(whole) ? whole.toString() : NOT_UTF8 + whole.toString('latin1'))

/** Begins the content of a file that is not UTF-8; its bytes follow as characters. */
const NOT_UTF8 = '\0latin1:'

function bytesOf(content: string): Buffer {
  return content.startsWith(NOT_UTF8) ? Buffer.from(content.slice(NOT_UTF8.length), 'latin1') : Buffer.from(content)
}
