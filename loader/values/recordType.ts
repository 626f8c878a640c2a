import type { RecordTypeInfo } from '../salesforce/describe.ts'
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
 * one record type has it. Letter case does not count.
 */
export function recordTypeConverter({ field }: ValueContext, recordTypes: readonly RecordTypeInfo[]): FieldConverter {
  const ids = new Map([
    ...namesOf(recordTypes, ({ name }) => name),
    ...namesOf(recordTypes, ({ developerName }) => developerName),
  ])
  const listed = recordTypes.slice(0, SHOWN_TYPES).map(({ developerName }) => developerName)
  const more = recordTypes.length > SHOWN_TYPES ? ` and ${recordTypes.length - SHOWN_TYPES} more` : ''
  return raw => {
    const text = canonicalText(raw)
    const id = ids.get(text.toLowerCase())
    if (id !== undefined) return id
    const message = `${field.label}: no record type has the name ${shownValue(text)}; use one of ${listed.join(', ')}${more}`
    return { code: 'INVALID_CROSS_REFERENCE_KEY', message }
  }
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
