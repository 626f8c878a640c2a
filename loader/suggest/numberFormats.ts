// How the numbers of a source are written, as far as its values show.
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'

/** A comma, or a point, that only decimals can follow. */
const DECIMALS: Readonly<Record<',' | '.', RegExp>> = {
  ',': /(^|\D)\d{1,3}([. ']\d{3})+,\d+(\D*)$|^\D*\d+,(\d{1,2}|\d{4,})\D*$|^\D*(0|\d{4,}),\d+\D*$/,
  '.': /(^|\D)\d{1,3}([, ']\d{3})+\.\d+(\D*)$|^\D*\d+\.(\d{1,2}|\d{4,})\D*$|^\D*(0|\d{4,})\.\d+\D*$/,
}

/** Digits that are grouped, or have three decimals. */
const TWO_READINGS = /^\D*[1-9]\d{0,2}[.,]\d{3}\D*$/

/** Groups by one mark, twice: it can be no decimal mark. */
const GROUPS: Readonly<Record<',' | '.', RegExp>> = { ',': /\d,\d{3},\d{3}/, '.': /\d\.\d{3}\.\d{3}/ }

export type NumberMarks = Pick<ValueFormats, 'decimalSeparator' | 'groupSeparator'>

export type NumberDecision = NumberMarks & {
  /** Why no mark was chosen, with a value that has two readings. */
  readonly undecided?: { readonly value: string; readonly why: 'two readings' | 'both marks' }
}

/** @param values of all columns with numbers */
export function decideNumbers(values: readonly string[]): NumberDecision {
  const comma = values.find(value => DECIMALS[','].test(value) || GROUPS['.'].test(value))
  const point = values.find(value => DECIMALS['.'].test(value) || GROUPS[','].test(value))
  if (comma !== undefined && point !== undefined) return { undecided: { value: comma, why: 'both marks' } }
  const unclear = values.find(value => TWO_READINGS.test(value))
  if (comma !== undefined) return marks(',', '.', values)
  if (unclear === undefined) return {}
  return point === undefined ? { undecided: { value: unclear, why: 'two readings' } } : marks('.', ',', values)
}

/** The other mark groups digits, which a sync has to declare if a value has no other mark. */
function marks(decimalSeparator: '.' | ',', group: '.' | ',', values: readonly string[]): NumberMarks {
  const isGrouped = values.some(value => TWO_READINGS.test(value) && value.includes(group))
  return { decimalSeparator, ...(isGrouped ? { groupSeparator: group } : {}) }
}

/** How one column is written: as it shows itself, else as the rest of the source. */
export function marksOf(values: readonly string[], rest: NumberDecision): NumberMarks {
  const { undecided, ...own } = decideNumbers(values)
  if (undecided?.why !== 'two readings' || rest.decimalSeparator === undefined) return own
  const { decimalSeparator } = rest
  return marks(decimalSeparator, decimalSeparator === ',' ? '.' : ',', values)
}
