const SLAB_BYTES = 4 * 1024 * 1024
const FIRST_ROOM = 1024

/**
 * One text per place, stored as UTF-8 outside the JavaScript heap: a million records cost the garbage collector nothing. A text that
 * changes moves to the end, and its old space stays unused.
 */
export class TextStore {
  readonly #slabs: Buffer[] = []
  #end = SLAB_BYTES
  #slabOf = new Int32Array(FIRST_ROOM)
  #startOf = new Int32Array(FIRST_ROOM)
  #bytesOf = new Int32Array(FIRST_ROOM)

  get(place: number): string {
    const start = this.#startOf[place] ?? 0
    const slab = this.#slabs[this.#slabOf[place] ?? 0]
    return slab === undefined ? '' : slab.toString('utf8', start, start + (this.#bytesOf[place] ?? 0))
  }

  set(place: number, text: string): void {
    this.#makeRoom(place + 1)
    // UTF-8 takes at most three bytes for a UTF-16 unit; only texts that might not fit are counted exactly.
    const fits = this.#end + text.length * 3 <= (this.#slabs.at(-1)?.length ?? 0)
    if (!fits) this.#beginSlabFor(Buffer.byteLength(text))
    const slab = this.#slabs.length - 1
    const bytes = this.#slabs[slab]?.write(text, this.#end, 'utf8') ?? 0
    this.#slabOf[place] = slab
    this.#startOf[place] = this.#end
    this.#bytesOf[place] = bytes
    this.#end += bytes
  }

  #beginSlabFor(bytes: number): void {
    if (this.#end + bytes <= (this.#slabs.at(-1)?.length ?? 0)) return
    this.#slabs.push(Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes)))
    this.#end = 0
  }

  #makeRoom(length: number): void {
    this.#slabOf = withRoom(this.#slabOf, length)
    this.#startOf = withRoom(this.#startOf, length)
    this.#bytesOf = withRoom(this.#bytesOf, length)
  }
}

type TypedArray = Int32Array | Float64Array | Uint8Array

/** A copy of the array with space for at least `length` elements, or the array itself when it is large enough. */
export function withRoom<A extends TypedArray>(array: A, length: number): A {
  if (length <= array.length) return array
  const grown = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2))
  grown.set(array as never)
  return grown
}
