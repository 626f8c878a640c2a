/** Fewer end before a worker can be killed; more than a file of 100 MB proves nothing more. */
const FEWEST = 20_000
const MOST = 1_000_000

export const DEFAULT_RECORDS = 100_000

/** Of `--records`. Throws Error when it is no such number. */
export function recordCount(text: string | undefined): number {
  const count = text === undefined ? DEFAULT_RECORDS : Number(text.replaceAll(/[,_]/g, ''))
  if (Number.isInteger(count) && count >= FEWEST && count <= MOST) return count
  throw new Error(`--records is '${text}'; give a whole number from ${FEWEST} to ${MOST}, like --records 100000`)
}
