// The objects in which the parents of a mapped field are found, compared with what the integration user sees of them.
import type { LookupMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { FieldDescribe, FieldType, ObjectDescribe } from '../salesforce/describe.ts'
import { filterProblem, findField, keptDescribe, unknownField } from './findField.ts'
import { clauseProblems } from './planMatch.ts'
import type { PlanContext } from './relationship.ts'

/** An object in which a parent is found. */
export type LookupObject = {
  readonly name: string
  /** The fields that find it together. */
  readonly by: readonly FieldDescribe[]
  /** Conditions that a parent must meet. */
  readonly where?: string
  /** A checkbox of records that are no parents. */
  readonly closed?: ClosedFlag
}

type ClosedFlag = { readonly field: 'IsConverted' | 'IsActive'; readonly value: boolean }

/** Types that no list of values is compared with as they are written. */
const NOT_COMPARED: readonly FieldType[] = ['multipicklist', 'time', 'encryptedstring']

/** The objects in their order; the problem when one of them cannot be searched. */
export function planLookup(
  target: FieldDescribe,
  mapping: LookupMapping,
  context: PlanContext,
): readonly LookupObject[] | Problem {
  const objects: LookupObject[] = []
  for (const asked of mapping.lookup) {
    const name = target.referenceTo.find(one => one.toLowerCase() === asked.toLowerCase())
    if (name === undefined) {
      const message = `${target.name} does not lead to ${asked}; it leads to: ${target.referenceTo.join(', ')}`
      return { path: ['lookup'], message }
    }
    const object = context.parents.get(name)
    if (object === undefined || !object.queryable) return { path: ['lookup'], message: notQueryable(name, object) }
    const planned = lookupObject(target, mapping, object, context)
    if ('message' in planned) return planned
    objects.push(planned)
  }
  return objects
}

const notQueryable = (name: string, object: ObjectDescribe | undefined): string =>
  object === undefined
    ? `${name} cannot be described: the org does not have it, or hides it from the integration user; give it read permission on the object`
    : `the integration user may not query ${name} records; give it read permission on the object`

function lookupObject(
  target: FieldDescribe,
  { by, where, many }: LookupMapping,
  describe: ObjectDescribe,
  { suggests }: PlanContext,
): LookupObject | Problem {
  const fields: FieldDescribe[] = []
  for (const [index, name] of by.entries()) {
    const field = findField(describe, name)
    const message =
      field === undefined
        ? unknownField(name, { describe, suggests })
        : (filterProblem(field, describe) ?? comparedProblem(field, describe))
    if (message !== undefined) return { path: by.length === 1 ? ['by'] : ['by', index], message }
    fields.push(keptDescribe(field as FieldDescribe))
  }
  if (many === 'first' && findField(describe, 'CreatedDate') === undefined) {
    const message = `first is the oldest record, and the integration user sees no ${describe.name}.CreatedDate; set many: reject`
    return { path: ['many'], message }
  }
  const [problem] = where === undefined ? [] : clauseProblems(where, ['where'], describe)
  if (problem !== undefined) return problem
  const name = describe.name
  return { name, by: fields, ...present({ where: whereOf(target, name, where), closed: closedFlag(target, describe) }) }
}

function comparedProblem({ name, type }: FieldDescribe, describe: ObjectDescribe): string | undefined {
  if (!NOT_COMPARED.includes(type)) return undefined
  return `${describe.name}.${name} is of type ${type}, which is not compared with a list of values; use a field of text, a number, a date or an Id`
}

const isOwner = ({ name }: FieldDescribe): boolean => name === 'OwnerId'

/** Of the groups of an org, only queues own records. */
function whereOf(target: FieldDescribe, object: string, where: string | undefined): string | undefined {
  if (object !== 'Group' || !isOwner(target)) return where
  return where === undefined ? QUEUES : `(${where}) AND ${QUEUES}`
}

const QUEUES = "Type = 'Queue'"

/** A converted lead takes no children, and an inactive user no records. */
function closedFlag(target: FieldDescribe, describe: ObjectDescribe): ClosedFlag | undefined {
  const flag = flagOf(target, describe.name)
  return flag !== undefined && findField(describe, flag.field) !== undefined ? flag : undefined
}

function flagOf(target: FieldDescribe, object: string): ClosedFlag | undefined {
  if (object === 'Lead') return { field: 'IsConverted', value: true }
  return object === 'User' && isOwner(target) ? { field: 'IsActive', value: false } : undefined
}
