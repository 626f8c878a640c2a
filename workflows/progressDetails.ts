import type { SyncProgress } from './contract.ts'

/** The progress as Markdown, for the top of the workflow's page in Temporal's UI. */
export function progressDetails(progress: SyncProgress): string {
  const { stage, records, settled, created, updated, failed, inDoubt, chunks, chunksDone } = progress
  const rows = [
    ['Stage', stage],
    ['Chunks', `${count(chunksDone)} of ${count(chunks)}`],
    ['Records', count(records)],
    ['Settled', count(settled)],
    ['Created', count(created)],
    ['Updated', count(updated)],
    ['Failed', count(failed)],
    ['In doubt', count(inDoubt)],
  ]
  const shown = records === 0 ? rows.slice(0, 1) : rows
  return ['| | |', '| --- | ---: |', ...shown.map(([word, value]) => `| ${word} | ${value} |`)].join('\n')
}

/** 1234567 as 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}
