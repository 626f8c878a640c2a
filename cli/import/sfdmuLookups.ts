// Lookups of SFDMU: a column `Relationship.Field` finds the parent by any field, and that column may be of the same object.
import type { Note } from './imported.ts'
import type { SfdmuObject } from './sfdmuScript.ts'

/** What a field is mapped to: a column, or the parent that columns find. */
export type SfdmuMapping =
  | string
  | {
      readonly lookup: string
      readonly by: string | readonly string[]
      readonly from: string | readonly string[]
    }
  | { readonly sync: string; readonly by: string | readonly string[]; readonly from: string | readonly string[] }

/** The CSV file of an object that becomes a sync. */
export type SfdmuSource = {
  readonly object: SfdmuObject
  /** Of the sync. */
  readonly name: string
  readonly header: readonly string[]
}

/** What a lookup may lead to: objects of the script, of which some become syncs. */
export type SfdmuParents = { readonly objects: readonly SfdmuObject[]; readonly sources: readonly SfdmuSource[] }

export type SfdmuLookup = {
  /** `AccountId`, `Invoice__c` */
  readonly field: string
  /** The object that the query names: `WhoId$Lead`. */
  readonly parent?: string | undefined
  /** Fields of the parent that find it together, and their columns. */
  readonly by: readonly string[]
  readonly columns: readonly string[]
}

/** Standard lookups whose names are not those of their objects. */
const STANDARD: Readonly<Record<string, string>> = {
  OwnerId: 'User',
  ReportsToId: 'Contact',
  ConvertedContactId: 'Contact',
  ConvertedAccountId: 'Account',
}

/** Fields that find records without being flagged External ID in the org. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  OwnerId: ['Username'],
  RecordTypeId: ['DeveloperName', 'Name'],
}

/** `AccountId` -> `Account`, `Invoice__c` -> `Invoice__r` */
export function relationshipOf(field: string): string {
  if (/__c$/i.test(field)) return field.replace(/__c$/i, '__r')
  return field.replace(/Id$/, '')
}

/** `Account` -> `AccountId`, `Invoice__r` -> `Invoice__c` */
export function lookupFieldOf(relationship: string): string {
  return /__r$/i.test(relationship) ? relationship.replace(/__r$/i, '__c') : `${relationship}Id`
}

type MappedLookup = {
  readonly key: string
  readonly mapping: SfdmuMapping
  /** The object of the parent. */
  readonly parent: string
  readonly notes: readonly Note[]
}

/** The key under `fields:` with its mapping. Parents that the script inserts are those of the same row, whatever the org has. */
export function mappedLookup(
  lookup: SfdmuLookup,
  object: SfdmuObject,
  { objects, sources }: SfdmuParents,
): MappedLookup {
  const { field, parent, by, columns } = lookup
  const [only = '', ...others] = by
  const [column = ''] = columns
  const { name, isCertain } = parentOf(lookup, object, objects)
  const created = sources.filter(source => isCreated(source.object) && isSame(source.object.object, name))
  const [source, ...more] = created.filter(({ header }) => by.every(one => header.some(other => isSame(other, one))))
  if (source !== undefined && more.length === 0) {
    const own = by.map(one => source.header.find(other => isSame(other, one)) ?? one)
    const sync = source.object === object ? 'self' : source.name
    return { key: field, mapping: { sync, by: oneOf(own), from: oneOf(columns) }, parent: name, notes: [] }
  }
  if (others.length === 0 && isKey(field, only)) {
    const path = `${relationshipOf(field)}.${only}`
    return { key: parent === undefined ? path : `${parent}:${path}`, mapping: column, parent: name, notes: [] }
  }
  const isSelf = isSame(name, object.object)
  const notes: Note[] = []
  const toDo = (text: string) => notes.push({ kind: 'toDo', subject: `field ${field}`, text })
  if (!isCertain) toDo(`is looked up in ${name}; correct the object if the field leads to another`)
  if (isSelf && object.operation?.toLowerCase() === 'upsert')
    toDo('finds parents that the org has; those that the same run creates are found when rejected.csv is loaded again')
  return { key: field, mapping: { lookup: name, by: oneOf(by), from: oneOf(columns) }, parent: name, notes }
}

const isCreated = ({ operation = '' }: SfdmuObject): boolean => operation.toLowerCase() === 'insert'

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A custom field is an External ID, as SFDMU advises; a standard one finds records if it is listed. */
const isKey = (field: string, by: string): boolean => /__c$/i.test(by) || (KEYS[field]?.includes(by) ?? false)

function parentOf({ field, parent }: SfdmuLookup, { object }: SfdmuObject, objects: readonly SfdmuObject[]) {
  const guess = parent ?? STANDARD[field] ?? (field === 'ParentId' ? object : guessed(field))
  const known = objects.find(other => isSame(other.object, guess))
  const isStandard = !/__c$/i.test(field)
  return { name: known?.object ?? guess, isCertain: parent !== undefined || isStandard || known !== undefined }
}

const guessed = (field: string): string => (/__c$/i.test(field) ? field : field.replace(/Id$/, ''))

const oneOf = (names: readonly string[]) => (names.length === 1 ? (names[0] as string) : names)
