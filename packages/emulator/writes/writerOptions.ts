import type { Writer } from '../records/auditColumns.ts'
import type { Org } from '../records/org.ts'
import type { Table } from '../records/table.ts'
import type { UserAccess } from '../schema/access.ts'
import type { RecordError } from '../values/recordError.ts'

/** Checks a record before it is written; a fault on demand may reject it. `place` is undefined for a new record. */
export type WriteGuard = (record: {
  readonly table: Table
  readonly place: number | undefined
  readonly cellOf: (fieldName: string) => string
}) => RecordError | undefined

export type WriteKind = 'created' | 'updated' | 'deleted'

export type WriterOptions = {
  readonly org: Org
  readonly table: Table
  readonly access: UserAccess
  readonly writer: Writer
  readonly guard: WriteGuard | undefined
  /** Whether writes may have to be undone. */
  readonly undoable: boolean
  readonly onWritten: (how: WriteKind) => void
}
