import type { SourceLine } from '../chunkRecords.ts'
import type { CopiedFile } from '../copiedFile.ts'

/** Takes the place of an Id, and of the identity fields, in the line of an example. */
export const EXAMPLE = { id: '<id>', identity: ',<identity>' } as const

/**
 * A line that is the same for each unchanged record but for its row, its Id and its identity fields, copied as bytes: in most nights nearly all
 * records are unchanged.
 */
export class UnchangedLine {
  readonly #beforeId: Buffer
  readonly #beforeIdentity: Buffer
  readonly #end: Buffer

  /** @param example the line of row 0 with `EXAMPLE` */
  constructor(example: string) {
    const [head = '', rest = ''] = example.split(EXAMPLE.id)
    const [middle = '', tail = ''] = rest.split(EXAMPLE.identity)
    this.#beforeId = Buffer.from(head.slice('0'.length))
    this.#beforeIdentity = Buffer.from(middle)
    this.#end = Buffer.from(tail)
  }

  /** @param source at the line `row,<identity fields>` @param addId adds the Id to the file */
  add(file: CopiedFile, { bytes, start, end }: SourceLine, addId: () => void): void {
    let comma = start
    while (comma < end - 1 && bytes[comma] !== COMMA) comma++
    file.add(bytes, start, comma)
    file.add(this.#beforeId, 0, this.#beforeId.length)
    addId()
    file.add(this.#beforeIdentity, 0, this.#beforeIdentity.length)
    file.add(bytes, comma, end - 1)
    file.add(this.#end, 0, this.#end.length)
  }
}

const COMMA = 44
