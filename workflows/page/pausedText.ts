// A paused run in words: the same in Temporal's UI, in the answers of its updates and in the terminal.
import type { Paused } from '../../packages/client/contract/runControl.ts'

/** `since 2026-11-29 00:30:00 UTC, by anna@ops (storage is full)` */
export function pausedText({ since, by, reason }: Paused): string {
  const who = by === undefined ? '' : `, by ${by}`
  const why = reason === undefined ? '' : ` (${reason})`
  return `since ${since.replace('T', ' ')} UTC${who}${why}`
}

/** How to continue a paused run. */
export const resumeCommand = (runId: string): string => `sflink sync resume ${runId}`
