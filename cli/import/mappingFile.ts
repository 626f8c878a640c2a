// Data Loader's mapping file (.sdl): a source column per line, and the field that it is loaded into.
import { CommandError } from '../commandError.ts'
import type { Note } from './imported.ts'
import { type Property, readProperties } from './javaProperties.ts'

/** A column of the source by its name, or a value for every record. */
type MappedValue = string | { readonly value: string }

export type MappingFile = {
  /** By the API name of the field, or `Relationship.Field`. */
  readonly fields: ReadonlyMap<string, MappedValue>
  readonly notes: readonly Note[]
}

/** One assignment of a line, which may have several. */
type Assignment = { readonly line: number; readonly field: string; readonly value: MappedValue }

/**
 * Reads a mapping for a load. Throws CommandError for a line that is no mapping, and for two columns on one field.
 * @param shown the file in messages
 * @param header the columns of the source; undefined when it cannot be read here
 */
export function readMappingFile(bytes: Uint8Array, shown: string, header: readonly string[] | undefined): MappingFile {
  const { properties, isUtf8 } = readProperties(bytes, shown)
  const notes: Note[] = isUtf8 ? [utf8Note(shown)] : []
  const assignments = [...lastOfEachKey(properties)].flatMap(property => {
    const read = readLine(property, `${shown}:${property.line}`, header)
    if ('note' in read) notes.push(read.note)
    return 'assignments' in read ? read.assignments : []
  })
  return { fields: uniqueFields(assignments, shown), notes }
}

const utf8Note = (shown: string): Note => ({
  kind: 'toDo',
  subject: shown,
  text: 'has letters in UTF-8, which Data Loader reads as ISO 8859-1, so that it did not load those columns; here they are loaded: check them',
})

/** As Java does: of equal keys the last one counts. */
function lastOfEachKey(properties: readonly Property[]): Iterable<Property> {
  return new Map(properties.map(property => [property.key.toLowerCase(), property])).values()
}

type ReadLine = { readonly assignments: readonly Assignment[] } | { readonly note: Note }

function readLine(property: Property, place: string, header: readonly string[] | undefined): ReadLine {
  const { key, value, line } = property
  checkLine(property, place)
  const fields = value.split(',').flatMap(name => (name.trim() === '' ? [] : [fieldName(name.trim(), place)]))
  const constant = /^"(.*)"$/s.exec(key)?.[1]
  if (fields.length === 0 || key === '') return { assignments: [] }
  if (constant !== undefined) return { assignments: fields.map(field => ({ line, field, value: { value: constant } })) }
  if (key.includes(',')) return { note: joinedColumns(key, fields, place) }
  const column = header === undefined ? key : header.find(name => sameName(name, key))
  if (column === undefined) return { note: missingColumn(key, fields, place) }
  return { assignments: fields.map(field => ({ line, field, value: column })) }
}

const sameName = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

function checkLine({ separator, value, written }: Property, place: string): void {
  const shown = JSON.stringify(written)
  if (separator === '') throw new CommandError(`${place} is not a mapping: ${shown}; write it as COLUMN=Field`)
  if (separator !== ' ') return
  const [, name = '', field = ''] = /^(.*?)[ \t]*=[ \t]*(.*)$/.exec(written) ?? []
  const example = `${(name || 'COLUMN NAME').replaceAll(/[ \t]/g, '\\ ')}=${field || value}`
  throw new CommandError(
    `${place} has a blank that ends the name of its column: ${shown}; write it as ${example}, or remove the line, which Data Loader did not use`,
  )
}

const NAME = /^\w+$/
// `Relationship:Field`, and since version 56 `Relationship:Object-Field`.
const LOOKUP = /^(\w+):(?:(\w+)-)?(\w+)$/
const OURS = /^(?:\w+:)?\w+\.\w+$/

/** The field as a sync names it. */
function fieldName(written: string, place: string): string {
  if (NAME.test(written) || OURS.test(written)) return written
  const [match, relationship, object, field] = LOOKUP.exec(written) ?? []
  if (match === undefined) {
    throw new CommandError(
      `${place}: ${JSON.stringify(written)} is not the name of a field; write it like LastName, or Account\\:Ext_Id__c for a parent`,
    )
  }
  return `${object === undefined ? '' : `${object}:`}${relationship}.${field}`
}

const joinedColumns = (key: string, fields: readonly string[], place: string): Note => ({
  kind: 'notCarried',
  subject: place,
  text: `joins the columns ${key} for ${fields.join(', ')}; join them in the source, or with source.sql: SELECT *, ${sqlJoin(key)} AS joined FROM source; then map ${fields[0]}: joined`,
})

const sqlJoin = (key: string): string =>
  `concat_ws(', ', ${key
    .split(',')
    .map(name => JSON.stringify(name.trim()))
    .join(', ')})`

const missingColumn = (key: string, fields: readonly string[], place: string): Note => ({
  kind: 'notCarried',
  subject: place,
  text: `the source has no column ${JSON.stringify(key)}, so Data Loader passed over it; ${fields.join(', ')} is not mapped`,
})

/** A constant wins over a column, as in Data Loader. */
function uniqueFields(assignments: readonly Assignment[], shown: string): MappingFile['fields'] {
  const found = new Map<string, Assignment>()
  const columnsFirst = assignments.toSorted((a, b) => Number(isConstant(a)) - Number(isConstant(b)))
  for (const assignment of columnsFirst) {
    const name = assignment.field.toLowerCase()
    const earlier = found.get(name)
    if (earlier !== undefined && isConstant(earlier) === isConstant(assignment)) {
      const lines = [earlier.line, assignment.line].toSorted((a, b) => a - b)
      throw new CommandError(
        `${shown}: the lines ${lines.join(' and ')} map ${assignment.field} twice, and Data Loader loads any of the two; remove one of them`,
      )
    }
    found.set(name, assignment)
  }
  const inOrder = [...found.values()].toSorted((a, b) => a.line - b.line)
  return new Map(inOrder.map(({ field, value }) => [field, value]))
}

const isConstant = ({ value }: Assignment): boolean => typeof value !== 'string'
