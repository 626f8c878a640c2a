import { apiError } from '../apiError.ts'
import { apexGuard } from '../faults/apexLimits.ts'
import { lockedRowsGuard } from '../faults/lockedRows.ts'
import type { Call } from '../http/call.ts'
import type { AssignmentChoice } from '../records/assignmentRules.ts'
import { toId18 } from '../records/recordId.ts'
import type { Table } from '../records/table.ts'
import { createRecordWriter, type RecordWriter } from '../writes/recordWriter.ts'

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
function assignmentOf({ headers, state }: Call): AssignmentChoice {
  const value = String(headers['sforce-auto-assign'] ?? 'true').trim()
  if (/^true$/i.test(value)) return { isActive: true }
  if (/^false$/i.test(value)) return undefined
  const id = toId18(value)
  if (id === undefined) throw apiError(400, 'MALFORMED_ID', `Assignment Rule ID: id value of incorrect type: ${value}`)
  if (!state.org.assignmentRules.has(id))
    throw apiError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
  return { id }
}

// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm
function duplicateRuleHeader({ headers }: Call, name: string): boolean {
  return new RegExp(`\\b${name}\\s*=\\s*true\\b`, 'i').test(String(headers['sforce-duplicate-rule-header'] ?? ''))
}

/** Whether the answer of a rejected duplicate shows the fields of the records. */
export function includesDuplicateDetails(call: Call): boolean {
  return duplicateRuleHeader(call, 'includeRecordDetails')
}

/** A writer to an object for the caller of this request, which writes so many records in one transaction. */
export function writerFor(call: Call, table: Table, records = 1): RecordWriter {
  const { state, caller, faults } = call
  return createRecordWriter({
    org: state.org,
    table,
    access: caller.access,
    writer: { now: state.clock(), userPlace: caller.place },
    guards: [lockedRowsGuard(faults), apexGuard(faults, () => records), state.ingestJobs.lockGuard],
    assignment: assignmentOf(call),
    allowsDuplicates: duplicateRuleHeader(call, 'allowSave'),
    newFrom: table.count,
    undoable: true,
    onWritten: how => state.statistics.countWrite(table.schema.name, how),
  })
}
