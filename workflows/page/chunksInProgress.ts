import type { RunState } from '../runState.ts'
import { clock, count, plain, table } from './text.ts'

/** Chunks listed individually; as many as a person reads. */
const MAX_LISTED = 25

/** Each chunk in progress with its step, or what it waits for, and since when. */
export function chunksInProgress({ inProgress, staged, sent }: RunState): string {
  if (inProgress.size === 0) return ''
  const all = staged?.chunks.length ?? 0
  const rows = [...inProgress.values()].slice(0, MAX_LISTED).map(({ chunk, words, since }) => {
    const records = `${count(chunk.records)} from row ${count(chunk.firstRow)}`
    return [`${count(chunk.chunk)} of ${count(all)}`, records, plain(words), clock(since)]
  })
  const waiting = all - (sent?.done ?? 0) - inProgress.size
  const more = inProgress.size > MAX_LISTED ? [`And ${count(inProgress.size - MAX_LISTED)} more chunks.`] : []
  const later = waiting > 0 ? [`${count(waiting)} chunks wait for their turn.`] : []
  const retried = 'Pending Activities shows why a failed step is retried.'
  return [
    '**In progress**',
    '',
    table(['Chunk', 'Records', 'Now', 'Since (UTC)'], rows),
    '',
    [...more, ...later, retried].join(' '),
  ].join('\n')
}
