// Columns in which SFDMU joins several fields: `Account.$$Name$Type` has `Acme;Customer`.
// https://help.sfdmu.com/examples/csv-import-export

/** A column with the values of several fields, and the columns into which SQL splits it. */
export type Composite = {
  readonly column: string
  /** `Account`, `Invoice__r`; for a key of the record itself the name of its object. */
  readonly owner: string
  readonly fields: readonly string[]
  readonly parts: readonly string[]
}

const FORM = /^(\w+)\.\$\$(\w+(?:\.\w+)?(?:\$\w+(?:\.\w+)?)+)$/

/** @param object whose own key has columns of the names of its fields */
export function compositesOf(header: readonly string[], object: string): readonly Composite[] {
  return header.flatMap(column => {
    const [, owner = '', joined] = FORM.exec(column) ?? []
    if (joined === undefined) return []
    const fields = joined.split('$')
    const isOwn = owner.toLowerCase() === object.toLowerCase()
    return [{ column, owner, fields, parts: fields.map(field => (isOwn ? field : `${owner}.${field}`)) }]
  })
}

/**
 * A query that adds the parts of composite columns. A value with another number of parts stays whole in the first one and blank in the
 * others, so that its record is rejected.
 */
export function splittingSql(composites: readonly Composite[]): string | undefined {
  if (composites.length === 0) return undefined
  const columns = composites.flatMap(({ column, parts }) =>
    parts.map((part, index) => {
      const whole = identifier(column)
      const fits = `len(string_split(${whole}, ';')) = ${parts.length}`
      const otherwise = index === 0 ? ` ELSE ${whole}` : ''
      return `CASE WHEN ${fits} THEN split_part(${whole}, ';', ${index + 1})${otherwise} END AS ${identifier(part)}`
    }),
  )
  return `SELECT *, ${columns.join(', ')} FROM source`
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
