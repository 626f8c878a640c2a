// Random decisions that a seed repeats.
import { type Random, seededRandom } from '../../packages/emulator/random.ts'

export type Draw = {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** @param share 0 to 1 */
  chance(share: number): boolean
  pick<Value>(values: readonly Value[]): Value
  /** @param weighted pairs of a value and its weight */
  weighted<Value>(weighted: readonly (readonly [Value, number])[]): Value
}

/** @param stream tells the decisions of one part of the storm from those of another */
export function drawFrom(seed: number, stream: number): Draw {
  const random: Random = seededRandom(seed * 1_009 + stream)
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  return {
    between,
    chance: share => random() < share,
    pick: values => values[between(0, values.length - 1)] as (typeof values)[number],
    weighted: weighted => {
      let left = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0)
      const found = weighted.find(([, weight]) => {
        left -= weight
        return left < 0
      })
      return (found ?? weighted[0] ?? raise())[0]
    },
  }
}

function raise(): never {
  throw new Error('Nothing to choose from')
}
