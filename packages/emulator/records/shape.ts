import type { FieldSchema } from '../schema/types.ts'

/** The fields of a packed record, in order. Records with the same fields share one shape. */
export type Shape = {
  /** Its number among the shapes of the object. */
  readonly number: number
  readonly fields: readonly FieldSchema[]
  /** Position by the field's API name. */
  readonly positions: ReadonlyMap<string, number>
}

/** The shapes of one object: one per list of fields. */
export class Shapes {
  readonly #byNames = new Map<string, Shape>()
  readonly #byNumber: Shape[] = []

  of(fields: readonly FieldSchema[]): Shape {
    const key = fields.map(field => field.name).join()
    const known = this.#byNames.get(key)
    if (known !== undefined) return known
    const positions = new Map(fields.map((field, position) => [field.name, position]))
    const shape = { number: this.#byNumber.length, fields, positions }
    this.#byNames.set(key, shape)
    this.#byNumber.push(shape)
    return shape
  }

  numbered(number: number): Shape {
    return this.#byNumber[number] ?? this.of([])
  }
}

/** Separates the values of a packed record; no value contains it, see `cleanText`. */
export const SEPARATOR = '\u001f'

/** The text of one value of a packed record, without parsing the others. */
export function packedValue(packed: string, position: number): string {
  let from = 0
  for (let passed = 0; passed < position; passed++) from = packed.indexOf(SEPARATOR, from) + 1
  const to = packed.indexOf(SEPARATOR, from)
  return to === -1 ? packed.slice(from) : packed.slice(from, to)
}
