import type { RunState } from '../runState.ts'
import { clock, count, plain, table } from './markdown.ts'

/** Maximum chunks listed one by one. */
const SHOWN = 25

/** Lists each chunk in progress with its step, or what it waits for, and since when. */
export function chunksInProgress({ inProgress, staged, sent }: RunState): string {
  if (inProgress.size === 0) return ''
  const all = staged?.chunks.length ?? 0
  const rows = [...inProgress.values()].slice(0, SHOWN).map(({ chunk, words, since }) => {
    const records = `${count(chunk.records)} from row ${count(chunk.firstRow)}`
    return [`${count(chunk.chunk)} of ${count(all)}`, records, plain(words), clock(since)]
  })
  const waiting = all - (sent?.done ?? 0) - inProgress.size
  const more = inProgress.size > SHOWN ? [`And ${count(inProgress.size - SHOWN)} more chunks.`] : []
  const later = waiting > 0 ? [`${count(waiting)} chunks wait to be sent.`] : []
  const tried = 'Pending Activities shows why a step is being retried.'
  return [
    '**In progress**',
    '',
    table(['Chunk', 'Records', 'Now', 'Since (UTC)'], rows),
    '',
    [...more, ...later, tried].join(' '),
  ].join('\n')
}
