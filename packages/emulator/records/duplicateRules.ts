import type { Table } from './table.ts'

/** A duplicate rule with its matching rule: two records with equal fields are duplicates. */
export type DuplicateRuleDeclaration = {
  /** API name of the object. */
  readonly object: string
  /** Fields that are all equal, in any letter case. A record in which one of them is blank has no duplicates. */
  readonly fields: readonly string[]
  /** `block`: a duplicate is always rejected. `alert`: it is saved when the request allows that. */
  readonly action: 'block' | 'alert'
  /** @default `Standard_Contact_Duplicate_Rule`, by the object */
  readonly name?: string
  /** @default 'Use one of these records?' */
  readonly message?: string
}

/** The duplicates of a record by one rule. */
export type Duplicates = { readonly rule: DuplicateRuleDeclaration; readonly places: readonly number[] }

/** A record before it is written. */
type Write = {
  /** Undefined for a new record. */
  readonly place: number | undefined
  /** The value after the write. */
  readonly cellOf: (fieldName: string) => string
  /** The first record of the same transaction: records of one transaction are not compared with each other. */
  readonly newFrom: number
}

/** The active duplicate rules of an org. */
export class DuplicateRules {
  #rules: DuplicateRuleDeclaration[] = []

  add(rule: DuplicateRuleDeclaration): void {
    this.#rules.push(rule)
  }

  clear(): void {
    this.#rules = []
  }

  list(): readonly DuplicateRuleDeclaration[] {
    return this.#rules
  }

  /** The duplicates of a record by the first rule that finds some. An update is compared when it changes a field of the rule. */
  find(table: Table, write: Write): Duplicates | undefined {
    for (const rule of this.#rules) {
      if (rule.object.toLowerCase() !== table.schema.name.toLowerCase()) continue
      const places = duplicatesBy(rule, table, write)
      if (places.length > 0) return { rule, places }
    }
    return undefined
  }
}

function duplicatesBy(
  { fields }: DuplicateRuleDeclaration,
  table: Table,
  { place, cellOf, newFrom }: Write,
): readonly number[] {
  const values = fields.map(name => [name, cellOf(name)] as const)
  const [first] = values
  const field = table.schema.fieldsByName.get(first?.[0].toLowerCase() ?? '')
  if (first === undefined || field === undefined || values.some(([, value]) => value === '')) return []
  const isSame = (other: number, [name, value]: readonly [string, string]) =>
    table.text(other, name).toLowerCase() === value.toLowerCase()
  if (place !== undefined && values.every(value => isSame(place, value))) return []
  return table
    .placesWith(field, first[1])
    .filter(
      other => other !== place && other < newFrom && table.isLive(other) && values.every(value => isSame(other, value)),
    )
}
