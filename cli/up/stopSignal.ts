// The signals that end `sflink up`.
import { constants } from 'node:os'

/**
 * Resolves at the first signal. The same signal again ends this process at once; another one does not: npx ends at Ctrl-C, and
 * bin/sflink.mjs takes the end of npx for SIGTERM.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  // The end of a terminal; without one, `nohup` may have asked to survive it.
  const signals: readonly NodeJS.Signals[] = process.stdout.isTTY
    ? ['SIGINT', 'SIGTERM', 'SIGHUP']
    : ['SIGINT', 'SIGTERM']
  const seen = new Set<NodeJS.Signals>()
  return new Promise(resolve => {
    for (const signal of signals) {
      process.on(signal, () => {
        if (seen.has(signal)) process.exit(128 + constants.signals[signal])
        seen.add(signal)
        resolve(signal)
      })
    }
  })
}
