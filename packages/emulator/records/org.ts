import { standardSchema } from '../schema/catalog.ts'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import type { RecordReader, StoredRecord } from '../soql/types.ts'
import { AssignmentRules } from './assignmentRules.ts'
import { DuplicateRules } from './duplicateRules.ts'
import { FileBodies } from './fileBodies.ts'
import { RecordTypes } from './recordTypes.ts'
import { recordView } from './recordView.ts'
import { Table } from './table.ts'

// Fields with an index for queries by value: roughly those that Salesforce indexes.
function isIndexed(field: FieldSchema) {
  return field.idLookup || field.externalId || field.unique || field.type === 'email' || field.type === 'reference'
}

// Composed or counted when read: there is no stored text to index.
function isComputed(field: FieldSchema) {
  return field.autoNumber || field.type === 'id' || (!field.createable && !field.updateable) || field.name === 'OwnerId'
}

/** The records of an org: one table per object of its schema. */
export class Org {
  readonly schemas: ReadonlyMap<string, ObjectSchema>
  readonly recordTypes = new RecordTypes()
  readonly assignmentRules = new AssignmentRules()
  readonly duplicateRules = new DuplicateRules()
  readonly bodies = new FileBodies()
  /** Whether countries and states are picklists. */
  readonly hasAddressPicklists: boolean
  readonly #tables: ReadonlyMap<string, Table>
  readonly #tablesByPrefix: ReadonlyMap<string, Table>

  constructor(schemas: ReadonlyMap<string, ObjectSchema> = standardSchema()) {
    this.schemas = schemas
    this.hasAddressPicklists = schemas.get('contact')?.fieldsByName.has('mailingcountrycode') ?? false
    const tables = [...schemas].map(([name, schema]) => [name.toLowerCase(), new Table(schema)] as const)
    this.#tables = new Map(tables)
    this.#tablesByPrefix = new Map(tables.map(([, table]) => [table.schema.keyPrefix, table]))
  }

  /** The table of an object by its name in any case. */
  table(objectName: string): Table | undefined {
    return this.#tables.get(objectName.toLowerCase())
  }

  tables(): Iterable<Table> {
    return this.#tables.values()
  }

  /** The table that a record id belongs to by its first three characters. */
  tableOfId(id: string): Table | undefined {
    return this.#tablesByPrefix.get(id.slice(0, 3))
  }

  readonly userId = (userPlace: number): string => this.table('User')?.idOf(userPlace) ?? ''

  /** Number of live records of the object. */
  countLive(objectName: string): number {
    const table = this.table(objectName)
    let live = 0
    if (table !== undefined) for (let place = 0; place < table.count; place++) if (table.isLive(place)) live += 1
    return live
  }

  /**
   * The records for the query engine, as a user sees them; with `deleted`, including the records in the recycle bin, as in `queryAll`. Of
   * UserPermissionAccess a user has one record.
   */
  reader({ userPlace = 0, deleted = false } = {}): RecordReader {
    const isSeen = (table: Table, place: number) => {
      if (table.schema.name === 'UserPermissionAccess') return table.audit.creator(place).userPlace === userPlace
      const status = table.status(place)
      return status === 'live' || (deleted && status === 'deleted')
    }
    const view = (table: Table, place: number) => recordView(table, place, this.userId)
    return {
      schema: name => this.schemas.get(name.toLowerCase()),
      scan: name => scan(this.table(name), isSeen, view),
      byId: (name, id) => {
        const table = this.table(name)
        const place = table?.placeOf(id)
        return table === undefined || place === undefined || !isSeen(table, place) ? undefined : view(table, place)
      },
      lookup: (name, fieldName, value) => {
        const table = this.table(name)
        const field = table?.schema.fieldsByName.get(fieldName.toLowerCase())
        if (table === undefined || field === undefined || !isIndexed(field) || isComputed(field)) return undefined
        return table
          .placesWith(field, value)
          .filter(place => isSeen(table, place))
          .map(place => view(table, place))
      },
    }
  }
}

function* scan(
  table: Table | undefined,
  isSeen: (table: Table, place: number) => boolean,
  view: (table: Table, place: number) => StoredRecord,
): Generator<StoredRecord> {
  if (table === undefined) return
  for (let place = 0; place < table.count; place++) if (isSeen(table, place)) yield view(table, place)
}
