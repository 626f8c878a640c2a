import { expect, test } from 'vitest'
import { sourceNotes } from '../../../cli/progress/sourceNotes.ts'
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'

const READING: SourceReading = {
  ...{ source: 'data/x.csv', format: 'csv', emptyRows: 1 },
  text: {
    ...{ encoding: 'windows-1252', encodingBy: 'guessed', samples: ['Müller'] },
    ...{ delimiter: ';', delimiterBy: 'declared' },
  },
}
const LINE = 'Read data/x.csv as windows-1252 (guessed), delimiter ";" (declared): Müller; 1 empty row passed over'

test('how a source was read is printed once, before its records are sent, and not again at the end', () => {
  const lines: string[] = []
  const notes = sourceNotes(line => lines.push(line))
  notes.note({ reading: undefined })
  for (const _ of ['first', 'second']) notes.note({ reading: READING, warnings: ['it is a guess'] })
  notes.note({ reading: READING })
  expect(lines).toEqual([LINE, 'it is a guess'])
  expect(notes.unsaid(['it is a guess', 'the login is old'])).toEqual(['the login is old'])
})

test('what else to know of a workbook is printed with it', () => {
  const lines: string[] = []
  const notes = sourceNotes(line => lines.push(line))
  const source = 'data/x.xlsx, sheet "Contacts"'
  notes.note({ reading: { source, format: 'xlsx', emptyRows: 0, notes: ['1 hidden row is read too', 'another note'] } })
  expect(lines).toEqual(['Read data/x.xlsx, sheet "Contacts" as xlsx; 1 hidden row is read too; another note'])
})
