import { lockedRowsGuard } from '../faults/lockedRows.ts'
import type { Call } from '../http/call.ts'
import type { Table } from '../records/table.ts'
import { createRecordWriter, type RecordWriter } from '../writes/recordWriter.ts'

/** A writer to an object for the caller of this request. */
export function writerFor({ state, caller, faults }: Call, table: Table): RecordWriter {
  return createRecordWriter({
    org: state.org,
    table,
    access: caller.access,
    writer: { now: state.clock(), userPlace: caller.place },
    guard: lockedRowsGuard(faults) ?? state.ingestJobs.lockGuard,
    undoable: true,
    onWritten: how => state.statistics.countWrite(table.schema.name, how),
  })
}
