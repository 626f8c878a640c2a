import type { UserAccess } from '../schema/access.ts'
import { string } from '../schema/fieldBuilders.ts'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { noSuchColumn, noSuchRelationship } from './soqlErrors.ts'
import type { FieldValue, RecordReader, StoredRecord } from './types.ts'

/** The context of one query. */
export type QueryContext = {
  readonly soql: string
  readonly reader: RecordReader
  readonly access: UserAccess
  readonly apiVersion: string
  /** Epoch milliseconds: the current time for `TODAY`. */
  readonly now: number
}

/** One step from a record to its parent, over a lookup field. */
export type ParentStep = {
  readonly lookup: FieldSchema
  /** The name as in the answer: `Account`, `Account__r`. */
  readonly name: string
  readonly targets: readonly ObjectSchema[]
}

/** A field of an object, or of its parents when `steps` is not empty. */
export type FieldPath = {
  readonly steps: readonly ParentStep[]
  readonly field: FieldSchema
  /** The object that has the field. */
  readonly object: ObjectSchema
  readonly get: (record: StoredRecord) => FieldValue
  /** Whether it is the name of the object that a polymorphic lookup leads to: `Owner.Type`. */
  readonly isObjectName: boolean
}

/** A record together with its object. */
export type TypedRecord = { readonly record: StoredRecord; readonly object: ObjectSchema }

/** The parent of a record, or undefined when the lookup is empty. */
export function parentOf(reader: RecordReader, step: ParentStep, record: StoredRecord): TypedRecord | undefined {
  const id = record.get(step.lookup.name)
  if (typeof id !== 'string') return undefined
  for (const object of step.targets) {
    const parent = reader.byId(object.name, id)
    if (parent !== undefined) return { record: parent, object }
  }
  return undefined
}

function followSteps(reader: RecordReader, steps: readonly ParentStep[], record: StoredRecord) {
  let current: StoredRecord | undefined = record
  for (const step of steps) {
    if (current === undefined) return undefined
    current = parentOf(reader, step, current)?.record
  }
  return current
}

/** The field with this name, if the user may see it. */
function visibleField(context: QueryContext, object: ObjectSchema, name: string): FieldSchema | undefined {
  const field = object.fieldsByName.get(name.toLowerCase())
  return field !== undefined && context.access.fieldVisible(object.name, field.name) ? field : undefined
}

function stepOver(context: QueryContext, object: ObjectSchema, relationship: string): ParentStep | undefined {
  const lookup = object.fieldsByRelationship.get(relationship.toLowerCase())
  if (lookup === undefined || !context.access.fieldVisible(object.name, lookup.name)) return undefined
  const targets = lookup.referenceTo
    .map(name => context.reader.schema(name))
    .filter(target => target !== undefined)
    .filter(target => context.access.object(target.name).read)
  return targets.length === 0 ? undefined : { lookup, name: lookup.relationshipName ?? relationship, targets }
}

// A polymorphic lookup has the fields of all its objects: the next name of the path decides which object it is resolved on.
function targetWith(context: QueryContext, { targets }: ParentStep, next: string): ObjectSchema | undefined {
  return targets.find(target => visibleField(context, target, next) ?? stepOver(context, target, next)) ?? targets[0]
}

const objectName = string('Type', 'Type', 40)

/** The name of an object as `Type` of a polymorphic lookup: a group that owns records is a queue. */
export function nameAsType({ name }: ObjectSchema): string {
  return name === 'Group' ? 'Queue' : name
}

function objectNamePath(
  context: QueryContext,
  steps: readonly ParentStep[],
  object: ObjectSchema,
): FieldPath | undefined {
  const last = steps.at(-1)
  if (last === undefined || last.targets.length < 2) return undefined
  const get = (record: StoredRecord) => {
    const child = followSteps(context.reader, steps.slice(0, -1), record)
    const parent = child && parentOf(context.reader, last, child)
    return parent === undefined ? null : nameAsType(parent.object)
  }
  return { steps, field: objectName, object, get, isObjectName: true }
}

/**
 * Resolves a path such as `Email`, `Account.Name` or, with an alias or the object's own name before it, `c.Account.Name`.
 * Throws INVALID_FIELD when a name on it does not exist or is hidden from the user.
 */
export function resolvePath(
  context: QueryContext,
  object: ObjectSchema,
  path: string,
  options: { readonly alias?: string | undefined; readonly clause?: string } = {},
): FieldPath {
  const names = path.split('.')
  const first = names[0]?.toLowerCase()
  const ownNames = [options.alias?.toLowerCase(), object.name.toLowerCase()]
  if (names.length > 1 && ownNames.includes(first) && !object.fieldsByRelationship.has(first ?? '')) names.shift()
  const steps: ParentStep[] = []
  let current = object
  for (const [index, relationship] of names.slice(0, -1).entries()) {
    const step = stepOver(context, current, relationship)
    const target = step && targetWith(context, step, names[index + 1] ?? '')
    if (step === undefined || target === undefined)
      throw noSuchRelationship(context.soql, path, relationship, options.clause)
    steps.push(step)
    current = target
  }
  const ofObject = names.at(-1)?.toLowerCase() === 'type' ? objectNamePath(context, steps, current) : undefined
  if (ofObject !== undefined) return ofObject
  const field = visibleField(context, current, names.at(-1) ?? '')
  if (field === undefined) throw noSuchColumn(context.soql, path, current.name, options.clause)
  return { steps, field, object: current, get: getter(context.reader, steps, field.name), isObjectName: false }
}

function getter(
  reader: RecordReader,
  steps: readonly ParentStep[],
  name: string,
): (record: StoredRecord) => FieldValue {
  if (steps.length === 0) return record => record.get(name)
  return record => followSteps(reader, steps, record)?.get(name) ?? null
}
