import type { FieldValue } from './types.ts'

/** Accepts the values of a group one by one, and returns the aggregate at the end. */
export type Accumulator = { readonly add: (value: FieldValue) => void; readonly result: () => FieldValue }

function count(): Accumulator {
  let found = 0
  const add = (value: FieldValue) => {
    if (value !== null) found += 1
  }
  return { add, result: () => found }
}

function countDistinct(): Accumulator {
  const found = new Set<FieldValue>()
  const add = (value: FieldValue) => {
    if (value !== null) found.add(typeof value === 'string' ? value.toLowerCase() : value)
  }
  return { add, result: () => found.size }
}

function extreme(isBetter: (value: NonNullable<FieldValue>, best: NonNullable<FieldValue>) => boolean) {
  return () => {
    let best: FieldValue = null
    const add = (value: FieldValue) => {
      if (value !== null && (best === null || isBetter(value, best))) best = value
    }
    return { add, result: () => best }
  }
}

function total(finish: (sum: number, count: number) => number) {
  return (): Accumulator => {
    let [sum, found] = [0, 0]
    const add = (value: FieldValue) => {
      if (typeof value !== 'number') return
      sum += value
      found += 1
    }
    return { add, result: () => (found === 0 ? null : finish(sum, found)) }
  }
}

/** The aggregate functions of SOQL by name in upper case; all of them ignore empty values. */
export const accumulators: Readonly<Record<string, () => Accumulator>> = {
  COUNT: count,
  COUNT_DISTINCT: countDistinct,
  MIN: extreme((value, best) => value < best),
  MAX: extreme((value, best) => value > best),
  SUM: total(sum => sum),
  AVG: total((sum, found) => sum / found),
}
