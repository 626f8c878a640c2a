import type { PlannedChange } from '../../packages/client/contract/planRecords.ts'
import type { Verdict } from '../../packages/client/contract/verdicts.ts'
import { CellReader, recordCells } from '../csv/cellReader.ts'
import type { RecordBytes } from '../csv/recordBytes.ts'
import type { SyncPlan } from '../plan/syncPlan.ts'
import { FIELD_SEPARATOR, PLAN_COLUMNS, shownFields } from './planLines.ts'

type Column = (typeof PLAN_COLUMNS)[number]

const placeOf = (column: Column): number => PLAN_COLUMNS.indexOf(column)

/** Reads lines of plan.csv, or of the part of a chunk. */
export class PlanLineReader {
  readonly #fields: readonly string[]
  readonly #identities: number
  readonly #cell = new CellReader()

  constructor(plan: Pick<SyncPlan, 'fields' | 'identityFields'>) {
    this.#fields = shownFields(plan)
    this.#identities = plan.identityFields.length
  }

  verdict(lines: RecordBytes, index: number): Verdict {
    return this.#text(lines, index, 'verdict') as Verdict
  }

  /** Blank when the org has no such record, or several. */
  id(lines: RecordBytes, index: number): string {
    return this.#text(lines, index, 'id')
  }

  /** The names of the fields that an update changes. */
  changed(lines: RecordBytes, index: number): string {
    return this.#text(lines, index, 'changed')
  }

  /** Why a record is not sent. */
  rejection(lines: RecordBytes, index: number) {
    const text = (column: Column) => this.#text(lines, index, column)
    return { row: Number(text('row')), errorCode: text('errorcode'), errorMessage: text('errormessage') }
  }

  /** What is done to a record that is sent. Long values are cut. */
  change(lines: RecordBytes, index: number, verdict: PlannedChange['verdict']): PlannedChange {
    const cells = recordCells(lines, index)
    const at = (column: Column) => cells[placeOf(column)] ?? ''
    const values = PLAN_COLUMNS.length + this.#identities
    const changed = at('changed').split(FIELD_SEPARATOR)
    const fields = this.#fields.flatMap((field, place): PlannedChange['fields'] => {
      const [held = '', sent = ''] = cells.slice(values + 2 * place, values + 2 * place + 2).map(shownValue)
      if (verdict === 'update') return changed.includes(field) ? [{ field, old: held, new: sent }] : []
      if (verdict === 'create') return sent === '' ? [] : [{ field, new: sent }]
      return held === '' ? [] : [{ field, old: held }]
    })
    return {
      row: Number(at('row')),
      verdict,
      id: at('id'),
      identity: cells.slice(PLAN_COLUMNS.length, values),
      fields,
    }
  }

  /** Where the old and new values of a line begin, with the comma before them. */
  valuesAt({ bytes, starts }: RecordBytes, index: number): number {
    const [start, end] = [starts[index] as number, (starts[index + 1] as number) - 1]
    this.#cell.readAt(PLAN_COLUMNS.length + this.#identities - 1, bytes, start, end)
    return this.#cell.next - 1
  }

  #text({ bytes, starts }: RecordBytes, index: number, column: Column): string {
    const [start, end] = [starts[index] as number, (starts[index + 1] as number) - 1]
    return this.#cell.readAt(placeOf(column), bytes, start, end).text
  }
}

/** Characters of a value in a report; plan.csv has all of them. */
const VALUE_SHOWN = 255

const shownValue = (value: string): string => (value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value)
