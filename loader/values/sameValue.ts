import type { FieldDescribe } from '../salesforce/describe.ts'
import { formEnd } from './comparedBytes.ts'
import { compileComparisonKey, compileLookupKey } from './fieldValue.ts'
import { compileSpelling } from './picklist.ts'

/** A value as bytes of UTF-8, without quotes around it or doubled ones in it. */
export type ValueBytes = { readonly bytes: Buffer; readonly start: number; readonly end: number }

/**
 * Compiles whether a value that would be sent and one that the org gave are the same to the org: by their bytes where those decide,
 * otherwise in the form in which results are compared too. A value of a picklist is the one that the org would store.
 * @param isLookup whether the value finds a parent: then letter case counts only if the field says so
 */
export function compileSameValue(
  field: FieldDescribe,
  isLookup: boolean,
): (one: ValueBytes, other: ValueBytes) => boolean {
  const keyOf = compileKey(field, isLookup)
  const endOf = formEnd(field.type)
  return (one, other) => {
    if (areSame(one, one.end, other, other.end)) return true
    if (endOf !== undefined) {
      const [oneEnd, otherEnd] = [endOf(one), endOf(other)]
      if (oneEnd >= 0 && otherEnd >= 0) return areSame(one, oneEnd, other, otherEnd)
    }
    return keyOf(textOf(one)) === keyOf(textOf(other))
  }
}

function compileKey(field: FieldDescribe, isLookup: boolean): (text: string) => string {
  if (isLookup) return compileLookupKey(field)
  const keyOf = compileComparisonKey(field)
  const spell = compileSpelling(field)
  return spell === undefined ? keyOf : text => spell(keyOf(text))
}

const textOf = ({ bytes, start, end }: ValueBytes): string => bytes.toString('utf8', start, end)

function areSame(one: ValueBytes, oneEnd: number, other: ValueBytes, otherEnd: number): boolean {
  const length = oneEnd - one.start
  if (otherEnd - other.start !== length) return false
  const [from, to] = [one.bytes, other.bytes]
  for (let at = 0; at < length; at++) if (from[one.start + at] !== to[other.start + at]) return false
  return true
}
