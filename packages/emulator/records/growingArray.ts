type TypedArray = Int32Array | Float64Array | Uint8Array

/** A copy of the array with space for at least `length` elements, or the array itself when it is large enough. */
export function withRoom<A extends TypedArray>(array: A, length: number): A {
  if (length <= array.length) return array
  const grown = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2))
  grown.set(array as never)
  return grown
}
