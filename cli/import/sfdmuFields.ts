// The fields of an object of SFDMU, as its CSV file has them: a lookup has the column `Relationship.ExternalId`.
import type { Note } from './imported.ts'
import type { SfdmuObject } from './sfdmuScript.ts'

export type SfdmuFields = {
  /** Field of Salesforce to column. */
  readonly fields: ReadonlyMap<string, string>
  readonly notes: readonly Note[]
}

/** `all`, `custom_true`, `FIELDS(ALL)`: more fields than the query names. */
const MANY = /^all$|_(?:true|false)$|^FIELDS\(/i

/** @param keys fields that find the record; SFDMU adds them to the query itself */
export function sfdmuFields(object: SfdmuObject, header: readonly string[], keys: readonly string[]): SfdmuFields {
  const { selected, excludedFields = [] } = object
  const isMany = selected.some(name => MANY.test(name))
  const columns = isMany ? header.filter(column => !/[.$]/.test(column)) : selected
  const excluded = excludedFields.map(name => name.toLowerCase())
  const wanted = [...new Set([...keys, ...columns])].filter(
    name => !excluded.includes(name.toLowerCase()) && (name.toLowerCase() !== 'id' || keys.includes(name)),
  )
  const fields = new Map<string, string>()
  const notes: Note[] = isMany ? [manyNote(selected)] : []
  for (const name of wanted) {
    const found = findColumn(name, header)
    if ('reason' in found) notes.push({ kind: 'notCarried', subject: `field ${name}`, text: found.reason })
    else fields.set(targetOf(found.field, object), found.column)
  }
  return { fields, notes }
}

const manyNote = (selected: readonly string[]): Note => ({
  kind: 'toDo',
  subject: 'query',
  text: `${selected.join(', ')} stands for fields that SFDMU chooses; here every column of the source is a field, so take out those that the object does not have`,
})

type Found = { readonly field: string; readonly column: string } | { readonly reason: string }

/** The column of a lookup by a field of the parent comes first: one with Ids has those of the org that it was exported from. */
function findColumn(selected: string, header: readonly string[]): Found {
  const [name = '', parent] = selected.split('$')
  const relationship = relationshipOf(name)
  const lookups = header.filter(column => column.toLowerCase().startsWith(`${relationship.toLowerCase()}.`))
  const [lookup] = lookups
  if (lookup === undefined) {
    const own = header.find(column => column.toLowerCase() === name.toLowerCase())
    return own === undefined ? { reason: 'the CSV file has no column for it' } : { field: name, column: own }
  }
  if (lookups.length > 1) {
    return { reason: `the CSV file has several columns for it: ${lookups.join(', ')}; map one of them` }
  }
  if (!/^\w+\.\w+$/.test(lookup)) {
    return { reason: `the column ${lookup} has a composite key of the parent; give the parent one External ID field` }
  }
  const [, field] = lookup.split('.')
  return { field: `${parent === undefined ? '' : `${parent}:`}${relationship}.${field}`, column: lookup }
}

/** `AccountId` -> `Account`, `Invoice__c` -> `Invoice__r` */
function relationshipOf(field: string): string {
  if (/__c$/i.test(field)) return field.replace(/__c$/i, '__r')
  return field.replace(/Id$/, '')
}

function targetOf(field: string, { useFieldMapping, fieldMapping = [] }: SfdmuObject): string {
  if (!useFieldMapping) return field
  return fieldMapping.find(({ sourceField }) => sourceField === field)?.targetField ?? field
}
