import type { Duplicates } from '../records/duplicateRules.ts'
import { type RecordError, recordError } from '../values/recordError.ts'
import { placesOf } from './addressRules.ts'
import { rejectedFile } from './contentFiles.ts'
import { rejectedKey } from './implicitKeys.ts'
import { rejectedParent } from './parentRules.ts'
import { rejectedPerson } from './personAccountRules.ts'
import { rejectedRecordType } from './recordTypeRules.ts'
import type { Cells, WritePlan } from './writePlan.ts'
import type { WriterOptions } from './writerOptions.ts'

function rejectedDuplicate(found: Duplicates | undefined, isAllowed: boolean): RecordError | undefined {
  if (found === undefined || (isAllowed && found.rule.action === 'alert')) return undefined
  const { message = 'Use one of these records?' } = found.rule
  return { ...recordError('DUPLICATES_DETECTED', message, []), duplicates: found }
}

/** The error of a record by the rules between its fields, or between it and other records. `place` is undefined for a new record. */
export function rejectedByRules(
  { org, table, allowsDuplicates, newFrom }: WriterOptions,
  { fields, shape }: WritePlan,
  cells: Cells,
  cellNamed: (fieldName: string) => string,
  place: number | undefined,
): RecordError | undefined {
  const { name: objectName } = table.schema
  const sent = (name: string) => cells[shape.positions.get(name) ?? -1]
  const places = org.hasAddressPicklists
    ? placesOf(table.schema, {
        sent,
        before: name => (place === undefined ? '' : table.text(place, name)),
      })
    : []
  if ('statusCode' in places) return places
  const given = () => fields.filter((_field, position) => (cells[position] ?? '') !== '')
  return (
    rejectedRecordType(org, objectName, sent('RecordTypeId') ?? '') ??
    rejectedParent(org, table, { place, sent, cellOf: cellNamed }) ??
    rejectedPerson(table, place, given, cellNamed) ??
    rejectedKey(table, cellNamed, place ?? -1) ??
    rejectedFile(table, { place, cellOf: cellNamed }) ??
    rejectedDuplicate(org.duplicateRules.find(table, { place, cellOf: cellNamed, newFrom }), allowsDuplicates)
  )
}
