import type { RunState } from '../runState.ts'
import { count, plain, table } from './markdown.ts'
import { clock } from './times.ts'

/** Chunks named one by one; as many as a person reads. */
const SHOWN = 25

/** Each chunk at work with its step, or what it waits for, and since when. */
export function chunksUnderWay({ underWay, staged, sent }: RunState): string {
  if (underWay.size === 0) return ''
  const all = staged?.chunks.length ?? 0
  const rows = [...underWay.values()].slice(0, SHOWN).map(({ chunk, words, since }) => {
    const records = `${count(chunk.records)} from row ${count(chunk.firstRow)}`
    return [`${count(chunk.chunk)} of ${count(all)}`, records, plain(words), clock(since)]
  })
  const waiting = all - (sent?.done ?? 0) - underWay.size
  const more = underWay.size > SHOWN ? [`And ${count(underWay.size - SHOWN)} more chunks.`] : []
  const later = waiting > 0 ? [`${count(waiting)} chunks wait for their turn.`] : []
  const tried = 'A step that failed and is tried again says why under Pending Activities.'
  return [
    '**Under way**',
    '',
    table(['Chunk', 'Records', 'Now', 'Since (UTC)'], rows),
    '',
    [...more, ...later, tried].join(' '),
  ].join('\n')
}
