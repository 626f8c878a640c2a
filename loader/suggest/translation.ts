// The mapping of a column whose values a picklist has in other words.
import type { ColumnMapping } from '../../packages/client/contract/fieldMapping.ts'
import { canonicalText } from '../values/text.ts'
import type { Proposal } from './matchColumns.ts'

/** Whether the picklist has a value for each value of the column: `Herr -> Mr.` */
export const isTranslatable = ({ fits, values }: Proposal): boolean =>
  fits === 'no' && values !== undefined && values.pairs.size > 0 && values.unknown.length === 0

/** The column, with the value of the picklist for each of its values; undefined without a translation. */
export function translatedColumn(column: string, { values: map }: Proposal): ColumnMapping | undefined {
  if (map === undefined) return undefined
  const { pairs, same, isRestricted } = map
  // A picklist that is not restricted would take any other word as a new value.
  const listed = isRestricted ? [...pairs] : [...same.map(value => [value, value] as const), ...pairs]
  const values = Object.fromEntries(listed.map(([from, to]) => [canonicalText(from), to]))
  return isRestricted ? { column, values, unlisted: 'keep' } : { column, values }
}
