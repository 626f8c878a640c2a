// What `sflink import` prints.
import { type Imported, type ImportedSync, NOTE_KINDS, type Note } from './imported.ts'

const HEADS: Readonly<Record<Note['kind'], string>> = {
  toDo: 'To do:',
  notCarried: 'Not carried over:',
  notNeeded: 'Not needed here:',
}

/** What becomes a sync, what does not, and what a person has to know. */
export function importText({ syncs, flows, leftOut }: Imported): string {
  const parts = [
    ...syncs.map(loadLine),
    ...flows.map(({ name, syncs: order }) => `flows.${name} runs them in this order: ${order.join(', ')}`),
    ...leftOut.map(({ origin, reason }) => `${origin} is not imported: ${reason}`),
    ...NOTE_KINDS.flatMap(kind => notesText(kind, syncs)),
  ]
  return parts.join('\n')
}

function loadLine({ origin, name, entry }: ImportedSync): string {
  const { operation, object, source } = entry as {
    readonly operation?: string
    readonly object?: string
    readonly source?: { readonly uri?: string }
  }
  return `${origin} becomes syncs.${name}: ${operation} ${object} from ${source?.uri}`
}

/** Equal notes of several loads are one line, and so are keys with one reason. */
function notesText(kind: Note['kind'], syncs: readonly ImportedSync[]): readonly string[] {
  const notes = syncs.flatMap(({ origin, notes: all }) =>
    all.filter(note => note.kind === kind).map(note => ({ ...note, origin })),
  )
  if (notes.length === 0) return []
  const lines = [...Map.groupBy(notes, ({ text }) => text)].map(([text, same]) => {
    const subjects = unique(same.map(({ subject }) => subject)).join(', ')
    const origins = unique(same.map(({ origin }) => origin))
    const which = origins.length === syncs.length ? '' : ` (${origins.join(', ')})`
    return `  ${subjects}${which}: ${text}`
  })
  return ['', HEADS[kind], ...lines]
}

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)]
