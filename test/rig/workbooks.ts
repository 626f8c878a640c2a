// Small workbooks, written cell by cell as the tests need them.
import { type SheetPart, type WorkbookSpec, workbookParts } from '../../dev/workbookParts.ts'
import { writeZip } from '../../dev/zipFile.ts'

/** XML of cells by their names: `{ A1: '<v>1</v>' }`. A name may have attributes: `'A1 t="b"'`. */
export type Cells = Readonly<Record<string, string>>

/** A sheet with these cells, given row by row from left to right. */
export function sheetOf(
  name: string,
  cells: Cells,
  rest: Partial<SheetPart> & { readonly after?: string } = {},
): SheetPart {
  const rows = Map.groupBy(Object.entries(cells), ([cell]) => /\d+/.exec(cell)?.[0] as string)
  const lines = [...rows].map(([row, own]) => {
    const written = own.map(([cell, xml]) => `<c r=${cell.replace(/^\w+/, '"$&"')}>${xml}</c>`)
    return `<row r="${row}">${written.join('')}</row>`
  })
  const { after = '', ...part } = rest
  return { name, texts: ['<sheetData>', ...lines, '</sheetData>', after], ...part }
}

/** A cell with text of its own. */
export const textCell = (text: string): string => `<is><t>${text}</t></is>`

/** Cells of a header in the first row. */
export const headerCells = (...names: readonly string[]): Cells =>
  Object.fromEntries(names.map((name, index) => [`${String.fromCharCode(65 + index)}1 t="inlineStr"`, textCell(name)]))

export async function writeParts(
  path: string,
  spec: WorkbookSpec,
  changes: Readonly<Record<string, string | Buffer | undefined>> = {},
) {
  const parts = new Map<string, Iterable<string | Buffer>>(workbookParts(spec))
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) parts.delete(name)
    else parts.set(name, [content])
  }
  await writeZip(path, parts)
}
