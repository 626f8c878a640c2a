import { nearestName } from '../../../packages/client/contract/nearestName.ts'
import { SourceEmptyError } from '../../csv/errors.ts'
import { SheetError } from './errors.ts'
import type { Sheet } from './workbook.ts'
import { XmlReader } from './xmlReader.ts'
import type { ZipParts } from './zipParts.ts'

/** Names in a message. */
const SHOWN_SHEETS = 20

/** The sheet with this name; without a name the only visible one with a value. Throws SheetError or SourceEmptyError. */
export async function chooseSheet(
  source: string,
  parts: ZipParts,
  sheets: readonly Sheet[],
  wanted: string | undefined,
): Promise<Sheet> {
  return wanted === undefined ? await onlySheet(source, parts, sheets) : namedSheet(source, sheets, wanted)
}

/** Excel has no two names that differ only in letter case. */
function namedSheet(source: string, sheets: readonly Sheet[], wanted: string): Sheet {
  const names = sheets.map(({ name }) => name)
  const found =
    sheets.find(({ name }) => name === wanted) ??
    sheets.find(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase())
  const shown = JSON.stringify(wanted)
  if (found === undefined) {
    const nearest = nearestName(wanted, names)
    const advice = nearest === undefined ? '' : `Did you mean ${JSON.stringify(nearest)}? `
    throw new SheetError(source, `it has no sheet ${shown}`, `${advice}Its sheets: ${listed(sheets)}.`, names)
  }
  if (found.kind === 'worksheet') return found
  const tables = sheets.filter(({ kind }) => kind === 'worksheet')
  const kind = found.kind === 'chartsheet' ? 'a chart' : `a ${found.kind}`
  throw new SheetError(source, `${shown} is ${kind}, not a table`, `Set sheet to one of ${listed(tables)}.`, names)
}

async function onlySheet(source: string, parts: ZipParts, sheets: readonly Sheet[]): Promise<Sheet> {
  const visible = sheets.filter(({ isVisible, kind }) => isVisible && kind === 'worksheet')
  const filled: Sheet[] = []
  for (const sheet of visible) {
    if (visible.length === 1 || (await hasValue(source, parts, sheet.part))) filled.push(sheet)
  }
  const [first, second] = filled
  if (first === undefined)
    throw new SourceEmptyError(source, 'no visible sheet has a value. Fill it, or set sheet beside its uri.')
  if (second === undefined) return first
  const names = filled.map(({ name }) => name)
  const problem = `${filled.length} of its sheets have rows`
  throw new SheetError(source, problem, `Set sheet beside its uri to one of ${listed(filled)}.`, names)
}

function listed(sheets: readonly Sheet[]): string {
  const names = sheets.slice(0, SHOWN_SHEETS).map(({ name }) => JSON.stringify(name))
  return [...names, ...(sheets.length > SHOWN_SHEETS ? ['…'] : [])].join(', ')
}

/** Reads a sheet up to its first value. */
async function hasValue(source: string, parts: ZipParts, part: string): Promise<boolean> {
  let isFound = false
  let isText = false
  const reader = new XmlReader(source, part, {
    open(name) {
      isText = name === 'v' || name === 't'
    },
    close() {
      isText = false
    },
    text(scanner) {
      isFound ||= isText && scanner.text().trim() !== ''
    },
  })
  for await (const block of parts.read(part)) {
    reader.write(block)
    if (isFound) return true
  }
  reader.end()
  return false
}
