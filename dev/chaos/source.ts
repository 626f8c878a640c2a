// The records of a load. A marker in LastName, or in the Title of a file, names each row in the org, and a value shows whether it was written.
import type { LoadPlan } from './plan.ts'
import { isDelete, RULES, type Shape } from './shapes.ts'

export type SourceRow = {
  /** The same for equal rows; no other load has it. */
  readonly marker: string
  /** In the org only when this load has written the record. */
  readonly value: string
  /** Which of the load's sources has the row, from 1: a flow has several. */
  readonly part: number
  /** Number of the row in its source, from 1. */
  readonly number: number
  /** Marker of its parent; '' without one. Absent in loads without parents. */
  readonly parent?: string
  /** What the org or the run rejects: the row's error names this text, which no other row has but those below it. */
  readonly flaw?: string
  /** Whether the record exists before the load. */
  readonly exists: boolean
  /** Whether the org holds it as the load leaves it: then it is not sent. */
  readonly same: boolean
}

/** Every such row names an account that does not exist. */
const FLAWED_EVERY = 50
const FLAWED = 7
/** Every such row of an update or a deletion has a key that no record has. */
const MISSING_EVERY = 70
const MISSING = 11
/** Of a load that sends what has changed, every such row is as the org holds it. */
const SAME_EVERY = 3
/** Every such row equals the one before it. */
const EQUAL_EVERY = 10
/** Rows of a source that name each other: one above, three below. */
const LEVELS = 4
/** Rows with one parent of the org. */
const CHILDREN = 20
/** Every such row has no parent. */
const ORPHAN_EVERY = 9
/** Spreads the children over the parents. */
const STEP = 13

export const VALUE_BEFORE = 'before'

export type Load = Pick<LoadPlan, 'name' | 'shape' | 'records'>

export function rowsOf(load: Load): readonly SourceRow[] {
  const rows = Array.from({ length: load.records }, (_, index): SourceRow => {
    const isCopy = RULES[load.shape].copies && index % EQUAL_EVERY === EQUAL_EVERY - 1
    return { ...rowAt(load, isCopy ? index - 1 : index), ...placeOf(load, index) }
  })
  const byMarker = new Map(rows.map(row => [row.marker, row]))
  const flawOf = (row: SourceRow): string | undefined => {
    const above = byMarker.get(row.parent ?? '')
    return (above === undefined || above.exists ? undefined : flawOf(above)) ?? row.flaw
  }
  return rows.map(row => {
    const flaw = flawOf(row)
    return flaw === undefined ? row : { ...row, flaw }
  })
}

function rowAt(load: Load, index: number): Omit<SourceRow, 'part' | 'number'> {
  const { name, shape } = load
  const { unsent, parents, exists: existing } = RULES[shape]
  const marker = markerAt(name, index)
  const exists = isExisting(shape, index)
  const same = exists && unsent !== undefined && (unsent === 'all' || index % SAME_EVERY === 0)
  const row = { marker, value: same ? VALUE_BEFORE : givenFor(marker), exists, same }
  const isFlawed = !isDelete(shape) && !same && index % FLAWED_EVERY === FLAWED
  const parent = parents === undefined ? {} : { parent: parentAt(load, index) }
  if (!exists && existing === 'most') return { ...row, ...parent, flaw: emailOf(marker) }
  return { ...row, ...parent, ...(isFlawed ? { flaw: `no-${marker}.` } : {}) }
}

const markerAt = (name: string, index: number): string => `${name}-${String(index + 1).padStart(6, '0')}`
const givenFor = (marker: string): string => `set ${marker}`

function isExisting(shape: Shape, index: number): boolean {
  const { exists } = RULES[shape]
  if (exists === undefined) return false
  switch (exists) {
    case 'all':
      return true
    case 'half':
      return index % 2 === 0
    case 'most':
      return index % MISSING_EVERY !== MISSING
  }
}

/** The rows of a load are divided among its sources. */
const sizeOf = ({ shape, records }: Load): number => Math.ceil(records / RULES[shape].syncs.length)

function placeOf(load: Load, index: number): Pick<SourceRow, 'part' | 'number'> {
  const size = sizeOf(load)
  return { part: Math.floor(index / size) + 1, number: (index % size) + 1 }
}

function parentAt(load: Load, index: number): string {
  const { name, shape, records } = load
  const { parents } = RULES[shape]
  if (parents === undefined) return ''
  switch (parents) {
    case 'org':
      return index % ORPHAN_EVERY === 0 ? '' : accountAt(name, (index * STEP) % accountCount(load))
    case 'sync': {
      const size = sizeOf(load)
      return index < size ? '' : markerAt(name, Math.floor(index / size - 1) * size + ((index * STEP) % size))
    }
    case 'source': {
      const level = index % LEVELS
      const family = (Math.floor(index / LEVELS) * STEP + 1) % Math.floor(records / LEVELS)
      return level === 0 ? '' : markerAt(name, family * LEVELS + level - 1)
    }
  }
}

const accountCount = ({ records }: Load): number => Math.ceil(records / CHILDREN)
const accountAt = (name: string, index: number): string => `${name}-parent-${index + 1}`

/** Names of the accounts that the rows look up, which exist before the load. */
export function accountsOf(load: Load): readonly string[] {
  if (RULES[load.shape].parents !== 'org') return []
  return Array.from({ length: accountCount(load) }, (_, index) => accountAt(load.name, index))
}

export const emailOf = (marker: string): string => `${marker}@example.com`

/** Path of a row's file, below the directory of the source. */
export const fileOf = (name: string, marker: string): string => `${name}/${marker}.txt`
/** The content of a row's file: equal rows have equal files. */
export const contentOf = (marker: string): string => `The content of ${marker}.\n`.repeat(200)

const COLUMNS = ['id', 'marker', 'value', 'email', 'account', 'parent', 'file'] as const

/** Header and rows of one source of a load. @param ids of the existing records by marker */
export function cellsOf(
  { name, shape }: Pick<Load, 'name' | 'shape'>,
  rows: readonly SourceRow[],
  ids: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  const { parents, unsent } = RULES[shape]
  const cells = rows.map(({ marker, value, flaw, exists, parent = '' }) => {
    const own = flaw === `no-${marker}.` ? flaw : ''
    const given = unsent === 'all' ? givenFor(marker) : value
    const above = parents === 'org' && own !== '' ? own : parent
    const id = exists ? (ids.get(marker) ?? '') : ''
    return [id, marker, given, emailOf(marker), own, above, fileOf(name, marker)]
  })
  return [COLUMNS, ...cells]
}
