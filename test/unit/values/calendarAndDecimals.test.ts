import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileUtcText } from '../../../loader/values/datetime.ts'
import { decimalText, parseDecimal, roundDecimal } from '../../../loader/values/decimal.ts'
import { compileWallClock } from '../../../loader/values/timeZone.ts'
import type { WallClock } from '../../../loader/values/wallClock.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia']

describe('local time in a time zone', () => {
  test.each(ZONES)('%s: converts back to its instant, to the first of two in autumn', timeZone => {
    const toInstant = compileWallClock(timeZone)
    const wallOf = wallClockIn(timeZone)
    const seconds = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2037, 0) / 1000 })
    fc.assert(
      fc.property(seconds, second => {
        const instant = toInstant(wallOf(second * 1000)) ?? Number.NaN
        expect(instant).toBeLessThanOrEqual(second * 1000)
        expect(wallOf(instant)).toEqual(wallOf(second * 1000))
        if (instant < second * 1000) expect(second * 1000 - instant).toBeLessThanOrEqual(3_600_000)
      }),
    )
  })

  test('for every half hour of the days on which the clocks change', () => {
    const toInstant = compileWallClock('Europe/Berlin')
    const wallOf = wallClockIn('Europe/Berlin')
    const days = [Date.UTC(2024, 2, 30, 12), Date.UTC(2024, 9, 26, 12)]
    const instants = days.flatMap(day => Array.from({ length: 60 }, (_, half) => day + half * 1_800_000))
    const twice = instants.filter(instant => toInstant(wallOf(instant)) !== instant)
    expect(twice.map(instant => new Date(instant).toISOString())).toEqual([
      '2024-10-27T01:00:00.000Z',
      '2024-10-27T01:30:00.000Z',
    ])
  })
})

test('instants are written as Date writes them', () => {
  const write = compileUtcText()
  const seconds = fc.integer({ min: Date.UTC(1700, 0) / 1000, max: Date.UTC(4000, 0) / 1000 })
  fc.assert(
    fc.property(seconds, second => {
      expect(write(second * 1000)).toBe(new Date(second * 1000).toISOString())
    }),
  )
})

test('decimals are rounded half away from zero, exactly', () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  fc.assert(
    fc.property(digits, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), (unscaled, from, to) => {
      const negative = unscaled < 0n
      const text = String(negative ? -unscaled : unscaled).padStart(from + 1, '0')
      const written = `${negative ? '-' : ''}${text.slice(0, text.length - from)}${from > 0 ? '.' : ''}${text.slice(text.length - from)}`
      const parsed = parseDecimal(written)
      if (!parsed) throw new Error(written)
      expect(decimalText(roundDecimal(parsed, to))).toBe(expected(unscaled, from, to))
    }),
  )
})

/** The same with integers only. */
function expected(unscaled: bigint, from: number, to: number): string {
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  const factor = 10n ** BigInt(Math.max(0, from - to))
  const rounded = (magnitude + factor / 2n) / factor
  const scale = Math.min(from, to)
  const text = String(rounded).padStart(scale + 1, '0')
  const whole = text.slice(0, text.length - scale)
  const fraction = text.slice(text.length - scale).replace(/0+$/, '')
  const number = fraction === '' ? whole : `${whole}.${fraction}`
  return unscaled < 0n && rounded !== 0n ? `-${number}` : number
}

function wallClockIn(timeZone: string): (instant: number) => WallClock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return instant => {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = format
      .format(instant)
      .split(/[^\d]+/)
      .map(Number)
    return { year, month, day, hour, minute, second }
  }
}
