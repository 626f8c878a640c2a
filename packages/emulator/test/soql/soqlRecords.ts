import { recordId } from '../../records/recordId.ts'
import { fullAccess, type UserAccess } from '../../schema/access.ts'
import { standardSchema } from '../../schema/catalog.ts'
import { runQuery } from '../../soql/runQuery.ts'
import type { FieldValue, QueryRow, RecordReader, StoredRecord } from '../../soql/types.ts'

type Values = { readonly [field: string]: FieldValue }

/** The current time for date literals: a Wednesday. */
export const NOW = Date.UTC(2026, 10, 25, 12)

const schema = standardSchema()

/** The id of the n-th record of an object, counted from 0. */
export function idOf(objectName: string, index: number): string {
  return recordId(schema.get(objectName.toLowerCase())?.keyPrefix ?? '', index)
}

/** A reader of a few records in memory, which records its use. `indexed` fields have an index. */
export function readerOf(
  tables: { readonly [objectName: string]: readonly Values[] },
  indexed: readonly string[] = ['Email', 'AccountId'],
) {
  const used = { scans: 0, lookups: 0 }
  const stored = new Map<string, readonly (StoredRecord & { readonly id: string })[]>(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.map((row, index) => {
        const id = idOf(name, index)
        const values: Values = { Id: id, IsDeleted: false, ...row }
        return { id, get: (field: string) => values[field] ?? null }
      }),
    ]),
  )
  const reader: RecordReader = {
    schema: name => schema.get(name.toLowerCase()),
    scan: name => {
      used.scans += 1
      return stored.get(name) ?? []
    },
    byId: (name, id) => stored.get(name)?.find(record => record.id === id),
    lookup: (name, field, value) => {
      if (!indexed.includes(field)) return undefined
      used.lookups += 1
      return stored.get(name)?.filter(record => String(record.get(field)).toLowerCase() === value.toLowerCase()) ?? []
    },
  }
  return { reader, used }
}

/** Runs a query and returns all its rows. */
export function rowsOf(soql: string, reader: RecordReader, access: UserAccess = fullAccess()): readonly QueryRow[] {
  const result = runQuery(soql, reader, access, { apiVersion: '67.0', now: NOW })
  // As an answer contains them: doubles are objects before they are written as JSON.
  return JSON.parse(JSON.stringify(result.page(0, result.rowCount))) as readonly QueryRow[]
}

/** The values of one column of all rows. */
export function column(rows: readonly QueryRow[], name: string): readonly unknown[] {
  return rows.map(row => row[name])
}
