// Locks on the parents of records that are being written.
import type { FieldSchema } from '../schema/types.ts'
import { rowLocked } from './rowLocked.ts'
import type { WriteGuard } from './writerOptions.ts'

/** Every write of a child locks its account or its campaign. Other optional lookups lock their parent in some configurations only. */
const LOCKED_PARENTS: readonly string[] = ['Account', 'Campaign']

/** A record of these is the parent of most others, and a lookup to it locks nothing. */
const NEVER_LOCKED: readonly string[] = ['User', 'Group', 'RecordType']

/** Whether a write of a record locks the parent in this field: a master-detail relationship is a required lookup. */
export function locksParent({ type, nillable, referenceTo }: FieldSchema): boolean {
  if (type !== 'reference' || referenceTo.some(name => NEVER_LOCKED.includes(name))) return false
  return !nillable || referenceTo.some(name => LOCKED_PARENTS.includes(name))
}

export type HeldLocks = {
  /** Ids that another transaction holds. */
  readonly denied: ReadonlySet<string>
  release(): void
}

/** The locks of the transactions that are running, by the Id of the parent. */
export class ParentLocks {
  readonly #held = new Set<string>()

  /** Takes the locks that are free, for one transaction. Salesforce would wait for the others; here they are denied at once. */
  take(ids: Iterable<string>): HeldLocks {
    const { denied, taken } = Object.groupBy(new Set(ids), id => (this.#held.has(id) ? 'denied' : 'taken'))
    for (const id of taken ?? []) this.#held.add(id)
    return {
      denied: new Set(denied),
      release: () => {
        for (const id of taken ?? []) this.#held.delete(id)
      },
    }
  }

  /** Rejects the records whose parent a running transaction holds. */
  readonly guard: WriteGuard = ({ table, cellOf }) => {
    for (const field of table.schema.fields) {
      if (!locksParent(field)) continue
      const id = cellOf(field.name)
      if (id !== '' && this.#held.has(id)) return rowLocked(id)
    }
    return undefined
  }
}
