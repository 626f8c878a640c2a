// What `npm run cluster --` is told.
import { parseArgs } from 'node:util'

/** Fewer end before a worker can be killed; more than a file of 100 MB proves nothing more. */
const FEWEST = 20_000
const MOST = 1_000_000

const DEFAULT_RECORDS = 100_000

export type ClusterOptions = {
  /** @default 100000 */
  readonly records: number
  /** Whether all of it runs on after the load. @default false */
  readonly keep: boolean
}

/** Throws Error when an argument is none of these. */
export function clusterOptions(args: readonly string[]): ClusterOptions {
  try {
    const options = { keep: { type: 'boolean', default: false }, records: { type: 'string' } } as const
    const { values } = parseArgs({ args: [...args], options })
    return { keep: values.keep, records: recordCount(values.records) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const reason = error.message.split('. ')[0]
    throw new Error(`${reason}; give nothing, --records 100000 or --keep`)
  }
}

function recordCount(text: string | undefined): number {
  const count = text === undefined ? DEFAULT_RECORDS : Number(text.replaceAll(/[,_]/g, ''))
  if (Number.isInteger(count) && count >= FEWEST && count <= MOST) return count
  throw new Error(`--records is '${text}'; give a whole number from ${FEWEST} to ${MOST}, like --records 100000`)
}
