import type { FieldSchema, FieldType, ObjectSchema } from '../schema/types.ts'

/**
 * A stored value in its canonical form: text, ids and picklists as strings; numbers as numbers; `date` as `YYYY-MM-DD`; `datetime` as
 * `YYYY-MM-DDTHH:mm:ss.SSS+0000`; `time` as `HH:mm:ss.SSSZ`. An empty field is null, never ''.
 */
export type FieldValue = string | number | boolean | null

/** A record for the query engine. `get` takes the field's API name as in its schema. */
export type StoredRecord = { readonly get: (field: string) => FieldValue }

/** The record storage for the query engine. Object and field names are as in the schema. */
export type RecordReader = {
  /** Finds an object by its name in any case. */
  readonly schema: (name: string) => ObjectSchema | undefined
  /** All records of the object, oldest first. */
  readonly scan: (objectName: string) => Iterable<StoredRecord>
  /** The record with this 18-character id. */
  readonly byId: (objectName: string, id: string) => StoredRecord | undefined
  /**
   * The records whose field equals the value (in any letter case, unless the field is case-sensitive), or undefined when the storage
   * has no index of that field. May return more than match: the condition is checked again.
   */
  readonly lookup: (objectName: string, field: string, value: string) => Iterable<StoredRecord> | undefined
}

/** A row of a query's answer, ready for JSON: `attributes` first, then the selected fields; parents and sub-queries nested. */
export type QueryRow = { readonly [key: string]: unknown }

/** One item of a SELECT list; a relationship has the columns that are selected of it. */
export type SelectedColumn = {
  readonly name: string
  /** As the query names it, such as `count(Id)`. */
  readonly displayName: string
  /** Undefined for a relationship. */
  readonly type: FieldType | undefined
  readonly field?: FieldSchema
  /** The lookup of a parent. */
  readonly lookup?: string
  /** Whether it is a total, or a list of children. */
  readonly isAggregate: boolean
  readonly columns: readonly SelectedColumn[]
}

/**
 * The answer of a query. `totalSize` is what the answer states: for `COUNT()` the count itself, without a row.
 * Rows are created page by page, so a query over a million records does not keep a million rows.
 */
export type QueryRows = {
  readonly object: ObjectSchema
  readonly selected: readonly SelectedColumn[]
  /** Whether the query has a GROUP BY. */
  readonly isGrouped: boolean
  /** The selected fields as in a CSV header: `Id`, `Account.Name`. */
  readonly columns: readonly string[]
  readonly totalSize: number
  readonly rowCount: number
  /** At most `size` rows from a 0-based offset. */
  readonly page: (offset: number, size: number) => readonly QueryRow[]
}
