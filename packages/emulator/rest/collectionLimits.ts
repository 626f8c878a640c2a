import { apiError } from '../apiError.ts'
import type { Call } from '../http/call.ts'

/** Records that one collection request may write. */
const MAX_RECORDS = 200

/** Throws EXCEEDED_ID_LIMIT when a request has too many records. */
export function limitRecords(count: number, most = MAX_RECORDS): void {
  if (count <= most) return
  const message = `record limit reached. cannot submit more than ${most} records into this call`
  throw apiError(400, 'EXCEEDED_ID_LIMIT', message)
}

/** The ids that the query of a request lists. */
export function idsInQuery(call: Call): readonly string[] {
  return (call.query.get('ids') ?? '').split(',').filter(id => id !== '')
}
