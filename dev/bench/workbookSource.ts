import { type WrittenCell, writeWorkbook } from '../workbook.ts'
import { campaignSource } from './contacts.ts'

/** Writes the source of the bench as an Excel workbook, its dates and numbers with their types. */
export async function writeWorkbookSource(path: string, records: number, strings: 'inline' | 'shared'): Promise<void> {
  const { columns } = campaignSource(records)
  const makers = Object.entries(columns)
  function* rows(): Generator<WrittenCell[]> {
    yield Object.keys(columns)
    for (let index = 0; index < records; index++) yield makers.map(([name, make]) => typed(name, make(index)))
  }
  await writeWorkbook(path, { sheet: 'Contacts', rows, strings })
}

/** @param text as a CSV has it */
function typed(column: string, text: string): WrittenCell {
  if (column === 'joined') return { day: text }
  if (column === 'score') return Number(text)
  return text.replace(/^"(.*)"$/, '$1')
}
