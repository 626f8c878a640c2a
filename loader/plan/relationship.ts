import { type FieldMapping, sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { lookupForm } from '../values/lookupForm.ts'

/** What a mapped field is validated against. */
export type PlanContext = {
  readonly spec: SyncSpec
  readonly describe: ObjectDescribe
  readonly parents: ReadonlyMap<string, ObjectDescribe>
  /** Whether a message proposes the nearest name; that is slow with thousands of unknown fields. */
  readonly suggests: boolean
}

/** A lookup by the parent's External ID, such as `Account.Ext_Id__c`. */
export type PlannedRelationship = {
  /** `Account`, `Merchandise__r`. */
  readonly name: string
  /** The object looked up. */
  readonly parent: string
  /** The parent's External ID field. */
  readonly field: string
  /** Whether the lookup may lead to several objects, so that the request must name the one meant. */
  readonly polymorphic: boolean
}

export type ResolvedRelationship = {
  readonly relationship: PlannedRelationship
  readonly target: FieldDescribe
  readonly valueField: FieldDescribe
}

/** The parts of `Relationship.Field` or `Object:Relationship.Field`. */
type RelationshipName = { readonly parent?: string; readonly relationship: string; readonly field: string }

// A lookup such as Task.What leads to a hundred objects; describing all of them to find one field takes too many calls.
const MOST_PARENTS = 5

// Describe of the object itself lists its record types.
export const RECORD_TYPE = /^RecordType\./i

const RELATIONSHIP_NAME = /^(?:(\w+):)?(\w+)\.(\w+)$/

/** The objects that must be described besides the spec's own, to check its lookups. */
export function parentObjects(spec: SyncSpec, describe: ObjectDescribe): readonly string[] {
  const names = new Set<string>()
  for (const [name, mapping] of Object.entries(spec.fields)) {
    if ('lookup' in mapping) for (const parent of lookedUp(name, mapping.lookup, describe)) names.add(parent)
    const parts = RECORD_TYPE.test(name) ? undefined : parseRelationshipName(name)
    const target = parts && lookupField(parts.relationship, describe)
    if (!target) continue
    for (const parent of candidateParents(parts, target)) names.add(parent)
  }
  return [...names]
}

/** The objects of a lookup to which its field leads, as describe spells them. */
function lookedUp(name: string, objects: readonly string[], describe: ObjectDescribe): readonly string[] {
  const referenceTo = describe.fields.find(field => sameName(field.name, name))?.referenceTo ?? []
  return referenceTo.filter(parent => objects.some(object => sameName(object, parent)))
}

export function parseRelationshipName(name: string): RelationshipName | undefined {
  const match = RELATIONSHIP_NAME.exec(name)
  if (!match) return undefined
  const [, parent, relationship = '', field = ''] = match
  return parent === undefined ? { relationship, field } : { parent, relationship, field }
}

/** Finds the parent's field, or describes why no field can be used for the lookup. */
export function resolveRelationship(
  parts: RelationshipName,
  mapping: FieldMapping,
  { describe, parents, suggests }: PlanContext,
): ResolvedRelationship | string {
  const target = lookupField(parts.relationship, describe)
  if (!target) return unknownRelationship(parts, describe, suggests)
  const candidates = candidateParents(parts, target)
  if (candidates.length === 0) return noCandidates(parts, target, mapping)
  const found = candidates.flatMap(parent => {
    const valueField = parents.get(parent)?.fields.find(({ name }) => sameName(name, parts.field))
    return valueField ? [{ parent, valueField }] : []
  })
  const usable = found.filter(({ valueField }) => valueField.externalId || valueField.idLookup)
  const [first, second] = usable
  if (!first) return `${notUsable(parts, candidates, parents)}${lookupRemedy(target, found, mapping)}`
  if (second) {
    const choice = usable.map(({ parent }) => `${parent}:${parts.relationship}.${parts.field}`).join(' or ')
    return `may lead to several objects; write ${choice}${lookupRemedy(target, usable, mapping)}`
  }
  const relationship: PlannedRelationship = {
    name: target.relationshipName ?? parts.relationship,
    parent: first.parent,
    field: first.valueField.name,
    polymorphic: target.referenceTo.length > 1,
  }
  return { relationship, target, valueField: first.valueField }
}

function lookupField(relationship: string, describe: ObjectDescribe): FieldDescribe | undefined {
  return describe.fields.find(
    field => field.relationshipName !== null && sameName(field.relationshipName, relationship),
  )
}

function candidateParents(parts: RelationshipName, target: FieldDescribe): readonly string[] {
  const { parent } = parts
  if (parent !== undefined) return target.referenceTo.filter(name => sameName(name, parent))
  return target.referenceTo.length <= MOST_PARENTS ? target.referenceTo : []
}

function unknownRelationship(parts: RelationshipName, describe: ObjectDescribe, suggests: boolean): string {
  const form = correctForm(parts, describe)
  if (form !== undefined) return `${describe.name} has no relationship ${parts.relationship}; write ${form}`
  const known = suggests ? describe.fields.flatMap(({ relationshipName }) => relationshipName ?? []) : []
  const hint = didYouMean(parts.relationship, known)
  return `${describe.name} has no relationship ${parts.relationship}, or its lookup field is hidden from the integration user by field-level security${hint}`
}

/** The right form of a lookup written with the field in place of the relationship, or with object and relationship exchanged. */
function correctForm({ parent, relationship, field }: RelationshipName, describe: ObjectDescribe): string | undefined {
  const byField = describe.fields.find(({ name }) => sameName(name, relationship))?.relationshipName
  if (byField != null) return `${parent === undefined ? '' : `${parent}:`}${byField}.${field}`
  const exchanged = parent === undefined ? undefined : lookupField(parent, describe)
  const object = exchanged?.referenceTo.find(name => sameName(name, relationship))
  return object === undefined ? undefined : `${object}:${exchanged?.relationshipName}.${field}`
}

function noCandidates(parts: RelationshipName, target: FieldDescribe, mapping: FieldMapping): string {
  const allowed = target.referenceTo.join(', ')
  if (parts.parent !== undefined) return `${target.name} does not lead to ${parts.parent}; it leads to: ${allowed}`
  const { relationship, field } = parts
  const form = lookupForm(target.name, ['Object'], field, sourceColumns(mapping).join())
  return `may lead to ${target.referenceTo.length} objects; write Object:${relationship}.${field} if the field is an External ID, else ${form}`
}

/** The form that finds the parent by the field, as an alternative in a message; blank where the org cannot search by the field. */
function lookupRemedy(
  { name: target }: FieldDescribe,
  found: readonly { readonly parent: string; readonly valueField: FieldDescribe }[],
  mapping: FieldMapping,
): string {
  const searched = found.filter(({ valueField }) => valueField.filterable)
  const [first] = searched
  if (first === undefined || 'value' in mapping) return ''
  const objects = searched.map(({ parent }) => parent)
  return `, or ${lookupForm(target, objects, first.valueField.name, sourceColumns(mapping).join())}`
}

/** Fields of a parent that a message lists. */
const SHOWN_FIELDS = 10

function notUsable(
  parts: RelationshipName,
  candidates: readonly string[],
  parents: ReadonlyMap<string, ObjectDescribe>,
): string {
  const where = `${candidates.join(' or ')}.${parts.field}`
  const described = candidates.flatMap(name => parents.get(name) ?? [])
  if (described.length === 0) {
    return `${candidates.join(' and ')} cannot be described: the org does not have it, or hides it from the integration user`
  }
  const fields = described.flatMap(parent => parent.fields)
  const usable = fields.filter(({ externalId, idLookup }) => externalId || idLookup).map(({ name }) => name)
  const useOneOf = `use ${[...new Set(usable)].slice(0, SHOWN_FIELDS).join(', ') || 'a field flagged External ID'}`
  if (fields.some(({ name }) => sameName(name, parts.field))) {
    return `${where} is not an External ID and cannot be used for lookups; ${useOneOf}`
  }
  return `${where} is unknown, or hidden from the integration user by field-level security; ${useOneOf}`
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
