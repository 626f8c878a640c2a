import type { RecordTypeInfo } from '../salesforce/describe.ts'
import { recordIdConverter } from './recordId.ts'
import { canonicalText } from './text.ts'
import { type FieldConverter, shownValue, type ValueContext } from './valueProblem.ts'

/** Record types that a message lists. */
const SHOWN_TYPES = 20

/** The record types that a record may have. */
export function usableRecordTypes(infos: readonly RecordTypeInfo[]): readonly RecordTypeInfo[] {
  return infos.filter(({ active, master }) => active && !master)
}

/**
 * Converts the name of a record type to its Id: the developer name, which an org has once for each object, or the label if only
 * one record type has it. Letter case does not count. @param infos all of the object, also inactive ones
 */
export function recordTypeConverter({ field }: ValueContext, infos: readonly RecordTypeInfo[]): FieldConverter {
  const usable = usableRecordTypes(infos)
  const ids = new Map([
    ...namesOf(usable, ({ name }) => name),
    ...namesOf(usable, ({ developerName }) => developerName),
  ])
  const expected = `use one of ${listed(usable, ({ developerName }) => developerName)}`
  return raw => {
    const text = canonicalText(raw)
    const id = ids.get(text.toLowerCase())
    if (id !== undefined) return id
    const what = problemOf(text, infos) ?? `no record type has the name: ${shownValue(text)}; ${expected}`
    return { code: 'INVALID_CROSS_REFERENCE_KEY', message: `${field.label}: ${what}` }
  }
}

/** The Id of a record type that the object has; the org decides whether an inactive one may stay. */
export function recordTypeIdConverter(context: ValueContext, infos: readonly RecordTypeInfo[]): FieldConverter {
  const convert = recordIdConverter(context)
  const ids = new Set(infos.map(({ recordTypeId }) => recordTypeId))
  const usable = usableRecordTypes(infos)
  const expected = listed(usable, ({ developerName, recordTypeId }) => `${recordTypeId} (${developerName})`)
  return raw => {
    const id = convert(raw)
    if (typeof id !== 'string' || ids.has(id)) return id
    const message = `${context.field.label}: invalid cross reference id: ${id} is no record type of the object; use one of ${expected}`
    return { code: 'INVALID_CROSS_REFERENCE_KEY', message }
  }
}

function listed(types: readonly RecordTypeInfo[], shown: (info: RecordTypeInfo) => string): string {
  const more = types.length > SHOWN_TYPES ? ` and ${types.length - SHOWN_TYPES} more` : ''
  return `${types.slice(0, SHOWN_TYPES).map(shown).join(', ')}${more}`
}

/** Why a name that record types of the object have does not find one. */
function problemOf(text: string, infos: readonly RecordTypeInfo[]): string | undefined {
  const wanted = text.toLowerCase()
  const named = infos.filter(
    ({ master, ...info }) =>
      !master && [info.name, info.developerName].some(name => canonicalText(name).toLowerCase() === wanted),
  )
  const usable = usableRecordTypes(named)
  if (usable.length > 1) {
    const names = listed(usable, ({ developerName }) => developerName)
    return `several record types have the name: ${shownValue(text)}; use the developer name: ${names}`
  }
  return named.length === 0
    ? undefined
    : `the record type is not active: ${shownValue(text)}; activate it in the org, or use another one`
}

/** Record type Ids by name; names that two record types have are left out. */
function namesOf(
  recordTypes: readonly RecordTypeInfo[],
  nameOf: (info: RecordTypeInfo) => string,
): readonly (readonly [string, string])[] {
  const names = recordTypes.map(info => canonicalText(nameOf(info)).toLowerCase())
  return recordTypes.flatMap((info, index) => {
    const name = names[index] ?? ''
    return names.indexOf(name) === names.lastIndexOf(name) ? [[name, info.recordTypeId] as const] : []
  })
}
