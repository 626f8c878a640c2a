// The fields of an object of SFDMU, as its CSV file has them: a lookup has the column `Relationship.ExternalId`.
import type { Note } from './imported.ts'
import { type Composite, compositesOf } from './sfdmuComposites.ts'
import {
  lookupFieldOf,
  mappedLookup,
  relationshipOf,
  type SfdmuLookup,
  type SfdmuMapping,
  type SfdmuParents,
} from './sfdmuLookups.ts'
import type { SfdmuObject } from './sfdmuScript.ts'

export type SfdmuFields = {
  /** Field of Salesforce to what fills it. */
  readonly fields: ReadonlyMap<string, SfdmuMapping>
  /** Columns that have to be split. */
  readonly composites: readonly Composite[]
  /** Objects that lookups lead to. */
  readonly parents: readonly string[]
  readonly notes: readonly Note[]
}

/** `all`, `custom_true`, `FIELDS(ALL)`: more fields than the query names. */
const MANY = /^all$|_(?:true|false)$|^FIELDS\(/i

/** @param keys fields that find the record; SFDMU adds them to the query itself */
export function sfdmuFields(
  object: SfdmuObject,
  header: readonly string[],
  keys: readonly string[],
  known: SfdmuParents,
): SfdmuFields {
  const { selected, excludedFields = [] } = object
  const composites = compositesOf(header, object.object)
  const isMany = selected.some(name => MANY.test(name))
  const columns = isMany ? header.filter(column => !/[.$]/.test(column)) : selected
  const excluded = excludedFields.map(name => name.toLowerCase())
  const wanted = [...new Set([...keys, ...columns])].filter(
    name => !excluded.includes(name.toLowerCase()) && (name.toLowerCase() !== 'id' || keys.includes(name)),
  )
  const fields = new Map<string, SfdmuMapping>()
  const notes: Note[] = isMany ? [manyNote(selected)] : []
  const used = new Set<Composite>()
  const parents = new Set<string>()
  for (const name of wanted) {
    const found = findColumn(name, header, composites)
    if ('reason' in found) {
      notes.push({ kind: 'notCarried', subject: `field ${name}`, text: found.reason })
      continue
    }
    if (found.composite !== undefined) used.add(found.composite)
    if ('column' in found) {
      fields.set(targetOf(found.field, object), found.column)
      continue
    }
    const { key, mapping, parent, notes: more } = mappedLookup(found.lookup, object, known)
    fields.set(targetOf(key, object), mapping)
    parents.add(parent)
    notes.push(...more)
  }
  return { fields, composites: [...used], parents: [...parents], notes }
}

const manyNote = (selected: readonly string[]): Note => ({
  kind: 'toDo',
  subject: 'query',
  text: `${selected.join(', ')} stands for fields that SFDMU chooses; here every column of the source is a field, so take out those that the object does not have`,
})

type Found = { readonly composite?: Composite } & (
  | { readonly field: string; readonly column: string }
  | { readonly lookup: SfdmuLookup }
  | { readonly reason: string }
)

/** The fields that find records, a parent by its lookup field: `Article__r.Name` is Article__c. */
export const keyFieldOf = (key: string): string => {
  const [relationship = '', field] = key.split('.')
  return field === undefined ? key : lookupFieldOf(relationship)
}

/** The column of a lookup by a field of the parent comes first: one with Ids has those of the org that it was exported from. */
function findColumn(selected: string, header: readonly string[], composites: readonly Composite[]): Found {
  const [name = '', parent] = selected.split('$')
  const relationship = relationshipOf(name)
  const composite = composites.find(({ owner }) => isSame(owner, relationship))
  const lookups = header.filter(
    column => column.toLowerCase().startsWith(`${relationship.toLowerCase()}.`) && column !== composite?.column,
  )
  const [lookup] = lookups
  if (lookup === undefined && composite !== undefined) {
    if (composite.fields.some(field => field.includes('.'))) return { reason: keyOfParents(composite.column) }
    return { lookup: { field: name, parent, by: composite.fields, columns: composite.parts }, composite }
  }
  if (lookup === undefined) return ownColumn(name, header, composites)
  if (lookups.length > 1) {
    return { reason: `the CSV file has several columns for it: ${lookups.join(', ')}; map one of them` }
  }
  if (!/^\w+\.\w+$/.test(lookup)) return { reason: keyOfParents(lookup) }
  const [, field = ''] = lookup.split('.')
  return { lookup: { field: name, parent, by: [field], columns: [lookup] } }
}

const keyOfParents = (column: string): string =>
  `the column ${column} has a key of the parents of the parent; give the parent one External ID field`

function ownColumn(name: string, header: readonly string[], composites: readonly Composite[]): Found {
  const own = header.find(column => isSame(column, name))
  if (own !== undefined) return { field: name, column: own }
  const composite = composites.find(({ parts }) => parts.some(part => isSame(part, name)))
  return composite === undefined
    ? { reason: 'the CSV file has no column for it' }
    : { field: name, column: name, composite }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function targetOf(field: string, { useFieldMapping, fieldMapping = [] }: SfdmuObject): string {
  if (!useFieldMapping) return field
  return fieldMapping.find(({ sourceField }) => sourceField === field)?.targetField ?? field
}
