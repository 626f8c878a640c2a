// Fields of an object as the integration user sees it, by their names.
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { fieldOf } from '../salesforce/objects.ts'
import { isLoadable } from '../values/fieldValue.ts'
import type { PlanContext } from './relationship.ts'

/** Letter case does not count in API names. */
export function findField(describe: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase()
  return describe.fields.find(field => field.name.toLowerCase() === wanted)
}

/** Why no record can be found by the field; undefined when it can be filtered on. */
export function filterProblem({ name, type, filterable }: FieldDescribe, describe: ObjectDescribe): string | undefined {
  return filterable && isLoadable(type)
    ? undefined
    : `${describe.name}.${name} cannot be filtered on; use a field that can be filtered on`
}

export function unknownField(name: string, { describe, suggests }: Pick<PlanContext, 'describe' | 'suggests'>): string {
  const problem = `${describe.name}.${name} is unknown, or hidden from the integration user by field-level security`
  const wanted = name.toLowerCase()
  // People take the label for the name, or leave out the ending of a custom field.
  const meant = describe.fields.find(
    field => field.label.toLowerCase() === wanted || field.name.toLowerCase() === `${wanted}__c`,
  )
  if (meant) return `${problem}; did you mean "${meant.name}"?`
  return `${problem}${didYouMean(name, suggests ? describe.fields.map(field => field.name) : [])}`
}

/** The facts of a field that later steps read: a plan is stored, and a describe is three times as large. */
export function keptDescribe(field: FieldDescribe): FieldDescribe {
  const kept = fieldOf(field)
  const isNeeded = kept.restrictedPicklist || kept.type === 'multipicklist'
  return isNeeded || kept.picklistValues.some(({ label }) => label !== undefined)
    ? kept
    : { ...kept, picklistValues: [] }
}
