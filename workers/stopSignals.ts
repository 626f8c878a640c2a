// Handles the signals that stop a process.
import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Calls `stop` at the first signal; a second signal ends the process at once. Process 1 of a container has no default handlers and
 * would ignore the signal.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let isStopping = false
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (isStopping) process.exit(128 + constants.signals[signal])
      isStopping = true
      stop(signal)
    })
  }
}
