import type { Problem } from '../../packages/client/contract/issues.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { FieldMapping } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { fieldOf } from '../salesforce/objects.ts'
import { compileConverter, isLoadable } from '../values/fieldValue.ts'
import { isBlank } from '../values/text.ts'
import { type PlanContext, parseRelationshipName, resolveRelationship } from './relationship.ts'
import type { PlannedField } from './syncPlan.ts'

/** Validates one mapped field against describe; the problem when it cannot be written. */
export function planField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | Problem {
  const planned = name.includes('.') ? relationshipField(name, mapping, context) : plainField(name, mapping, context)
  const message = typeof planned === 'string' ? planned : valueProblem(planned, context)
  if (message !== undefined) return { path: ['fields', name], message }
  const { target, valueField, ...rest } = planned as PlannedField
  return { ...rest, target: keptDescribe(target), valueField: keptDescribe(valueField) }
}

function plainField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | string {
  const field = findField(context.describe, name)
  if (!field) return unknownField(name, context)
  return { name: field.name, wireName: field.name, target: field, valueField: field, mapping }
}

function relationshipField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | string {
  const parts = parseRelationshipName(name)
  if (!parts)
    return 'is not a field name; a lookup by External ID is written Relationship.Field, and goes up one step only'
  const resolved = resolveRelationship(parts, context)
  if (typeof resolved === 'string') return resolved
  const { relationship } = resolved
  const path = `${relationship.name}.${relationship.field}`
  const wireName = relationship.polymorphic ? `${relationship.parent}:${path}` : path
  return { name: path, wireName, mapping, ...resolved }
}

function valueProblem(planned: PlannedField, { spec, describe }: PlanContext): string | undefined {
  const { valueField, mapping } = planned
  if (!isLoadable(valueField.type)) return `is of type ${valueField.type}, which cannot be loaded from text`
  if (!('value' in mapping) || isBlank(mapping.value)) return undefined
  const keyPrefix = valueField.name === 'Id' ? describe.keyPrefix : null
  const converted = compileConverter(valueField, spec.formats, '', keyPrefix)(mapping.value)
  return typeof converted === 'string' ? undefined : converted.message
}

/** Letter case does not count in API names. */
export function findField(describe: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase()
  return describe.fields.find(field => field.name.toLowerCase() === wanted)
}

function unknownField(name: string, { describe, suggests }: PlanContext): string {
  const names = suggests ? describe.fields.map(field => field.name) : []
  return `${describe.name}.${name} is unknown, or hidden from the integration user by field-level security${didYouMean(name, names)}`
}

/** The facts of a field that later steps read: a plan is stored, and a describe is three times as large. */
export function keptDescribe(field: FieldDescribe): FieldDescribe {
  const kept = fieldOf(field)
  return kept.restrictedPicklist ? kept : { ...kept, picklistValues: [] }
}
