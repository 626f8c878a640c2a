import { setImmediate } from 'node:timers/promises'

/** Resolves when the caller's turn begins. */
export type TakeTurn = () => Promise<void>

/** Grants turns one by one; Node handles network input between two turns. */
export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}
