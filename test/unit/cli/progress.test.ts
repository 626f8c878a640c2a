import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countsText, durationText, rateOf, shortCountsText, withSample } from '../../../cli/progress/progressText.ts'
import { progressLine, progressLines } from '../../../cli/progress/progressView.ts'
import type { PaceMark } from '../../../loader/results/tally.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'

const START: SyncProgress = {
  ...{ runId: 'r', stage: 'sending', records: 1_000, settled: 0, created: 0, updated: 0 },
  ...{ deleted: 0, unchanged: 0, failed: 0, inDoubt: 0, chunks: 1, chunksDone: 0 },
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

test('what a run waits for is named after some seconds, with the time', () => {
  let time = Date.UTC(2026, 10, 25, 2, 0, 0)
  const lines: string[] = []
  const view = progressLines(
    line => lines.push(line),
    () => time,
  )
  const since = '2026-11-25T02:00:00'
  const login = { what: 'waits for the org of connection production to answer', since }
  const chunk = { what: 'chunk 1 of 4 waits for Salesforce to process job 750', since }
  for (const second of [0, 12, 25]) {
    time += second * 1_000
    view.update({ ...START, stage: 'connecting', records: 0, step: login })
  }
  view.update({ ...START, step: { ...chunk, since: '2026-11-25T02:00:30' } })
  time += 60_000
  view.update({ ...START, step: chunk })
  expect(lines).toEqual([
    'Connecting to the org',
    'Connecting to the org for 12 s: waits for the org of connection production to answer',
    'Connecting to the org for 37 s: waits for the org of connection production to answer',
    'Sending: 0 of 1,000 settled, 0 failed',
    'Sending: 0 of 1,000 settled, 0 failed; chunk 1 of 4 waits for Salesforce to process job 750 for 97 s',
  ])
})

test('a paused run is named as paused, with its stage and counts', () => {
  const lines: string[] = []
  const view = progressLines(line => lines.push(line))
  const since = new Date().toISOString().slice(0, 19)
  const step = { what: 'waits until the run is resumed', since }
  view.update({ ...START, settled: 10, paused: { since }, step })
  view.update({ ...START, stage: 'staging', records: 0, paused: { since }, step })
  expect(lines).toEqual(['Paused: Sending: 10 of 1,000 settled, 0 failed', 'Paused: Reading and checking the source'])
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

test('while nothing is settled, neither a rate nor a remaining time is shown', () => {
  const waiting = { ...START, settled: 10 }
  expect(countsText(waiting, { perSecond: 0.3, secondsLeft: 3_000 })).toBe('10 of 1,000 settled, 0 failed')
  expect(shortCountsText(waiting, { perSecond: 0 })).toBe('10/1,000')
})

test.each([
  [120, 'Sending ██████░░░░░░░░░░░░░░░░░░ 49,000 of 200,000 settled, 8,000 failed, 5,182 a second, 30 s left'],
  [90, 'Sending ███░░░░░░░░░░░ 49,000 of 200,000 settled, 8,000 failed, 5,182 a second, 30 s left'],
  [80, 'Sending 49,000 of 200,000 settled, 8,000 failed, 5,182 a second, 30 s left'],
  [70, 'Sending ███░░░░░░░░░ 49,000/200,000, 8,000 failed, 5,182/s, 30 s left'],
  [50, 'Sending 49,000/200,000, 8,000 failed, 5,182/s, 30 s left'],
])('on %i columns the bar gets narrower before rate and remaining time are lost', (width, line) => {
  const progress = { ...START, records: 200_000, settled: 49_000, failed: 8_000 }
  const rate = { perSecond: 5_182, secondsLeft: 30 }
  const texts = { counts: countsText(progress, rate), shortCounts: shortCountsText(progress, rate) }
  expect(progressLine(0.245, { stage: 'Sending', ...texts }, width)).toBe(line)
})
