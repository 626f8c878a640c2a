// The text of the progress, the same on a terminal and in a log.
import type { SyncProgress, SyncStage } from '../../packages/client/contract/syncRecords.ts'
import { count } from '../../workflows/page/markdown.ts'
import { durationText, type Rate } from './rate.ts'

export const STAGE_WORDS: Readonly<Record<SyncStage, string>> = {
  waiting: 'Waiting for the source',
  connecting: 'Connecting to the org',
  planning: 'Checking the mapping against the org',
  staging: 'Reading and checking the source',
  sending: 'Sending',
  aggregating: 'Writing the results',
  done: 'Done',
}

/** `1,234 of 10,000 settled, 12 failed, 350 a second, 25 s left`; empty before the source has been read. */
export function countsText(progress: SyncProgress, rate: Rate): string {
  const { records, settled, failed, inDoubt, stage } = progress
  if (records === 0) return ''
  const parts = [
    `${count(settled)} of ${count(records)} settled`,
    `${count(failed)} failed`,
    inDoubt > 0 ? `${count(inDoubt)} in doubt` : '',
    stage === 'sending' && rate.perSecond > 0 ? `${count(Math.round(rate.perSecond))} a second` : '',
    stage === 'sending' && rate.secondsLeft !== undefined ? `${durationText(rate.secondsLeft)} left` : '',
  ]
  return parts.filter(part => part !== '').join(', ')
}
