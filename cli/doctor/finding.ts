// What a check has found, and how long it may take.
import { setTimeout as sleep } from 'node:timers/promises'
import { lineOfError } from '../commandError.ts'

/** `open`: not checked, because another check must succeed first. */
type FindingState = 'well' | 'warning' | 'wrong' | 'open'

export const SIGNS: Readonly<Record<FindingState, string>> = { well: '✓', warning: '!', wrong: '✗', open: '-' }

export type Finding = {
  /** What was checked. */
  readonly check: string
  readonly state: FindingState
  /** The facts in one line; when something is wrong, also what to do. */
  readonly message: string
}

/** Milliseconds that one check may take. */
const PATIENCE = 30_000

export const well = (check: string, message: string): Finding => ({ check, state: 'well', message })
export const warning = (check: string, message: string): Finding => ({ check, state: 'warning', message })
export const wrong = (check: string, message: string): Finding => ({ check, state: 'wrong', message })

/** @param first what must be fixed before */
export const open = (check: string, first: string): Finding => ({
  check,
  state: 'open',
  message: `not checked: first ${first}`,
})

/** Runs a check; the message of an error becomes the finding. Never rejects. */
export async function finding(check: string, run: () => Promise<Finding>): Promise<Finding> {
  const ended = new AbortController()
  try {
    return await Promise.race([run(), outOfTime(check, ended.signal)])
  } catch (error) {
    return wrong(check, lineOfError(error).line.replaceAll(/\s*\n\s*/g, '; '))
  } finally {
    ended.abort()
  }
}

async function outOfTime(check: string, signal: AbortSignal): Promise<Finding> {
  await sleep(PATIENCE, undefined, { signal }).catch(() => {})
  return wrong(check, `no answer within ${PATIENCE / 1_000} s; check the worker's log`)
}
