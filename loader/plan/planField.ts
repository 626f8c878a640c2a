import { type FieldMapping, isFileMapping, sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { formatsOf } from '../spec/sourceFormats.ts'
import { compileConverter, isLoadable } from '../values/fieldValue.ts'
import { locationConverter, partNames } from '../values/geolocation.ts'
import { isAddressCode } from '../values/picklist.ts'
import { recordTypeConverter, recordTypeIdConverter, usableRecordTypes } from '../values/recordType.ts'
import { isBlank } from '../values/text.ts'
import { mappedConverter, textsOf } from '../values/valueMap.ts'
import type { FieldConverter } from '../values/valueProblem.ts'
import { fileProblem } from './fileFields.ts'
import { findField, keptDescribe, unknownField } from './findField.ts'
import { type LookupObject, planLookup } from './planLookup.ts'
import { type PlanContext, parseRelationshipName, RECORD_TYPE, resolveRelationship } from './relationship.ts'
import { isSelfMapping } from './selfReferences.ts'
import type { PlannedField } from './syncPlan.ts'

/** Validates one mapped field against describe; the problem when it cannot be written. A geolocation field is written as its two parts. */
export function planFields(
  name: string,
  mapping: FieldMapping,
  context: PlanContext,
): readonly (PlannedField | Problem)[] {
  const location = findField(context.describe, name)
  const parts = location?.type === 'location' ? partNames(location.name) : []
  const [latitude, longitude] = parts.flatMap(part => findField(context.describe, part) ?? [])
  if (location === undefined || latitude === undefined || longitude === undefined)
    return [checkedField(name, plannedField(name, mapping, context), context)]
  const planned = [latitude, longitude].map(part => checkedField(name, locationPart(part, location, mapping), context))
  const problem = planned.find(part => 'message' in part)
  return problem === undefined ? planned : [problem]
}

/** Messages about a value name the whole field, so that both parts report the same problem. */
function locationPart(part: FieldDescribe, { name, label }: FieldDescribe, mapping: FieldMapping): PlannedField {
  const valueField = { ...part, label }
  return { name: part.name, wireName: part.name, target: part, valueField, mapping, location: name }
}

function checkedField(name: string, planned: PlannedField | string, context: PlanContext): PlannedField | Problem {
  const problem = typeof planned === 'string' ? { path: [], message: planned } : mappingProblem(planned, context)
  const lookup = problem ?? lookupOf(planned as PlannedField, context)
  if (lookup !== undefined && 'message' in lookup)
    return { path: ['fields', name, ...lookup.path], message: lookup.message }
  const { target, valueField, ...rest } = planned as PlannedField
  const kept = keptDescribe(target)
  // In a source of persons and companies one of the two names is blank in each row.
  const optional = isPersonName(target, context.describe) ? { ...kept, defaultedOnCreate: true } : kept
  return { ...rest, target: optional, valueField: keptDescribe(valueField), ...present({ lookup }) }
}

const lookupOf = (
  { target, mapping }: PlannedField,
  context: PlanContext,
): readonly LookupObject[] | Problem | undefined =>
  'lookup' in mapping ? planLookup(target, mapping, context) : undefined

/** Whether LastName may take the place of the field: an org with person accounts takes one of the two, never both. */
export function isPersonName({ name, createable }: FieldDescribe, { fields }: ObjectDescribe): boolean {
  return name === 'Name' && createable && fields.some(other => other.name === 'LastName')
}

function plannedField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | string {
  if (RECORD_TYPE.test(name)) return recordTypeField(name, mapping, context)
  return name.includes('.') ? relationshipField(name, mapping, context) : plainField(name, mapping, context)
}

/** Compiles the conversion of the values of the field's column to the form that is sent. */
export function columnConverter(field: PlannedField, formats: ValueFormats, keyPrefix: string | null): FieldConverter {
  const { mapping, valueField } = field
  const convert = fieldConverter(field, formats, keyPrefix)
  if (!('column' in mapping)) return convert
  return mappedConverter({ field: valueField, column: mapping.column }, mapping, convert)
}

/** The same for values of the field itself, which the spec has. */
export function fieldConverter(
  { name, mapping, valueField, recordTypes, ownRecordTypes, location }: PlannedField,
  formats: ValueFormats,
  keyPrefix: string | null,
): FieldConverter {
  const column = sourceColumns(mapping).join(', ')
  if (recordTypes) return recordTypeConverter({ field: valueField, column }, recordTypes)
  if (ownRecordTypes) return recordTypeIdConverter({ field: valueField, column }, ownRecordTypes)
  if (location !== undefined) return locationConverter({ field: valueField, column })
  return compileConverter(valueField, formats, column, name === 'Id' ? keyPrefix : null)
}

const RECORD_TYPE_NAME = /^RecordType\.(?:DeveloperName|Name)$/i

/** A record type cannot be looked up by External ID, but describe lists names and Ids. */
function recordTypeField(name: string, mapping: FieldMapping, { describe }: PlanContext): PlannedField | string {
  if (!RECORD_TYPE_NAME.test(name)) return 'record types are found by RecordType.DeveloperName; or map RecordTypeId'
  const target = findField(describe, 'RecordTypeId')
  const { recordTypes } = describe
  if (!target) return `${describe.name} has no field RecordTypeId that the integration user may see`
  if (usableRecordTypes(recordTypes).length === 0)
    return `${describe.name} has no active record type; leave it out, or map RecordTypeId`
  return { name: target.name, wireName: target.name, target, valueField: target, mapping, recordTypes }
}

function plainField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | string {
  const field = findField(context.describe, name)
  if (!field) return unknownField(name, context)
  const { recordTypes } = context.describe
  const isRecordType = field.name === 'RecordTypeId' && recordTypes.length > 0
  const own = isRecordType ? { ownRecordTypes: recordTypes } : present({ codeField: codeFieldOf(field, context) })
  return { name: field.name, wireName: field.name, target: field, valueField: field, mapping, ...own }
}

const PLACE = /(State|Country)(__s)?$/

function codeFieldOf({ name }: FieldDescribe, { describe }: PlanContext): string | undefined {
  const code = PLACE.test(name) ? findField(describe, name.replace(PLACE, '$1Code$2')) : undefined
  return code && isAddressCode(code) ? code.name : undefined
}

function relationshipField(name: string, mapping: FieldMapping, context: PlanContext): PlannedField | string {
  if ('from' in mapping) return 'is not a lookup field; lookup and sync find the Id for a field such as AccountId'
  const parts = parseRelationshipName(name)
  if (!parts)
    return 'is not a field name; a lookup by External ID is written Relationship.Field, and goes up one step only'
  const resolved = resolveRelationship(parts, mapping, context)
  if (typeof resolved === 'string') return resolved
  const { relationship } = resolved
  const path = `${relationship.name}.${relationship.field}`
  const wireName = relationship.polymorphic ? `${relationship.parent}:${path}` : path
  return { name: path, wireName, mapping, ...resolved }
}

/** What is wrong with the texts of the spec that are values of the field; the path leads into the mapping. */
function mappingProblem(planned: PlannedField, { spec, describe }: PlanContext): Problem | undefined {
  const { valueField, mapping } = planned
  const ofFile = fileProblem(describe.name, valueField, mapping)
  if (ofFile !== undefined) return { path: [], message: ofFile }
  if (isFileMapping(mapping)) return undefined
  if (!isLoadable(valueField.type)) {
    return { path: [], message: `is of type ${valueField.type}, which cannot be loaded from text` }
  }
  const problemOf = compileTextCheck(planned, formatsOf(spec), describe.keyPrefix)
  if ('from' in mapping) return parentProblem(valueField, mapping, describe.name)
  if ('value' in mapping) {
    const message = isBlank(mapping.value) ? undefined : problemOf(mapping.value)
    return message === undefined ? undefined : { path: [], message }
  }
  if (mapping.separator !== undefined && valueField.type !== 'multipicklist') {
    const message = `is for multi-select picklists, and the field is of type ${valueField.type}; leave it out`
    return { path: ['separator'], message }
  }
  for (const [path, text] of textsOf(mapping)) {
    const message = problemOf(text)
    if (message !== undefined) return { path, message }
  }
  return undefined
}

/** Only a lookup field has a parent. */
function parentProblem(
  { name, type, referenceTo }: FieldDescribe,
  mapping: FieldMapping,
  object: string,
): Problem | undefined {
  if (type === 'reference' && isSelfMapping(mapping) && !referenceTo.includes(object)) {
    return {
      path: ['sync'],
      message: `${name} leads to ${referenceTo.join(', ')}, and ${mapping.sync} means a row of this source, a record of ${object}; name the sync that loads the parents`,
    }
  }
  if (type === 'reference') return undefined
  return { path: [], message: `${name} is of type ${type}, not a lookup field; map it to a column` }
}

const NUMBERS: readonly FieldDescribe['type'][] = ['double', 'currency', 'percent', 'int', 'long']

/**
 * Compiles what is wrong with a text of the spec that is a value of the field. `formats` reads it as it reads the source; a number that YAML
 * and JSON write with a decimal point may not have another reading there.
 */
function compileTextCheck(
  planned: PlannedField,
  formats: ValueFormats,
  keyPrefix: string | null,
): (text: string) => string | undefined {
  const { groupSeparator: _, ...others } = formats
  const convert = fieldConverter(planned, formats, keyPrefix)
  const withPoint = fieldConverter(planned, { ...others, decimalSeparator: '.' }, keyPrefix)
  const isNumber = NUMBERS.includes(planned.valueField.type)
  return text => {
    const converted = convert(text)
    if (typeof converted !== 'string') return converted.message
    const other = isNumber ? withPoint(text) : converted
    if (typeof other !== 'string' || other === converted) return undefined
    return `${text} is ${converted} by formats and ${other} with a decimal point; write ${converted} or "${other.replace('.', ',')}"`
  }
}
