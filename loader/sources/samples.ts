/** Samples shown to a person, who sees at once whether the letters are right. */
const SAMPLES = 5

/** Characters before and after a letter beyond ASCII. */
const AROUND = 15

const BEYOND_ASCII = /[\u0080-\uFFFF]/g

/** Characters between the words of a CSV, whatever its delimiter. */
const BETWEEN_WORDS = /[\s,;|"^`]/

/** A sample is shown on terminals, which obey control characters. */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu

/** Adds words with letters beyond ASCII, each once, until there are enough. */
export function collectSamples(text: string, samples: string[]): void {
  BEYOND_ASCII.lastIndex = 0
  while (samples.length < SAMPLES) {
    const found = BEYOND_ASCII.exec(text)
    if (found === null) return
    const before =
      text
        .slice(Math.max(0, found.index - AROUND), found.index)
        .split(BETWEEN_WORDS)
        .at(-1) ?? ''
    const [after = ''] = text.slice(found.index, found.index + AROUND).split(BETWEEN_WORDS)
    const word = (before + after).replaceAll(UNSEEN, '')
    if (word !== '' && !samples.includes(word)) samples.push(word)
    BEYOND_ASCII.lastIndex = found.index + Math.max(1, after.length)
  }
}
