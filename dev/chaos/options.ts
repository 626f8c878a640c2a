// The arguments of `npm run chaos --`.
import { parseArgs } from 'node:util'

export type ChaosOptions = {
  /** Kills of workers, of Temporal and of commands. @default 100 */
  readonly kills: number
  /** Records of the largest loads. @default 20000 */
  readonly records: number
  /** Decides what is loaded, killed and faulty. @default a random one */
  readonly seed: number
}

const DEFAULTS = { kills: 100, records: 20_000 }
const LARGEST = 1_000_000

/** Throws Error for any other argument. */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  try {
    const options = { kills: { type: 'string' }, records: { type: 'string' }, seed: { type: 'string' } } as const
    const { values } = parseArgs({ args: [...args], options })
    return {
      kills: numberIn('kills', values.kills, DEFAULTS.kills),
      records: numberIn('records', values.records, DEFAULTS.records),
      seed: numberIn('seed', values.seed, Math.ceil(Math.random() * LARGEST)),
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const reason = error.message.split('. ')[0]
    throw new Error(`${reason}; the arguments are --kills 100, --records 20000 and --seed 7, all optional`)
  }
}

function numberIn(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const number = Number(text.replaceAll(/[,_]/g, ''))
  if (Number.isInteger(number) && number >= 1 && number <= LARGEST) return number
  throw new Error(`--${name} is '${text}'; give a whole number from 1 to ${LARGEST}, like --${name} 100`)
}
