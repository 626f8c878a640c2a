// A line on standard error that shows that a long step is still running.

/** Writes the text with the elapsed seconds: in place on a terminal, else a new line every 15 s. Returns the function that stops it. */
export function showProgress(text: string): () => void {
  const inPlace = process.stderr.isTTY === true
  const started = Date.now()
  const write = () => {
    const line = `${text} ${Math.round((Date.now() - started) / 1000)} s`
    process.stderr.write(inPlace ? `\r${line}` : `${line}\n`)
  }
  write()
  const timer = setInterval(write, inPlace ? 1_000 : 15_000)
  return () => {
    clearInterval(timer)
    if (inPlace) process.stderr.write('\n')
  }
}
