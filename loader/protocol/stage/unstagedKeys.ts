import { csvLine } from '../../csv/ownCsv.ts'
import type { CompiledMapping } from '../../mapping/mapping.ts'
import type { SourceMarks } from '../../mapping/sourceMarks.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import { UNSTAGED_KEYS_FILE } from '../layout.ts'

/** Rows of the source whose record is not known. */
export type UnknownRows = {
  readonly rows: number
  /** Number of the first one. */
  readonly first: number
}

/**
 * The keys of rows that go into no chunk, such as rejected ones. The source has their records too: to a run that finds missing records they
 * are not missing.
 */
export class UnstagedKeys {
  readonly #mapping: CompiledMapping
  readonly #marks: SourceMarks | undefined
  readonly #file: RunFileWriter
  #text = csvLine(['key'])
  #unknown: UnknownRows | undefined

  constructor(store: Pick<RunStore, 'writer'>, mapping: CompiledMapping, marks: SourceMarks | undefined) {
    this.#mapping = mapping
    this.#marks = marks
    this.#file = store.writer(UNSTAGED_KEYS_FILE)
  }

  /** @param isReadable whether its values can be read for certain */
  add(row: number, values: readonly string[], isReadable: boolean): void {
    const keys = isReadable ? this.#keyOf(row, values) : undefined
    if (keys !== undefined) this.#text += csvLine(keys)
    else this.#unknown = { rows: (this.#unknown?.rows ?? 0) + 1, first: this.#unknown?.first ?? row }
  }

  async flush(): Promise<void> {
    await this.#file.write(this.#text)
    this.#text = ''
  }

  /** Returns the rows without a key that can be read; undefined when every row has one. */
  async finish(): Promise<UnknownRows | undefined> {
    await this.flush()
    await this.#file.finish()
    return this.#unknown
  }

  discard(): Promise<void> {
    return this.#file.discard()
  }

  #keyOf(row: number, values: readonly string[]): readonly string[] | undefined {
    const read = this.#marks?.readKeys(row, values) ?? values
    return 'rejected' in read ? undefined : this.#mapping.keyOf(read)
  }
}
