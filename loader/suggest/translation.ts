// SQL for `sql:` of a source that writes values as a picklist has them.
import type { ColumnMatch, Proposal } from './matchColumns.ts'

/** Whether the picklist has a value for each value of the column: `Herr -> Mr.` */
export const isTranslatable = ({ fits, values }: Proposal): boolean =>
  fits === 'no' && values !== undefined && values.pairs.size > 0 && values.unknown.length === 0

/** The query for the columns whose values are translated, or could be; undefined when there are none. */
export function translationOf(matches: readonly ColumnMatch[], which: 'translated' | 'proposed'): string | undefined {
  const columns = matches.flatMap(({ facts, match, proposals }) => {
    const field = which === 'translated' ? [match].find(one => one?.translated) : proposals.find(isTranslatable)
    return field?.values === undefined ? [] : [replacement(facts.name, field.values.pairs)]
  })
  return columns.length === 0 ? undefined : `SELECT * REPLACE (${columns.join(', ')}) FROM source`
}

function replacement(column: string, pairs: ReadonlyMap<string, string>): string {
  const name = `"${column.replaceAll('"', '""')}"`
  const cases = [...pairs].map(([from, to]) => `WHEN ${text(from)} THEN ${text(to)}`)
  return `CASE ${name} ${cases.join(' ')} ELSE ${name} END AS ${name}`
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
