import { describe, expect, test } from 'vitest'
import { dateLiteralSpan } from '../../soql/dateLiterals.ts'
import { NOW } from './soqlRecords.ts'

// NOW is Wednesday, 25 November 2026, at noon.
function span(literal: string) {
  const found = dateLiteralSpan(literal, NOW)
  return found && [found.start, found.end].map(time => new Date(time).toISOString().slice(0, 10)).join(' ')
}

describe('a date literal covers the days from its start to before its end', () => {
  test.each([
    ['TODAY', '2026-11-25 2026-11-26'],
    ['yesterday', '2026-11-24 2026-11-25'],
    ['TOMORROW', '2026-11-26 2026-11-27'],
    ['LAST_N_DAYS:7', '2026-11-18 2026-11-26'],
    ['NEXT_N_DAYS:2', '2026-11-26 2026-11-28'],
    ['N_DAYS_AGO:3', '2026-11-22 2026-11-23'],
    ['LAST_90_DAYS', '2026-08-27 2026-11-26'],
    ['NEXT_90_DAYS', '2026-11-26 2027-02-24'],
    ['LAST_WEEK', '2026-11-15 2026-11-22'],
    ['THIS_WEEK', '2026-11-22 2026-11-29'],
    ['NEXT_WEEK', '2026-11-29 2026-12-06'],
    ['LAST_N_WEEKS:2', '2026-11-08 2026-11-22'],
    ['N_WEEKS_AGO:2', '2026-11-08 2026-11-15'],
    ['THIS_MONTH', '2026-11-01 2026-12-01'],
    ['NEXT_N_MONTHS:2', '2026-12-01 2027-02-01'],
    ['LAST_MONTH', '2026-10-01 2026-11-01'],
    ['THIS_QUARTER', '2026-10-01 2027-01-01'],
    ['LAST_N_QUARTERS:2', '2026-04-01 2026-10-01'],
    ['N_QUARTERS_AGO:1', '2026-07-01 2026-10-01'],
    ['THIS_YEAR', '2026-01-01 2027-01-01'],
    ['LAST_YEAR', '2025-01-01 2026-01-01'],
    ['N_YEARS_AGO:6', '2020-01-01 2021-01-01'],
    ['THIS_FISCAL_QUARTER', '2026-10-01 2027-01-01'],
    ['LAST_N_FISCAL_YEARS:2', '2024-01-01 2026-01-01'],
  ])('%s is %s', (literal, expected) => {
    expect(span(literal)).toBe(expected)
  })

  test.each(['SOMEDAY', 'LAST_DAYS', 'LAST_WEEKS', 'LAST_N_DAYS', 'N_DAYS', 'LAST_WEEK:3', ''])(
    '%j is not a date literal',
    literal => {
      expect(span(literal)).toBeUndefined()
    },
  )
})
