import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { visibleText } from '../../packages/client/contract/visibleText.ts'
import { SHOWN_PROBLEMS } from '../spec/runRejectedError.ts'

/** Names in a message. */
const SHOWN_NAMES = 50
/** Names that a misspelled one is compared with. */
const COMPARED_NAMES = 1_000
/** Characters of a name in a message. */
const SHOWN_LENGTH = 80
/** A column that the sync names, and where: `fields.LastName`. */
export type NeededColumn = { readonly use: string; readonly column: string }

export type FoundColumns =
  | { readonly ok: true; readonly positions: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly problems: readonly string[] }

const ONE_COLUMN =
  'the header has one column only; check the delimiter of the source, quotes around whole lines, and lines above the header'
const NO_COLUMN =
  'none of the columns is there; remove lines above the header (of a workbook, set headerRow), or check the file'

/**
 * Finds the needed columns in a header: by the exact name, else by the name without invisible characters (zero-width characters,
 * doubled and no-break blanks, the form of composed letters).
 */
export function findColumns(needed: readonly NeededColumn[], header: readonly string[]): FoundColumns {
  const exact = positionsBy(header, name => name)
  const visible = positionsBy(header, visibleName)
  const positions = new Map<string, number>()
  const problems: string[] = []
  let isAnySuggested = false
  for (const { use, column } of needed) {
    const [position, ...others] = exact.get(column) ?? visible.get(visibleName(column)) ?? []
    if (position === undefined) {
      const names = problems.length < SHOWN_PROBLEMS ? header.slice(0, COMPARED_NAMES).map(cut) : []
      const suggestion = didYouMean(cut(column), names)
      if (suggestion !== '') isAnySuggested = true
      problems.push(`${use}: column ${shownName(column)} is not in the header of the source${suggestion}`)
    } else if (others.length > 0) {
      const places = [position, ...others].map(place => place + 1).join(', ')
      problems.push(
        `${use}: column ${shownName(column)} occurs more than once in the header (columns ${places}); give each its own name`,
      )
    } else {
      positions.set(column, position)
    }
  }
  const hasNone = positions.size === 0 && new Set(needed.map(({ column }) => column)).size > 1
  if (hasNone && header.length === 1) return { ok: false, problems: [ONE_COLUMN] }
  if (hasNone && !isAnySuggested) problems.push(NO_COLUMN)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, positions }
}

function positionsBy(
  header: readonly string[],
  keyOf: (name: string) => string,
): ReadonlyMap<string, readonly number[]> {
  return Map.groupBy(header.keys(), position => keyOf(header[position] ?? ''))
}

/** Format characters have no width: byte order marks, joiners, direction marks. */
const INVISIBLE = /[\p{Cf}\p{Cc}]/gu

/** A name without invisible characters. */
export function visibleName(name: string): string {
  // Tabs and line ends are control characters too, but they separate words.
  const words = name.normalize('NFC').replaceAll(/\s/g, ' ').replaceAll(INVISIBLE, '')
  return words
    .split(' ')
    .filter(word => word !== '')
    .join(' ')
}

const cut = (name: string): string => (name.length > SHOWN_LENGTH ? `${name.slice(0, SHOWN_LENGTH)}…` : name)

/** Quoted, so that delimiters and blanks inside a name are visible. */
const shownName = (name: string): string => visibleText(JSON.stringify(cut(name)))

/** `"id", "last name", …` */
export function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map(shownName)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
