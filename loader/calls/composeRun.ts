// Which calls may be loaded together.
import { sourceColumns } from '../../packages/client/contract/fieldMapping.ts'
import type { AddRecordsAnswer, AddRecordsInput, GivenRecord } from '../../packages/client/contract/receiveRecords.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { isSelfMapping } from '../plan/selfReferences.ts'
import { trimValue } from '../values/text.ts'
import { compileReading } from '../values/valueMap.ts'

/** Text that is the same for the same records, whatever the order of their columns. */
export function recordsText(records: readonly GivenRecord[]): string {
  return JSON.stringify(records.map(record => Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))))
}

/**
 * Selects the calls that may share a run, so that each gets the answer that it would get alone: all have the same columns (a
 * column that a record lacks counts as blank), and no two of their records have the same key. Records whose parents are others of the
 * same source share no run: callers may give their records equal names. The other calls wait for the next run, in their order.
 */
export function composeRun<One extends AddRecordsInput>(
  calls: readonly One[],
  spec: SyncSpec,
): { readonly together: readonly One[]; readonly later: readonly One[] } {
  const columns = keyColumns(spec)
  const sharesRun = !Object.values(spec.fields).some(isSelfMapping)
  const seen = new Set<string>()
  const together: One[] = []
  const later: One[] = []
  for (const call of calls) {
    const keys = call.records.flatMap(record => recordKeys(record, columns))
    const fits =
      together[0] === undefined || (sharesRun && columnsOf(call) === columnsOf(together[0]) && areNew(keys, seen))
    // The keys of waiting calls count too: a later call about the same record comes after them.
    for (const key of keys) seen.add(key)
    ;(fits ? together : later).push(call)
  }
  return { together, later }
}

/** The message about a repeated key names its first row, so a call that repeats a key starts its own run. */
const areNew = (keys: readonly string[], seen: ReadonlySet<string>): boolean =>
  new Set(keys).size === keys.length && keys.every(key => !seen.has(key))

const columnsOf = ({ records }: AddRecordsInput): string =>
  JSON.stringify([...new Set(records.flatMap(record => Object.keys(record)))].sort())

type KeyColumn = { readonly column: string; readonly read: (raw: string) => string }

/** Columns that find existing records, those of one key together. On create the org itself rejects the second record. */
function keyColumns({ keyField = 'Id', externalIdField, fields }: SyncSpec): readonly (readonly KeyColumn[])[] {
  const columnsOfKey = (key: string | readonly string[]) => {
    const names = [key].flat().map(name => name.toLowerCase())
    return Object.entries(fields).flatMap(([name, mapping]) =>
      names.includes(name.toLowerCase())
        ? sourceColumns(mapping).map(column => ({
            column,
            read: 'column' in mapping ? compileReading(mapping) : trimValue,
          }))
        : [],
    )
  }
  return [keyField, externalIdField ?? []].map(columnsOfKey).filter(columns => columns.length > 0)
}

/** Treats more values as equal than Salesforce does: two records that only might be the same do not share a run. */
function recordKeys(record: GivenRecord, keys: readonly (readonly KeyColumn[])[]): readonly string[] {
  return keys.flatMap(columns => {
    const values = columns.map(column => keyValue(record, column))
    return values.includes('') ? [] : [JSON.stringify([columns.map(({ column }) => column), values])]
  })
}

function keyValue(record: GivenRecord, { column, read }: KeyColumn): string {
  const given = String((Object.hasOwn(record, column) ? record[column] : undefined) ?? '')
  const value = read(given).trim().toLowerCase()
  if (value === '') return ''
  return Number.isNaN(Number(value)) ? idPart(value) : String(Number(value))
}

/** An Id of 18 characters is one of 15 with a checksum. */
const idPart = (value: string): string => (/^[a-z0-9]{18}$/.test(value) ? value.slice(0, 15) : value)

/** The records of a call in its run. */
export type CallInRun = {
  readonly id: string
  readonly runId: string
  /** Row of its first record in the run, 1-based. */
  readonly firstRow: number
  readonly records: number
}

/** The part of the report that answers the call; undefined when the run ended before its records were settled: it must be resumed. */
export function answerIn(report: RunReport, { runId, firstRow, records }: CallInRun): AddRecordsAnswer | undefined {
  const { outcome, results } = report
  if (results === undefined || (outcome !== 'completed' && outcome !== 'completed_with_rejected')) return undefined
  const own = results.slice(firstRow - 1, firstRow - 1 + records)
  return { runId, results: own.map((result, index) => ({ ...result, row: index + 1 })) }
}
