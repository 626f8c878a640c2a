import { describe, expect, test } from 'vitest'
import { compileDatePattern, patternProblem } from '../../../loader/values/datePattern.ts'
import { compileConverter } from '../../../loader/values/fieldValue.ts'
import { field, formatsOf } from '../../rig/describes.ts'

/** `2024-02-01 03:04:05`, with the offset in minutes; undefined when the pattern does not fit. */
function read(pattern: string, text: string): string | undefined {
  expect(patternProblem(pattern)).toBe(undefined)
  const written = compileDatePattern(pattern)(text)
  if (!written) return undefined
  const { year, month, day, hour, minute, second } = written.clock
  const [date, time] = [
    [year, month, day],
    [hour, minute, second],
  ].map(parts => parts.map(part => String(part).padStart(2, '0')))
  const offset = written.offset === undefined ? '' : ` ${written.offset}`
  return written.isDay ? date?.join('-') : `${date?.join('-')} ${time?.join(':')}${offset}`
}

describe('a date pattern', () => {
  test.each([
    ['dd.MM.yyyy HH:mm:ss', '1.2.2024 3:04:05', '2024-02-01 03:04:05'],
    ['yyyyMMdd', '20240201', '2024-02-01'],
    ['yyyyMMdd', '2024021', '2024-02-01'],
    ['yyyyMMddTHHmmss', '20240201T030405', '2024-02-01 03:04:05'],
    ['d.M.yyyy', '01.2.2024', '2024-02-01'],
    ['M/d/yyyy h:mm a', '1/5/2026 12:30 AM', '2026-01-05 00:30:00'],
    ['M/d/yyyy h:mm a', '1/5/2026 12:30 pm', '2026-01-05 12:30:00'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026 01:30 p.m.', '2026-01-05 13:30:00'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026  1:30\u202fPM', '2026-01-05 13:30:00'],
    ['MM/dd/yyyy hh:mm:ssa', '12/31/2025 9:05:07AM', '2025-12-31 09:05:07'],
    ['dd MMM yyyy', '05 Jan 2026', '2026-01-05'],
    ['MMMM d, yyyy', 'september 5, 2026', '2026-09-05'],
    ['MMM d, yyyy', 'Sept. 5, 2026', '2026-09-05'],
    ['EEE, dd MMM yyyy HH:mm:ss Z', 'Mon, 05 Jan 2026 10:00:00 +0200', '2026-01-05 10:00:00 120'],
    ['dd/MM/yyyy HH:mm:ssXXX', '05/01/2026 10:00:00-05:30', '2026-01-05 10:00:00 -330'],
    ['dd/MM/yyyy HH:mmX', '05/01/2026 10:00Z', '2026-01-05 10:00:00 0'],
    ['dd/MM/yyyy HH:mm:ss.SSS', '05/01/2026 10:00:00.123456', '2026-01-05 10:00:00'],
    ["dd.MM.yyyy 'um' HH:mm 'Uhr'", '05.01.2026 um 10:00 Uhr', '2026-01-05 10:00:00'],
    ["yyyy''MM''dd", "2026'01'05", '2026-01-05'],
  ])('%j reads %j', (pattern, text, expected) => {
    expect(read(pattern, text)).toBe(expected)
  })

  test.each([
    ['dd.MM.yyyy HH:mm:ss', '1.2.2024'],
    ['dd.MM.yyyy HH:mm:ss', '29.02.2023 00:00:00'],
    ['yyyyMMdd', '202421'],
    ['MM/dd/yyyy', '12/31/99'],
    ['MM/dd/yyyy HH:mm', '1/5/2026 1:30 PM'],
    ['MM/dd/yyyy HH:mm', '1/5/2026 24:00'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026 13:30 PM'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026 0:30 AM'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026 1:30'],
    ['MM/dd/yyyy hh:mm a', '1/5/2026 午後 3:04'],
    ['dd MMM yyyy', '05 Mai 2026'],
    ['EEE, dd MMM yyyy', 'Tue, 05 Jan 2026'],
    ['dd/MM/yyyy HH:mm:ssXXX', '05/01/2026 10:00:00 CET'],
  ])('%j does not read %j', (pattern, text) => {
    expect(read(pattern, text)).toBe(undefined)
  })

  test.each([
    ['dd.MM.', 'lacks yyyy'],
    ['yyyy', 'lacks MM, dd'],
    ['MM/dd/yy', 'has years of two digits, which may mean 1926 or 2026; write years as yyyy'],
    [
      'MM/DD/yyyy',
      "has other letters: DD; allowed: yyyy MM dd HH mm ss, also M d H h hh m s, MMM (names of months), EEE, a (AM or PM), SSS, XXX (offset); write words in quotes, such as 'at'",
    ],
    ['dd.MM.yyyy MMM', 'has a part twice'],
    ['dd.MM.yyyy HH:mm hh a', 'has a part twice'],
    ['MM/dd/yyyy hh:mm', 'has hh, hours of a half day, without a for AM or PM; write HH for 24 hours'],
    ['MM/dd/yyyy HH:mm a', 'has a, for AM or PM, without hh; write hh for the hour'],
    ['yyyyMd', 'has M before another number; write MM, or a separator after it'],
    ["dd.MM.yyyy '", "has other letters: '"],
  ])('%j is rejected: %s', (pattern, problem) => {
    expect(patternProblem(pattern)).toContain(`date pattern "${pattern}" ${problem}`)
  })
})

describe('a date as a datetime is the first moment of the day in the zone', () => {
  const seen = field('Seen', { type: 'datetime', length: 0 })
  test.each([
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z'],
    ['Africa/Cairo', '24.04.2026', '2026-04-23T22:00:00.000Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z'],
  ])('%s %s', (timeZone, text, expected) => {
    expect(compileConverter(seen, formatsOf({ timeZone, dates: ['dd.MM.yyyy'] }), 'at')(text)).toBe(expected)
  })

  test.each([
    ['America/Santiago', '2026-09-06T00:00:00'],
    ['Pacific/Apia', '2011-12-30'],
  ])('but %s has no %s', (timeZone, text) => {
    expect(compileConverter(seen, formatsOf({ timeZone }), 'at')(text)).toMatchObject({
      message: expect.stringContaining('skipped by daylight saving'),
    })
  })
})

test('a time of day may have AM or PM', () => {
  const convert = compileConverter(field('Open', { type: 'time', length: 0 }), formatsOf({}), 'open')
  expect(['7:05 PM', '12:30 a.m.', '12:00:01pm'].map(convert)).toEqual([
    '19:05:00.000Z',
    '00:30:00.000Z',
    '12:00:01.000Z',
  ])
  expect(convert('13:00 PM')).toMatchObject({ code: 'INVALID_VALUE' })
})
