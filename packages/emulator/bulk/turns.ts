import { setImmediate } from 'node:timers/promises'

/** Resolves when it is the caller's turn to work for a moment. */
export type TakeTurn = () => Promise<void>

/** Hands out turns one by one: between any two of them, whatever came in over the network is looked at. */
export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}
