import { selfReferences } from '../plan/selfReferences.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'

/** Salesforce's words for a lookup by External ID that found no record. */
const NOT_FOUND = 'Foreign key external ID: '

const WAS_LATE = 'if the parent is another row of this source, it was not there yet: load rejected.csv again'
const WAS_REJECTED =
  'if the parent is another row of this source, it was rejected: correct it, and load rejected.csv again'

/**
 * Compiles the advice for records whose parent was not found. A source may hold children and parents of one object: parents come first
 * where all rows are created or upserted, else a child may come before its parent.
 *
 * @returns the message, with the advice when the parent may be another row of the source
 */
export function compileParentAdvice(plan: SyncPlan): (message: string) => string {
  const { object, fields } = plan
  const advice = selfReferences(plan).length > 0 ? WAS_REJECTED : WAS_LATE
  const mapped = new Set(fields.map(({ name }) => name))
  const ends = fields.flatMap(({ relationship }) => {
    const isOwn = relationship?.parent === object && mapped.has(relationship.field)
    return isOwn ? [`not found for field ${relationship.field} in entity ${object}`] : []
  })
  return message =>
    ends.some(end => message.includes(end)) && message.includes(NOT_FOUND) ? `${message}; ${advice}` : message
}
