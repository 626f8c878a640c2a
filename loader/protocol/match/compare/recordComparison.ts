import { CellReader } from '../../../csv/cellReader.ts'
import { type ComparedField, comparedFields } from '../../../plan/comparedFields.ts'
import { fillsBlanks, type SyncPlan } from '../../../plan/syncPlan.ts'
import type { PlannedRecord } from '../../../results/planLines.ts'
import { CLEAR } from '../../../values/fieldValue.ts'
import { compileSameValue } from '../../../values/sameValue.ts'
import type { StagedChunk } from '../../staged.ts'
import type { PageColumns } from '../search/searchPages.ts'

/** Reads all cells of a record into readers that are used again. Returns their number. */
export function readCells(cells: CellReader[], bytes: Buffer, start: number, end: number): number {
  let count = 0
  for (let at = start; at <= end; count++) {
    if (count === cells.length) cells.push(new CellReader())
    at = (cells[count] as CellReader).read(bytes, at, end).next
  }
  return count
}

export type Compared = {
  readonly name: string
  readonly differs: (staged: readonly CellReader[], held: readonly CellReader[]) => boolean
  /** Places of the value among the cells of both sides; -1 where the org does not show it. */
  readonly staged: number
  readonly held: number
}

/** Compares the records of one operation. Cells of a staged record follow its keys, those of the org follow the row. */
export class RecordComparison {
  readonly #fields: readonly Compared[]
  readonly #byPlace: ReadonlyMap<number, Compared>
  /** Places in `fields` of those that differ, of the record that was compared last. */
  readonly #different: number[] = []

  constructor(plan: SyncPlan, operation: StagedChunk['operation'], columns: PageColumns) {
    const compile = fillsBlanks(plan, operation) ? filling : compared
    this.#fields = comparedFields(plan, operation).map(field => compile(field, columns))
    this.#byPlace = new Map(this.#fields.map(field => [field.staged, field]))
  }

  /** Whether a field is to be written, because the org holds another value; where only blank fields are filled, because it holds none. */
  differs(staged: readonly CellReader[], held: readonly CellReader[]): boolean {
    const fields = this.#fields
    this.#different.length = 0
    for (let index = 0; index < fields.length; index++) {
      if ((fields[index] as Compared).differs(staged, held)) this.#different.push(index)
    }
    return this.#different.length > 0
  }

  /** Old and new values of the record that was compared last. */
  changes(staged: readonly CellReader[], held: readonly CellReader[]): PlannedRecord['changes'] {
    return this.#different.map(index => {
      const { name, staged: at, held: from } = this.#fields[index] as Compared
      return { field: name, old: from < 0 ? '' : textOf(held, from), new: newText(staged, at) }
    })
  }

  /** The values that the org loses with a record. */
  lost(held: readonly CellReader[]): PlannedRecord['changes'] {
    return this.#fields.flatMap(({ name, held: from }) => {
      const old = from < 0 ? '' : textOf(held, from)
      return old === '' ? [] : [{ field: name, old, new: '' }]
    })
  }

  /** Whether the value of a staged cell is not to be written. @param place of the cell in the staged record */
  isLeftOut(place: number, staged: readonly CellReader[], held: readonly CellReader[]): boolean {
    return this.#byPlace.get(place)?.differs(staged, held) === false
  }

  /** The names of the fields that differ in the record that was compared last. */
  changed(visit: (field: string) => void): void {
    for (const index of this.#different) visit((this.#fields[index] as Compared).name)
  }
}

/** Where both sides have the value of a field. @returns `filled`: the place that is blank if the org holds no value */
function placesOf({ cell, path, lookup }: ComparedField, columns: PageColumns) {
  const placeOf = (column: string | undefined) =>
    column === undefined ? -1 : (columns.values.get(column) as number) + 1
  const held = placeOf(path)
  // A parent without an External ID has a blank one, too.
  return { staged: columns.keys.length + cell, held, filled: lookup === undefined ? held : placeOf(lookup) }
}

/** A field that is written only if the org holds no value. The plan rejects those that the org does not show. */
function filling(field: ComparedField, columns: PageColumns): Compared {
  const { staged, held, filled } = placesOf(field, columns)
  const differs: Compared['differs'] = (stagedCells, heldCells) => {
    const given = stagedCells[staged] as CellReader
    return !isEmpty(given) && !isClear(given) && isEmpty(heldCells[filled] as CellReader)
  }
  return { name: field.name, differs, staged, held }
}

export function compared(field: ComparedField, columns: PageColumns): Compared {
  const { name, lookup, valueField } = field
  const { staged, held, filled } = placesOf(field, columns)
  const same = compileSameValue(valueField, lookup !== undefined)
  const differs: Compared['differs'] = (stagedCells, heldCells) => {
    const given = stagedCells[staged] as CellReader
    if (isEmpty(given)) return false
    if (isClear(given)) return filled < 0 || !isEmpty(heldCells[filled] as CellReader)
    return held < 0 || !same(given, heldCells[held] as CellReader)
  }
  return { name, differs, staged, held }
}

const isEmpty = ({ start, end }: CellReader): boolean => start === end

function isClear({ bytes, start, end }: CellReader): boolean {
  if (end - start !== CLEAR.length) return false
  for (let at = 0; at < CLEAR.length; at++) if (bytes[start + at] !== CLEAR.charCodeAt(at)) return false
  return true
}

const textOf = (cells: readonly CellReader[], at: number): string => (cells[at] as CellReader).text

/** The value that would be written; blank for one that clears the field. */
export function newText(cells: readonly CellReader[], at: number): string {
  const text = textOf(cells, at)
  return text === CLEAR ? '' : text
}
