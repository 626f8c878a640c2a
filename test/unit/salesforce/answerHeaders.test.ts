import { expect, test, vi } from 'vitest'
import { apiUsageOf, clockOffsetOf, OrgClock } from '../../../loader/salesforce/traffic.ts'

test.each([
  ['api-usage=18/5000', { used: 18, limit: 5000 }],
  ['api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)', { used: 25, limit: 5000 }],
  ['per-app-api-usage=17/250(appName=sample-app)', undefined],
  ['', undefined],
])('Sforce-Limit-Info "%s" is read as %j', (header, usage) => {
  expect(apiUsageOf({ 'sforce-limit-info': header })).toEqual(usage)
})

const date = new Date('2026-11-25T10:00:30.000Z').toUTCString()

test.each([
  ['2026-11-25T10:00:30.000Z', 0],
  ['2026-11-25T10:00:30.900Z', 0],
  ['2026-11-25T10:00:00.400Z', 30_000],
  ['2026-11-25T10:01:00.700Z', -30_000],
])(`at %s a clock at ${date} is %i ms ahead`, (now, offset) => {
  expect(clockOffsetOf({ date }, Date.parse(now))).toBe(offset)
})

test('an answer without a date gives no clock offset', () => {
  expect(clockOffsetOf({}, 0)).toBeUndefined()
  expect(clockOffsetOf({ date: 'yesterday' }, 0)).toBeUndefined()
})

test.each([300_000, -300_000])(
  'the offset is unknown after the clock of the machine is set by %i ms, until the next answer',
  step => {
    vi.useFakeTimers({ now: Date.parse(date), toFake: ['Date', 'performance'] })
    const clock = new OrgClock()
    expect(clock.offset()).toBe(0)
    clock.read({ date })
    vi.advanceTimersByTime(3_600_000)
    expect(clock.offset()).toBe(0)
    vi.setSystemTime(Date.now() + step)
    expect(() => clock.offset()).toThrow(expect.objectContaining({ name: 'ClockChangedError', kind: 'transient' }))
    clock.read({ date: new Date(Date.now() - step).toUTCString() })
    expect(clock.offset()).toBe(-step)
  },
)

test('the offset is fresh for a minute after an answer, until the clock of the machine is set', () => {
  vi.useFakeTimers({ now: Date.parse(date), toFake: ['Date', 'performance'] })
  const clock = new OrgClock()
  expect(clock.isFresh()).toBe(false)
  clock.read({})
  expect(clock.isFresh()).toBe(false)
  clock.read({ date })
  vi.advanceTimersByTime(59_000)
  expect(clock.isFresh()).toBe(true)
  vi.advanceTimersByTime(1_000)
  expect(clock.isFresh()).toBe(false)
  clock.read({ date })
  vi.setSystemTime(Date.now() + 300_000)
  expect(clock.isFresh()).toBe(false)
})
