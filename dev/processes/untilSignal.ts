/** Resolves to the exit code that a shell gives a command ended by the signal. Keeps this process running until then. */
export function untilSignal(): Promise<number> {
  return new Promise(resolve => {
    const timer = setInterval(() => {}, 60_000)
    const end = (code: number) => {
      clearInterval(timer)
      resolve(code)
    }
    process.once('SIGINT', () => end(130))
    process.once('SIGTERM', () => end(143))
  })
}
