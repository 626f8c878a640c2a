// The arguments of `npm run cluster --`.
import { parseArgs } from 'node:util'

/** A smaller load ends before a worker can be killed; a file above 100 MB proves no more. */
const MIN_RECORDS = 20_000
const MAX_RECORDS = 1_000_000

const DEFAULT_RECORDS = 100_000

export type ClusterOptions = {
  /** @default 100000 */
  readonly records: number
  /** Whether everything keeps running after the load. @default false */
  readonly keep: boolean
}

/** Throws Error for any other argument. */
export function clusterOptions(args: readonly string[]): ClusterOptions {
  try {
    const options = { keep: { type: 'boolean', default: false }, records: { type: 'string' } } as const
    const { values } = parseArgs({ args: [...args], options })
    return { keep: values.keep, records: recordCount(values.records) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const reason = error.message.split('. ')[0]
    throw new Error(`${reason}; the arguments are --records 100000 and --keep, both optional`)
  }
}

function recordCount(text: string | undefined): number {
  const count = text === undefined ? DEFAULT_RECORDS : Number(text.replaceAll(/[,_]/g, ''))
  if (Number.isInteger(count) && count >= MIN_RECORDS && count <= MAX_RECORDS) return count
  throw new Error(
    `--records is '${text}'; give a whole number from ${MIN_RECORDS} to ${MAX_RECORDS}, like --records 100000`,
  )
}
