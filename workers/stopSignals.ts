// What a process does when it is told to stop.
import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Calls `stop` at the first signal; a second one ends the process at once. Handlers of our own from the start on: process 1 of a
 * container has none, and would not hear the signal.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let told = false
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (told) process.exit(128 + constants.signals[signal])
      told = true
      stop(signal)
    })
  }
}
