import { randomUUID } from 'node:crypto'
import type { KeyList } from '../../matching/repeatedKeys.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { listedKeysFile } from '../layout.ts'

/** The lists of keys that one attempt to stage a source writes. Each has a file of its own: two workers hash keys differently. */
export class ListedKeys {
  readonly #store: RunStore
  readonly #lists = new Map<string, RunFileWriter>()

  constructor(store: RunStore) {
    this.#store = store
  }

  readonly newList = (): KeyList => {
    const path = listedKeysFile(randomUUID())
    const writer = this.#store.writer(path)
    this.#lists.set(path, writer)
    return { write: bytes => writer.write(bytes), read: () => this.#read(path, writer) }
  }

  async *#read(path: string, writer: RunFileWriter): AsyncGenerator<Uint8Array, void> {
    await writer.finish()
    yield* this.#store.blocks(path)
  }

  /** Removes the files. */
  async remove(): Promise<void> {
    for (const [path, writer] of this.#lists) {
      await writer.discard()
      await this.#store.remove(path)
    }
    this.#lists.clear()
  }
}
