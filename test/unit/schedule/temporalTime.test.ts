import { createRequire } from 'node:module'
import { msToTs, requiredTsToMs } from '@temporalio/common/lib/time.js'
import { expect, test } from 'vitest'

const CHECK =
  '@temporalio/common changed: check lib/time.js against cli/commands/scheduleBackfill.ts, then set the version here'

test('the private time functions are from the version that they were checked against', () => {
  const { version } = createRequire(import.meta.url)('@temporalio/common/package.json') as { version: string }
  expect(version, CHECK).toBe('1.24.0')
})

test('epoch milliseconds become a timestamp and back', () => {
  const time = Date.UTC(2026, 10, 28, 1, 2, 3, 456)
  const timestamp = msToTs(time)
  expect(Number(timestamp.seconds), CHECK).toBe(Math.floor(time / 1000))
  expect(timestamp.nanos, CHECK).toBe(456_000_000)
  expect(requiredTsToMs(timestamp, 'time'), CHECK).toBe(time)
})
