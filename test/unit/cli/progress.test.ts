import fc from 'fast-check'
import { expect, test } from 'vitest'
import { durationText, rateOf, withSample } from '../../../cli/progress/progressText.ts'
import { progressLines } from '../../../cli/progress/progressView.ts'
import type { PaceMark } from '../../../loader/results/tally.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'

const START: SyncProgress = {
  ...{ runId: 'r', stage: 'sending', records: 1_000, settled: 0, created: 0, updated: 0 },
  ...{ failed: 0, inDoubt: 0, chunks: 1, chunksDone: 0 },
}

test('a line is written when the stage changes and every ten seconds', () => {
  let time = 0
  const lines: string[] = []
  const view = progressLines(
    line => lines.push(line),
    () => time,
  )
  view.update({ ...START, stage: 'staging', records: 0 })
  for (const second of [1, 5, 10, 12, 21]) {
    time = second * 1000
    view.update({ ...START, settled: second * 10, failed: 1, inDoubt: second > 20 ? 2 : 0 })
  }
  expect(lines).toEqual([
    'Reading and checking the source',
    'Sending: 10 of 1,000 settled, 1 failed',
    'Sending: 120 of 1,000 settled, 1 failed, 10 a second, 88 s left',
  ])
})

test('the rate covers the last minute', () => {
  let samples: readonly PaceMark[] = []
  for (let second = 0; second <= 300; second += 1) {
    const settled = second <= 200 ? second : 200 + (second - 200) * 10
    samples = withSample(samples, { at: second * 1000, settled })
  }
  expect(samples.length).toBeLessThan(70)
  expect(rateOf(samples, 2_200)).toEqual({ perSecond: 10, secondsLeft: 100 })
})

test('without progress no remaining time is shown', () => {
  expect(rateOf([], 10)).toEqual({ perSecond: 0 })
  expect(
    rateOf(
      [
        { at: 0, settled: 5 },
        { at: 1000, settled: 5 },
      ],
      10,
    ),
  ).toEqual({ perSecond: 0 })
})

test('rate and remaining time are never negative or infinite, for any samples', () => {
  const sample = fc.record({ at: fc.nat(10_000_000), settled: fc.nat(10_000_000) })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 50 }), fc.nat(10_000_000), (given, records) => {
      const samples = given.reduce<readonly PaceMark[]>(withSample, [])
      const { perSecond, secondsLeft = 0 } = rateOf(samples, records)
      expect(perSecond).toBeGreaterThanOrEqual(0)
      expect(secondsLeft).toBeGreaterThanOrEqual(0)
      expect(Number.isFinite(perSecond) && Number.isFinite(secondsLeft)).toBe(true)
    }),
  )
})

test('durations are shown in a suitable unit', () => {
  expect([0.2, 45, 130, 7_800].map(durationText)).toEqual(['1 s', '45 s', '3 min', '2 h 10 min'])
})
