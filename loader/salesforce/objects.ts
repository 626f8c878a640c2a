import { isObject } from '../../packages/client/contract/issues.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { FieldDescribe, ObjectDescribe, PicklistValue, RecordTypeInfo } from './describe.ts'
import { RequestRejectedError, UnknownObjectError } from './errors.ts'
import type { Org } from './org.ts'
import { LARGE_ANSWER } from './orgCall.ts'
import type { ObjectSummary } from './salesforceConnection.ts'

const isSObject = (value: unknown): value is ObjectSummary & Record<string, unknown> =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['createable'] === 'boolean'

function readObjects(body: unknown): readonly ObjectSummary[] | undefined {
  if (!isObject(body) || !Array.isArray(body['sobjects']) || !body['sobjects'].every(isSObject)) return undefined
  return body['sobjects']
    .filter(({ createable, updateable }) => createable || updateable)
    .map(({ name, label, createable, updateable, custom }) => ({ name, label, createable, updateable, custom }))
}

/** @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm */
export const listObjects = (org: Org): Promise<readonly ObjectSummary[]> =>
  org.ask({ action: 'List objects', maxBytes: LARGE_ANSWER }, jsforce => jsforce.describeGlobal(), readObjects)

function picklistValueOf(value: unknown): readonly PicklistValue[] {
  if (!isObject(value) || typeof value['value'] !== 'string') return []
  const known = { value: value['value'], active: value['active'] === true }
  const label = text(value['label'])
  const validFor = text(value['validFor'])
  return [
    {
      ...known,
      ...(label === '' || label === known.value ? {} : { label }),
      ...(validFor === '' ? {} : { validFor }),
    },
  ]
}

function recordTypeOf(value: unknown): readonly RecordTypeInfo[] {
  if (!isObject(value) || typeof value['recordTypeId'] !== 'string') return []
  const { recordTypeId, developerName, name, active, master } = value
  return [
    {
      recordTypeId,
      developerName: text(developerName),
      name: text(name),
      active: active !== false,
      master: master === true,
    },
  ]
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Only the keys read here; a describe has 57 keys per field, and wide objects have 800 fields. */
export function fieldOf(field: Readonly<Record<string, unknown>>): FieldDescribe {
  const flag = (key: string): boolean => field[key] === true
  return {
    name: text(field['name']),
    label: text(field['label']),
    type: text(field['type']) as FieldDescribe['type'],
    length: number(field['length']),
    precision: number(field['precision']),
    scale: number(field['scale']),
    digits: number(field['digits']),
    nillable: flag('nillable'),
    createable: flag('createable'),
    updateable: flag('updateable'),
    defaultedOnCreate: flag('defaultedOnCreate'),
    externalId: flag('externalId'),
    idLookup: flag('idLookup'),
    unique: flag('unique'),
    caseSensitive: flag('caseSensitive'),
    filterable: flag('filterable'),
    restrictedPicklist: flag('restrictedPicklist'),
    picklistValues: list(field['picklistValues']).flatMap(picklistValueOf),
    ...(typeof field['controllerName'] === 'string' ? { controllerName: field['controllerName'] } : {}),
    referenceTo: list(field['referenceTo']).map(text),
    relationshipName: typeof field['relationshipName'] === 'string' ? field['relationshipName'] : null,
  }
}

function readDescribe(body: unknown): ObjectDescribe | undefined {
  if (!isObject(body) || typeof body['name'] !== 'string') return undefined
  const { fields } = body
  if (!Array.isArray(fields) || !fields.every(field => isObject(field) && typeof field['name'] === 'string'))
    return undefined
  return {
    name: body['name'],
    label: text(body['label']),
    keyPrefix: typeof body['keyPrefix'] === 'string' ? body['keyPrefix'] : null,
    createable: body['createable'] === true,
    updateable: body['updateable'] === true,
    deletable: body['deletable'] === true,
    queryable: body['queryable'] === true,
    recordTypes: list(body['recordTypeInfos']).flatMap(recordTypeOf),
    fields: fields.map(fieldOf),
  }
}

/** API names have at most 80 characters, with the namespace and `__c`; the limit leaves room. */
const OBJECT_NAME = /^[A-Za-z][A-Za-z0-9_]{0,254}$/
/** Characters of a name in a message. */
const MAX_SHOWN = 80

/**
 * Throws UnknownObjectError, with the name that was probably meant.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
 */
export async function describeObject(org: Org, sObjectName: string, connection: string): Promise<ObjectDescribe> {
  // The name becomes a part of the path; a label with a blank is asked for as a name, too.
  if (!OBJECT_NAME.test(sObjectName)) {
    const shown = sObjectName.slice(0, MAX_SHOWN).toWellFormed()
    throw new UnknownObjectError(shown, connection, meantObject(sObjectName, await namedObjects(org)))
  }
  try {
    return await org.ask(
      { action: `Describe ${sObjectName}`, maxBytes: LARGE_ANSWER },
      jsforce => jsforce.describe(sObjectName),
      readDescribe,
    )
  } catch (error) {
    if (!(error instanceof RequestRejectedError) || error.statusCode !== 404) throw error
    const known = await namedObjects(org)
    // Without any object, the API version is wrong: the org's own answer stays.
    if (known.length === 0) throw error
    throw new UnknownObjectError(sObjectName, connection, meantObject(sObjectName, known), error)
  }
}

type Named = { readonly name: string; readonly labels: readonly string[] }

/** All objects, also those that the user may only read; none when the org does not list them. */
const namedObjects = (org: Org): Promise<readonly Named[]> =>
  org
    .ask({ action: 'List objects', maxBytes: LARGE_ANSWER }, jsforce => jsforce.describeGlobal(), readNames)
    .catch(() => [])

function readNames(body: unknown): readonly Named[] | undefined {
  if (!isObject(body)) return undefined
  return list(body['sobjects'])
    .filter(isSObject)
    .map(object => ({
      name: object.name,
      labels: [text(object['label']), text(object['labelPlural']), object.name.replace(/__c$/i, '')],
    }))
}

/** People write labels, plurals and names without __c. */
function meantObject(given: string, objects: readonly Named[]): string {
  const isGiven = (label: string) => label.toLowerCase() === given.toLowerCase()
  const labelled = objects.find(({ labels }) => labels.some(isGiven))
  if (labelled !== undefined) return `; did you mean "${labelled.name}"?`
  return didYouMean(
    given,
    objects.map(({ name }) => name),
  )
}
