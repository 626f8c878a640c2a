// Days whose clocks skip or repeat a part of them.
import { expect, test } from 'vitest'
import { readScheduledTime } from '../../../loader/schedule/placeholders.ts'
import { clockChanges } from '../../../loader/schedule/scheduleTimes.ts'

const iso = (time: number) => new Date(time).toISOString()

function rangeOf(text: string, timeZone: string): readonly string[] {
  const read = readScheduledTime(text, timeZone)
  return 'problem' in read ? [read.problem] : [iso(read.time), iso(read.until)]
}

test.each([
  ['without its midnight', '2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z', '2026-09-07T02:59:59.999Z'],
  ['without its midnight', '2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z', '2026-04-24T20:59:59.999Z'],
  ['without its last hour', '2026-03-28', 'America/Nuuk', '2026-03-28T02:00:00.000Z', '2026-03-29T00:59:59.999Z'],
  [
    'with its last hour twice',
    '2026-04-04',
    'America/Santiago',
    '2026-04-04T03:00:00.000Z',
    '2026-04-05T03:59:59.999Z',
  ],
  ['with its first hour twice', '2025-11-02', 'America/Havana', '2025-11-02T04:00:00.000Z', '2025-11-03T04:59:59.999Z'],
  [
    'before a repeated midnight',
    '2025-11-01',
    'America/Havana',
    '2025-11-01T04:00:00.000Z',
    '2025-11-02T03:59:59.999Z',
  ],
  ['as usual', '2026-11-25', 'Europe/Berlin', '2026-11-24T23:00:00.000Z', '2026-11-25T22:59:59.999Z'],
])('a day %s is all of it: %s in %s', (_, day, timeZone, first, last) => {
  expect(rangeOf(day, timeZone)).toEqual([first, last])
})

test('a repeated clock time means both, and one that the clocks skip is rejected with the next one', () => {
  expect(rangeOf('2025-11-02T00:30', 'America/Havana')).toEqual([
    '2025-11-02T04:30:00.000Z',
    '2025-11-02T05:30:00.000Z',
  ])
  expect(rangeOf('2026-09-06T00:30', 'America/Santiago')).toEqual([
    '"2026-09-06T00:30" does not exist in America/Santiago: the clocks skip it; the next time is 2026-09-06T01:00',
  ])
})

test('a day that the clocks skip as a whole is rejected', () => {
  expect(rangeOf('2011-12-30', 'Pacific/Apia')).toEqual([
    '2011-12-30 does not exist in Pacific/Apia: the clocks skip the whole day; give another day',
  ])
})

test.each([
  ['0 0 * * *', 'America/Santiago', '2026-09-06', 'skipped', '2026-09-06T00:00'],
  ['30 23 * * *', 'America/Nuuk', '2026-03-28', 'skipped', '2026-03-28T23:30'],
  ['30 23 * * *', 'America/Santiago', '2026-04-04', 'doubled', '2026-04-04T23:30'],
  ['30 0 * * *', 'America/Havana', '2025-11-02', 'doubled', '2025-11-02T00:30'],
])('of %s in %s the day %s has a %s time, and the days around it have none', (cron, timeZone, day, kind, time) => {
  const midnight = Date.parse(`${day}T00:00Z`)
  const changes = (days: number) => {
    const from = midnight + days * 86_400_000
    return clockChanges({ crons: [cron], timeZone }, { from, to: from + 86_399_999 })
  }
  expect(changes(0)).toEqual([{ kind, times: [time], count: 1 }])
  expect([...changes(-1), ...changes(1)]).toEqual([])
})
