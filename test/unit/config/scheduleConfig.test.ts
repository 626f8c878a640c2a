// `schedule:` in sflink.yaml, and its scheduled times.
import { expect } from 'vitest'
import { fillPlaceholders } from '../../../loader/schedule/placeholders.ts'
import { clockChanges, nextTimes, yearFrom } from '../../../loader/schedule/scheduleTimes.ts'
import { NIGHTLY, PRODUCTION, test } from './configTest.ts'

const TOP = PRODUCTION + NIGHTLY.replace(/ +source: .*\n/, '')
const SOURCE = '    source: { uri: "file:data/{date}.csv" }\n'

test('a schedule gets every default', async ({ read }) => {
  const { schedules } = await read(`${TOP}${SOURCE}    schedule: { cron: "@daily" }\n`)
  expect(schedules.get('nightly')).toEqual({
    crons: ['0 0 * * *'],
    timeZone: 'UTC',
    jitter: 0,
    overlap: 'skip',
    catchupWindow: 86_400_000,
    pauseOnFailure: false,
  })
})

test('a calendar is cron with named fields', async ({ read }) => {
  const calendar = '{ hour: [2, 14], minute: 30, dayOfWeek: [Monday, WED-FRI], month: january }'
  const { schedules } = await read(`${TOP}${SOURCE}    schedule: { calendar: ${calendar} }\n`)
  expect(schedules.get('nightly')).toMatchObject({
    crons: ['30 2,14 * jan Mon,WED-FRI'],
  })
})

test.for([
  ['61 2 * * *', '"61 2 * * *": 61 is not a valid minute; write five fields'],
  ['0 2 30 2 *', '"0 2 30 2 *": this day never occurs; write five fields'],
  ['0 2 * *', '"0 2 * *" has 4 fields; write five fields'],
  ['0 0 2 * * *', '"0 0 2 * * *" has 6 fields; write five fields'],
  ['0 2 L * *', '"0 2 L * *": L is not a valid day of month; write five fields'],
  ['0 2 * * MON#2', '"0 2 * * MON#2": the character # is not supported; write five fields'],
  ['0 2 * * SAT-SUN', '"0 2 * * SAT-SUN": write a range that ends on Sunday as 6-7; write five fields'],
  ['@every 5m', '"@every 5m" is not supported; write five fields'],
  ['CRON_TZ=Europe/Berlin 0 2 * * *', '"CRON_TZ=Europe/Berlin 0 2 * * *" contains a time zone; set timeZone instead'],
])('the cron %s is rejected', async ([cron, words = ''], { problems }) => {
  const [line = '', ...more] = await problems(`${TOP}${SOURCE}    schedule: { cron: "${cron}" }\n`)
  expect(more).toEqual([])
  expect(line).toMatch(/^sflink\.yaml:12:\d+ syncs\.nightly\.schedule\.cron(\[0\])?: /)
  expect(line).toContain(words)
})

test.for([
  ['timeZone: Europe/Nowhere', 'timeZone: unknown time zone "Europe/Nowhere"; write it like Europe/Berlin'],
  ['timeZone: europe/berlin', 'timeZone: unknown time zone "europe/berlin"; write it Europe/Berlin'],
  [
    'overlap: wait',
    'overlap: expected one of skip, buffer_one, buffer_all, cancel_other, terminate_other, allow_all; given "wait"',
  ],
  ['jitter: soon', 'jitter: expected a duration with its unit, such as 30s, 10m or 2h; given "soon"'],
  ['catchupWindow: 1s', 'catchupWindow: must be at least 10s'],
  [
    'pauseOnFail: true',
    ': unknown key "pauseOnFail"; allowed: cron, calendar, timeZone, jitter, overlap, catchupWindow, pauseOnFailure, paused; did you mean "pauseOnFailure"?',
  ],
  ['calendar: { hour: 2 }', ': give either cron or calendar, like cron: "0 2 * * *"'],
])('the key %s is rejected', async ([key, words = ''], { problems }) => {
  const found = await problems(`${TOP}${SOURCE}    schedule: { cron: "0 2 * * *", ${key} }\n`)
  expect(found).toEqual([expect.stringContaining(`syncs.nightly.schedule${words.startsWith(':') ? '' : '.'}${words}`)])
})

test('a source that a schedule cannot load is rejected', async ({ problems }) => {
  const schedule = '    schedule: { cron: "0 2 * * *" }\n'
  expect(await problems(`${TOP}    source: { inline: [{ last_name: A }] }\n${schedule}`)).toEqual([
    expect.stringContaining('would load the same inline records every time; give the source a uri'),
  ])
  expect(await problems(`${TOP}    source: { uri: "file:data/{region}.csv" }\n${schedule}`)).toEqual([
    expect.stringContaining(
      '{region} is not a time placeholder; use {date}, {datetime}, {year}, {month}, {day}, {hour}, and {date-1}',
    ),
  ])
  expect(await problems(`${TOP}    source: { uri: "file:x.csv", waitFor: long }\n${schedule}`)).toEqual([
    expect.stringContaining('syncs.nightly.source.waitFor: expected a duration with its unit'),
  ])
})

test('two schedules with one name are rejected', async ({ problems }) => {
  const schedule = '    schedule: { cron: "0 2 * * *" }\n'
  expect(await problems(TOP + SOURCE + schedule + schedule)).toEqual([
    expect.stringMatching(/^sflink\.yaml:13:\d+ duplicate key schedule; remove one$/),
  ])
  expect(await problems(`${TOP}${SOURCE}${schedule}  nightly: {}\n`)).toEqual([
    expect.stringMatching(/^sflink\.yaml:13:\d+ duplicate key nightly; remove one$/),
  ])
})

const times = (cron: string, timeZone: string, after: string, most: number) =>
  nextTimes({ crons: [cron], timeZone }, Date.parse(after), most).map(time => new Date(time).toISOString().slice(0, 16))

test('a time that daylight saving skips is not due, and one that it repeats is due twice', () => {
  expect(times('30 2 * * *', 'Europe/Berlin', '2027-03-26T12:00Z', 2)).toEqual(['2027-03-27T01:30', '2027-03-29T00:30'])
  expect(times('30 2 * * *', 'Europe/Berlin', '2027-10-30T12:00Z', 2)).toEqual(['2027-10-31T00:30', '2027-10-31T01:30'])
  const year = (timeZone: string, after = '2026-11-25T12:00Z') => yearFrom(Date.parse(after), timeZone)
  expect(clockChanges({ crons: ['30 2 * * *'], timeZone: 'Europe/Berlin' }, year('Europe/Berlin'))).toEqual([
    { kind: 'skipped', times: ['2027-03-28T02:30'], count: 1 },
    { kind: 'doubled', times: ['2027-10-31T02:30'], count: 1 },
  ])
  expect(
    clockChanges({ crons: ['*/5 * * * *'], timeZone: 'Australia/Lord_Howe' }, year('Australia/Lord_Howe')),
  ).toEqual([
    { kind: 'doubled', times: ['2027-04-04T01:30', '2027-04-04T01:55'], count: 6 },
    { kind: 'skipped', times: ['2027-10-03T02:00', '2027-10-03T02:25'], count: 6 },
  ])
  expect(clockChanges({ crons: ['0 4 * * *'], timeZone: 'Europe/Berlin' }, year('Europe/Berlin'))).toEqual([])
})

test.each([
  ['{date}', '2026-03-01'],
  ['{date-1}', '2026-02-28'],
  ['{year}/{month}/{day}/{hour}', '2026/03/01/02'],
  ['{datetime}', '2026-03-01T023000'],
  ['{region}-{month-1}', '{region}-{month-1}'],
])('%s of a scheduled time is %s', (uri, filled) => {
  expect(fillPlaceholders({ uri }, Date.parse('2026-02-28T13:30:00Z'), 'Pacific/Auckland').uri).toBe(filled)
})
