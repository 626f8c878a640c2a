// How the file of a run was read, in one line for the terminal and the page of the run.
import type { SourceReading } from '../../packages/client/contract/runReport.ts'
import { counted } from './markdown.ts'

const ENCODING_DECISIONS: Readonly<Record<SourceReading['encodingBy'], string>> = {
  declared: ' (declared)',
  'byte order mark': ' (byte order mark)',
  detected: '',
  guessed: ' (guessed)',
}

/** `Read data/x.csv as windows-1252 (guessed), delimiter ";": Müller, Jäger; 2 empty rows passed over` */
export function readingText(reading: SourceReading): string {
  const { source, encoding, encodingBy, delimiter, delimiterBy, samples, emptyRows } = reading
  const declared = delimiterBy === 'declared' ? ' (declared)' : ''
  const sampled = samples.length === 0 ? '' : `: ${samples.join(', ')}`
  const empty = emptyRows === 0 ? '' : `; ${counted(emptyRows, 'empty row')} passed over`
  const how = `${encoding}${ENCODING_DECISIONS[encodingBy]}, delimiter ${JSON.stringify(delimiter)}${declared}`
  return `Read ${source} as ${how}${sampled}${empty}`
}
