// How existing records are found, and what is done to them.
import type { Operation } from '../../packages/client/contract/operations.ts'
import { OPERATIONS } from '../../packages/client/contract/operations.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { isMostly } from './columnFacts.ts'
import type { ColumnMatch } from './matchColumns.ts'

export type SuggestedKey = {
  readonly operation: Operation
  readonly reason: string
  readonly externalIdField?: string
  readonly keyField?: string
  /** Columns that each result repeats. */
  readonly identityFields: readonly string[]
  /** A column that names the operation of each record. */
  readonly operationColumn?: string
}

export type KeyChoice = {
  readonly operation?: Operation | undefined
  /** A field that is filled. */
  readonly key?: string | undefined
}

/** A field that finds records, and why. */
type Key = { readonly field: FieldDescribe; readonly column: ColumnMatch }

export function suggestKey(
  matches: readonly ColumnMatch[],
  object: ObjectDescribe,
  choice: KeyChoice = {},
): SuggestedKey {
  const keys = keysOf(matches, object)
  const key =
    choice.key === undefined ? keys[0] : filled(matches, object).find(({ field }) => field.name === choice.key)
  const operation = choice.operation ?? operationFor(key, object)
  const operationColumn = matches.find(({ facts }) =>
    isMostly(facts.filled, value => OPERATIONS.some(one => one === value.toLowerCase())),
  )?.facts.name
  return {
    operation,
    reason: reasonFor(operation, key, object),
    ...present(keyOf(operation, key)),
    identityFields: identityOf(matches, keys),
    ...present({ operationColumn }),
  }
}

/** Filled columns whose fields find records, the surest first: the Id, External IDs, the e-mail address. */
function keysOf(matches: readonly ColumnMatch[], object: ObjectDescribe): readonly Key[] {
  const rank = ({ field }: Key): number => {
    if (field.type === 'id') return 3
    if (field.externalId) return field.unique ? 2 : 1
    return field.idLookup && field.type === 'email' ? 0 : -1
  }
  return filled(matches, object)
    .filter(key => rank(key) >= 0)
    .toSorted((a, b) => rank(b) - rank(a))
}

function filled(matches: readonly ColumnMatch[], { fields }: ObjectDescribe): readonly Key[] {
  return matches.flatMap(column => {
    const field = fields.find(({ name }) => name === column.match?.key)
    return field === undefined || column.facts.filled.length === 0 ? [] : [{ field, column }]
  })
}

function operationFor(key: Key | undefined, { createable, updateable }: ObjectDescribe): Operation {
  if (key === undefined || !updateable) return 'create'
  return key.field.type === 'id' || !createable ? 'update' : 'upsert'
}

const keyOf = (operation: Operation, key: Key | undefined) => ({
  externalIdField: operation === 'upsert' ? key?.field.name : undefined,
  keyField:
    (operation === 'update' || operation === 'delete') && key?.field.type !== 'id' ? key?.field.name : undefined,
})

function reasonFor(operation: Operation, key: Key | undefined, object: ObjectDescribe): string {
  if (key === undefined) return 'no column finds records that exist; each run creates all of them'
  const { field, column } = key
  const name = `${field.name} (column ${column.facts.name})`
  const blank = column.facts.values.length - column.facts.filled.length
  const repeated = column.facts.filled.length - column.facts.distinct.size
  const facts = [
    ...(blank > 0 ? [`${blank} of the first ${column.facts.values.length} records have none and are rejected`] : []),
    ...(repeated > 0 ? [`${repeated} repeat one and are rejected`] : []),
  ]
  const rest = facts.length === 0 ? '' : `; ${facts.join(', ')}`
  switch (operation) {
    case 'create':
      if (field.type === 'id') return `each run creates all records, also those that ${object.name} has`
      return `each run creates all records; with existing: keep and keyField: ${field.name} only those that ${object.name} does not have`
    case 'update':
    case 'delete':
      return `finds the records by ${name}${rest}`
    case 'upsert':
      return `creates a record or updates the one with the same ${name}${rest}`
  }
}

/** Columns for which a person searches a record in the results. */
function identityOf(matches: readonly ColumnMatch[], keys: readonly Key[]): readonly string[] {
  const names = keys.map(({ column }) => column.facts.name)
  const unique = matches.find(({ facts, proposals }) => facts.name !== '' && proposals.some(one => one.isOwnKey))
  const found = [...names, ...(unique === undefined ? [] : [unique.facts.name])].slice(0, 3)
  const first = matches.find(({ match }) => match !== undefined)
  return found.length > 0 || first === undefined ? found : [first.facts.name]
}
