// How the file of a run was read, in one line for the terminal and the page of the run.
import type { SourceReading, TextReading } from '../../packages/client/contract/runReport.ts'
import { counted } from './markdown.ts'

const ENCODING_DECISIONS: Readonly<Record<TextReading['encodingBy'], string>> = {
  declared: ' (declared)',
  'byte order mark': ' (byte order mark)',
  detected: '',
  guessed: ' (guessed)',
}

/** `Read data/x.csv as windows-1252 (guessed), delimiter ";": Müller, Jäger; 2 empty rows passed over` */
export function readingText(reading: SourceReading): string {
  const { source, format, text, emptyRows, files = [], notes = [] } = reading
  const others = [...filesText(files), ...notes]
  const empty = emptyRows === 0 ? '' : `; ${counted(emptyRows, 'empty row')} passed over`
  return `Read ${source} as ${text === undefined ? format : textReading(text)}${empty}${others.map(other => `; ${other}`).join('')}`
}

/** `data/part-1.csv and 1 other as utf-8, delimiter ","`, by how files were read. */
function filesText(files: NonNullable<SourceReading['files']>): readonly string[] {
  const ways = Map.groupBy(files, ({ text }) => textReading(text))
  return [...ways].map(([way, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${counted(others.length, 'other')}`
    return `${first?.source}${more} as ${way}`
  })
}

function textReading({ encoding, encodingBy, samples, delimiter, delimiterBy }: TextReading): string {
  const declared = delimiterBy === 'declared' ? ' (declared)' : ''
  const sampled = samples.length === 0 ? '' : `: ${samples.join(', ')}`
  return `${encoding}${ENCODING_DECISIONS[encodingBy]}, delimiter ${JSON.stringify(delimiter)}${declared}${sampled}`
}
