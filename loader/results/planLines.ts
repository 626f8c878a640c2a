// The verdict of each record as it is written to plan.csv, and to the part of each chunk before.
import type { Operation } from '../../packages/client/contract/operations.ts'
import type { Verdict } from '../../packages/client/contract/verdicts.ts'
import { csvCells, csvLine } from '../csv/ownCsv.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'

/** Its first columns; the identity fields follow. */
export const PLAN_COLUMNS = ['row', 'verdict', 'operation', 'id', 'changed', 'errorcode', 'errormessage'] as const

/** Between the names of changed fields. */
export const FIELD_SEPARATOR = ';'

/** A field with the value that the org holds and the one that would be written; blank where there is none. */
type FieldChange = { readonly field: string; readonly old: string; readonly new: string }

export type PlannedRecord = {
  /** 1-based. */
  readonly row: number
  readonly verdict: Verdict
  /** Blank when the source names no valid operation. */
  readonly operation: Operation | ''
  /** Blank when the org has no such record, or several. */
  readonly id: string
  /** Of an update the fields that differ, of a create those that are set, of a delete those that are lost; in the order of the plan. */
  readonly changes: readonly FieldChange[]
  readonly errorCode: string
  readonly errorMessage: string
}

/** The fields whose values plan.csv shows: all that are mapped, except the Id. */
export const shownFields = ({ fields }: Pick<SyncPlan, 'fields'>): readonly string[] =>
  fields.flatMap(({ name }) => (name === 'Id' ? [] : [name]))

/** `row,verdict,operation,id,changed,errorcode,errormessage,<identity fields>,old.<Field>,new.<Field>,…` */
export function planHeader(plan: Pick<SyncPlan, 'fields' | 'identityFields'>): string {
  const values = shownFields(plan).flatMap(field => [`old.${field}`, `new.${field}`])
  return csvLine([...PLAN_COLUMNS, ...plan.identityFields, ...values])
}

/** The fields that a line of plan.csv names as changed: none of the cells before them has a comma. */
export function changedFieldsOf(line: string): readonly string[] {
  const [, , , , changed = ''] = line.split(',', 5)
  return changed === '' ? [] : changed.split(FIELD_SEPARATOR)
}

/**
 * Compiles the function that writes the line of a record.
 * @returns a function of the record and its identity fields as CSV with a comma before each
 */
export function compilePlanLine(plan: Pick<SyncPlan, 'fields'>): (record: PlannedRecord, identity: string) => string {
  const fields = shownFields(plan)
  const places = new Map(fields.map((field, index) => [field, 2 * index]))
  const blank = ','.repeat(2 * fields.length)
  return ({ row, verdict, operation, id, changes, errorCode, errorMessage }, identity) => {
    const changed = verdict === 'update' ? changes.map(({ field }) => field).join(FIELD_SEPARATOR) : ''
    const head = `${csvCells([String(row), verdict, operation, id, changed, errorCode, errorMessage])}${identity}`
    if (changes.length === 0) return `${head}${blank}\n`
    const values = new Array<string>(2 * fields.length).fill('')
    for (const change of changes) {
      const place = places.get(change.field)
      if (place === undefined) continue
      values[place] = change.old
      values[place + 1] = change.new
    }
    return `${head},${csvCells(values)}\n`
  }
}
