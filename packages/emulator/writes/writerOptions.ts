import type { AssignmentChoice } from '../records/assignmentRules.ts'
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
  readonly guards: readonly (WriteGuard | undefined)[]
  /** The assignment rule that gives the owner. */
  readonly assignment: AssignmentChoice
  /** Whether records are saved although a rule of the action `alert` finds duplicates. */
  readonly allowsDuplicates: boolean
  /** The place of the first record that the transaction creates. */
  readonly newFrom: number
  /** Whether writes may have to be undone. */
  readonly undoable: boolean
  readonly onWritten: (how: WriteKind) => void
}
