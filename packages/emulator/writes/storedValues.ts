import type { Shape } from '../records/shape.ts'
import { placesOf } from './addressRules.ts'
import { impliedValues } from './impliedValues.ts'
import { defaultRecordType } from './recordTypeRules.ts'
import type { WriterOptions } from './writerOptions.ts'

type Values = { readonly shape: Shape; readonly values: readonly string[] }

/** The values to store, with those that the org implies. `place` is undefined for a new record. */
export function withImplied(
  { org, table, writer, assignment }: WriterOptions,
  given: Values,
  place: number | undefined,
): Values {
  const { name: objectName } = table.schema
  const implies = impliedValues(objectName)
  const hasTypes = place === undefined && org.recordTypes.of(objectName).length > 0
  const before = (name: string) => (place === undefined ? '' : table.text(place, name))
  const stored = (name: string) => given.values[given.shape.positions.get(name) ?? -1]
  const isGiven = (name: string) => (stored(name) ?? '') !== ''
  const after = (name: string) => stored(name) ?? before(name)
  const ownerId = org.assignmentRules.ownerOf(objectName, assignment, after)
  if (implies === undefined && !hasTypes && !org.hasAddressPicklists && ownerId === undefined) return given
  const write = { before, after, isGiven, now: writer.now }
  const implied = new Map(implies?.(write))
  const places = org.hasAddressPicklists ? placesOf(table.schema, { sent: stored, before }) : []
  if (!('statusCode' in places)) for (const [name, text] of places) implied.set(name, text)
  if (hasTypes && !isGiven('RecordTypeId')) {
    implied.set('RecordTypeId', defaultRecordType(org, objectName, isGiven('LastName')))
  }
  if (ownerId !== undefined) implied.set('OwnerId', ownerId)
  const texts = new Map([
    ...given.shape.fields.map((field, at) => [field.name, given.values[at] ?? ''] as const),
    ...implied,
  ])
  const fields = [...texts.keys()].flatMap(name => table.schema.fieldsByName.get(name.toLowerCase()) ?? [])
  return { shape: table.shapeOf(fields), values: [...texts.values()] }
}
