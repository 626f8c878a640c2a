/** Resolves to the exit code that a shell gives a command ended by the signal. */
export function untilSignal(): Promise<number> {
  return new Promise(resolve => {
    process.once('SIGINT', () => resolve(130))
    process.once('SIGTERM', () => resolve(143))
  })
}
