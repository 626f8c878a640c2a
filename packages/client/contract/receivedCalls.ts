// Calls of services that add records one after the other: which of them may share a run.
import type { SyncSpec } from './syncSpec.ts'

/** A record as a program gives it: column to value; null is a blank value. */
export type GivenRecord = Readonly<Record<string, string | number | boolean | null>>

/** Records that belong together: they are answered at once. */
export type Call = {
  /** Names the call: the same id again gets the first answer. */
  readonly id: string
  readonly records: readonly GivenRecord[]
}

/** Most records in a call, and in the run of several calls: so many results fit into an answer. */
export const MOST_CALL_RECORDS = 200

/** Longest id of a call, in characters. */
export const CALL_ID_LENGTH = 200

/** What calls and receivers of a sync are reached by in Temporal: `receive/contacts`. */
export function receiverWorkflowId(sync: string): string {
  return `receive/${sync}`
}

/** The label of a run made of calls: `received-2026-11-25T130405Z-1f0a`. @param now epoch milliseconds @param random tells runs of one second apart */
export function receivedLabel(now: number, random: string): string {
  const second = new Date(now).toISOString().slice(0, 19)
  return `received-${second.replaceAll(':', '')}Z-${random}`
}

/** A text that is the same for the same records, in whatever order a program writes their columns. */
export function recordsText(records: readonly GivenRecord[]): string {
  return JSON.stringify(records.map(record => Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))))
}

/**
 * The calls that may share a run, so that each gets the answer it would get alone: all have the same columns (a column that
 * a record lacks counts as blank), and no record of one has the key of another's. The others wait for the next run,
 * in their order.
 */
export function composeRun<One extends Call>(
  calls: readonly One[],
  spec: SyncSpec,
): { readonly together: readonly One[]; readonly later: readonly One[] } {
  const columns = keyColumns(spec)
  const seen = new Set<string>()
  const together: One[] = []
  const later: One[] = []
  for (const call of calls) {
    const keys = call.records.flatMap(record => recordKeys(record, columns))
    const fits = together[0] === undefined || (columnsOf(call) === columnsOf(together[0]) && areNew(keys, seen))
    // The keys of those who wait count too: a later call about the same record comes after them.
    for (const key of keys) seen.add(key)
    ;(fits ? together : later).push(call)
  }
  return { together, later }
}

/** Words about a repeated key name its first row, so a call with one begins its run. */
function areNew(keys: readonly string[], seen: ReadonlySet<string>): boolean {
  return new Set(keys).size === keys.length && keys.every(key => !seen.has(key))
}

function columnsOf({ records }: Call): string {
  return JSON.stringify([...new Set(records.flatMap(record => Object.keys(record)))].sort())
}

/** Columns that find existing records. On create the org itself rejects a second. */
function keyColumns({ keyField = 'Id', externalIdField, fields }: SyncSpec): readonly string[] {
  const names = [keyField, externalIdField].map(name => name?.toLowerCase())
  return Object.entries(fields).flatMap(([name, mapping]) =>
    names.includes(name.toLowerCase()) && 'column' in mapping ? [mapping.column] : [],
  )
}

/** Wider than what Salesforce takes for the same: two that only might be the same are kept apart. */
function recordKeys(record: GivenRecord, columns: readonly string[]): readonly string[] {
  return columns.flatMap(column => {
    const value = String(record[column] ?? '')
      .trim()
      .toLowerCase()
    return value === '' ? [] : [`${column} ${Number.isNaN(Number(value)) ? idPart(value) : Number(value)}`]
  })
}

/** An Id of 18 characters is one of 15 with a checksum. */
function idPart(value: string): string {
  return /^[a-z0-9]{18}$/.test(value) ? value.slice(0, 15) : value
}
