import type { FieldSchema } from '../schema/types.ts'

/** Which fields a packed record holds, in which order. Records written alike share one shape. */
export type Shape = {
  readonly fields: readonly FieldSchema[]
  /** Position by the field's API name. */
  readonly positions: ReadonlyMap<string, number>
}

/** Hands out one `Shape` per list of fields. */
export const createShapes = (): ((fields: readonly FieldSchema[]) => Shape) => {
  const known = new Map<string, Shape>()
  return fields => {
    const key = fields.map(field => field.name).join()
    const found = known.get(key)
    if (found !== undefined) return found
    const shape = { fields, positions: new Map(fields.map((field, position) => [field.name, position])) }
    known.set(key, shape)
    return shape
  }
}

/** Stands between the values of a packed record; no value holds it, see `cleanText`. */
export const SEPARATOR = '\u001f'

/** The text of one value of a packed record, without taking the others apart. */
export const packedValue = (packed: string, position: number): string => {
  let from = 0
  for (let passed = 0; passed < position; passed++) from = packed.indexOf(SEPARATOR, from) + 1
  const to = packed.indexOf(SEPARATOR, from)
  return to === -1 ? packed.slice(from) : packed.slice(from, to)
}
