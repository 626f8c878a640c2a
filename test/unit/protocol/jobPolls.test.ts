// Polls of simulated jobs: how many calls they cost, and how long a job has ended before it is noticed.
import { expect, test } from 'vitest'
import { type JobPolls, nextPoll, withPoll } from '../../../loader/protocol/bulk/jobPolls.ts'

type SimulatedJob = {
  readonly records: number
  /** Seconds in the queue. */
  readonly queued: number
  /** Records a second. */
  readonly pace: number
  /** Records after which the count of the job changes. */
  readonly step: number
}

/** Polls from 100 ms after the commit on, as awaitJob does. */
function polled({ records, queued, pace, step }: SimulatedJob): { readonly calls: number; readonly late: number } {
  const end = (queued + records / pace) * 1_000
  let polls: JobPolls | undefined
  let calls = 0
  for (let now = 100; ; ) {
    calls += 1
    if (now >= end) return { calls, late: now - end }
    const exact = Math.max(0, (now / 1_000 - queued) * pace)
    const progress = { processed: Math.floor(exact / step) * step, records }
    polls = withPoll(polls, progress, now)
    now += nextPoll(polls, progress, now)
  }
}

const PACES = [500, 2_000, 10_000, 50_000]
const QUEUES = [0, 1, 10, 120, 1_800]

test.each([200, 10_000])('a job whose count changes every %d records is noticed soon after its end', step => {
  for (const records of [2_500, 20_000, 100_000, 1_000_000]) {
    for (const pace of PACES) {
      for (const queued of QUEUES) {
        const { late } = polled({ records, queued, pace, step })
        const length = (queued + records / pace) * 1_000
        const longest = Math.max(60_000, Math.min(300_000, 0.05 * length))
        const isSoon = late <= Math.max(1_000, Math.min(longest, 0.3 * length))
        expect({ records, pace, queued, isSoon }).toEqual({ records, pace, queued, isSoon: true })
      }
    }
  }
})

test('a small job is noticed within a third of a second', () => {
  for (const seconds of [0.05, 0.2, 0.5, 0.9]) {
    expect(polled({ records: 2_000, queued: 0, pace: 2_000 / seconds, step: 200 }).late).toBeLessThanOrEqual(300)
  }
})

test('a job at a steady pace costs few calls', () => {
  const calls = (records: number, seconds: number) =>
    polled({ records, queued: 0, pace: records / seconds, step: 200 }).calls
  expect(calls(100_000, 10)).toBeLessThanOrEqual(7)
  expect(calls(100_000, 60)).toBeLessThanOrEqual(10)
  expect(calls(100_000, 600)).toBeLessThanOrEqual(20)
  expect(calls(1_000_000, 3_600)).toBeLessThanOrEqual(60)
})

test('a job that waits for hours costs at most 20 calls an hour', () => {
  const first = polled({ records: 100_000, queued: 6 * 3_600, pace: 10_000, step: 200 }).calls
  const later = polled({ records: 100_000, queued: 16 * 3_600, pace: 10_000, step: 200 }).calls
  expect(later - first).toBeLessThanOrEqual(200)
})

test('a worker whose clock is ten minutes behind or ahead polls on', () => {
  const progress = { processed: 0, records: 100_000 }
  const polls = withPoll(undefined, progress, 10_000_000)
  for (const skew of [-600_000, 600_000]) {
    const now = 10_000_000 + skew
    const pause = nextPoll(withPoll(polls, progress, now), progress, now)
    expect(pause).toBeGreaterThanOrEqual(300)
    expect(pause).toBeLessThanOrEqual(60_000)
  }
})
