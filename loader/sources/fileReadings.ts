import type { SourceReading } from '../../packages/client/contract/runReport.ts'

/** Files that are listed, and notes. */
const LISTED = 20

type Listed = Pick<SourceReading, 'files' | 'notes'>

/** How the files of a source were read, those with a guessed encoding first. */
export function fileReadings(readings: readonly SourceReading[]): Listed {
  const files = readings.flatMap(({ source, text, files = [] }) => [
    ...(text === undefined ? [] : [{ source, text }]),
    ...files,
  ])
  const sorted = files.toSorted((one, other) => Number(isGuess(other)) - Number(isGuess(one)))
  const notes = readings.flatMap(({ source, notes = [] }) => notes.map(note => `${source}: ${note}`))
  return {
    ...(files.length === 0 ? {} : { files: sorted.slice(0, LISTED) }),
    ...(notes.length === 0 ? {} : { notes: notes.slice(0, LISTED) }),
  }
}

const isGuess = ({ text }: Pick<SourceReading, 'text'>): boolean => text?.encodingBy === 'guessed'
