// keyField: [A, B]: the values of all fields together find the record.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import type { SpecParts } from '../../rig/describes.ts'
import { asPlan, BY_QUERY_JOB, linesOf, load, newWorld, plan, type Records, type World } from './memoryLoad.ts'

const LISTED: SpecParts = {
  operation: 'update',
  keyField: ['LastName', 'Email'],
  fields: { LastName: 'last', Email: 'mail', FirstName: 'first' },
  identityFields: ['last', 'mail'],
  resultColumns: ['row', 'id', 'errorcode'],
}

type Key = readonly [last: string, mail: string]

function newRun(rows: readonly Key[], held: readonly Key[], parts: Partial<SpecParts> = {}): World {
  const records: Records = rows.map(([last, mail]) => ({ last, mail, first: 'New' }))
  const world = newWorld(records, { ...LISTED, ...parts })
  for (const [LastName, Email] of held) world.org.add({ LastName, Email, FirstName: 'Old' })
  return world
}

const READINGS: readonly (readonly [string, MatchLimits])[] = [
  ['lists', MATCH_LIMITS],
  ['a query job', BY_QUERY_JOB],
]

const ROWS: readonly Key[] = [
  ['Aster', 'one@x.org'],
  ['Aster', 'two@x.org'],
  ['ASTER', 'THREE@x.org'],
  ['Twin', 'twin@x.org'],
  ['Birch', 'one@x.org'],
  ['aster ', 'One@x.org'],
  ['Aster', ''],
]
const HELD: readonly Key[] = [
  ['Aster', 'one@x.org'],
  ['Other', 'one@x.org'],
  ['Aster', 'two@x.org'],
  ['Aster', 'three@x.org'],
  ['Twin', 'twin@x.org'],
  ['twin', 'twin@x.org'],
]

test.each((['all', 'changed'] as const).flatMap(send => READINGS.map(reading => [send, ...reading] as const)))(
  'with send: %s, a record is found by all key fields together, by %s',
  async (send, _, matchLimits) => {
    const world = { ...newRun(ROWS, HELD, { send }), matchLimits }
    expect(await load(world)).toMatchObject({ tally: { updated: 3, failed: 4 } })
    const ids = world.org.records.map(({ Id }) => Id ?? '')
    expect(
      linesOf(world, 'results.csv').map(({ id, errorcode, errormessage }) => [id, errorcode, errormessage]),
    ).toEqual([
      [ids[0], '', ''],
      [ids[2], '', ''],
      [ids[3], '', ''],
      [
        '',
        'KEY_AMBIGUOUS',
        `Key field: 2 Contact records have LastName Twin and Email twin@x.org: ${ids[4]}, ${ids[5]}`,
      ],
      ['', 'KEY_NOT_FOUND', 'Key field: no Contact has LastName Birch and Email one@x.org'],
      [
        '',
        'KEY_REPEATED',
        'Key field: LastName aster and Email One@x.org is in row 1 already; leave one row per record',
      ],
      ['', 'KEY_BLANK', 'Key field: Email is not present in data'],
    ])
    expect(world.org.records.map(({ FirstName }) => FirstName)).toEqual(['New', 'Old', 'New', 'New', 'Old', 'Old'])
    // The key fields find the record, and are not written.
    expect(world.org.records[3]).toMatchObject({ LastName: 'Aster', Email: 'three@x.org' })
  },
)

test('lists are of the field with the most different values, so that few other records are read', async () => {
  const world = newRun(ROWS.slice(0, 3), HELD)
  await load(world)
  const pages = [...world.files].filter(([path]) => /^match\/update\/1\/\d+\..+\.csv$/.test(path))
  expect(pages.map(([, text]) => text.trim().split('\n').length)).toEqual([5])
})

test('a constant may be one of the key fields', async () => {
  const fields = { ...LISTED.fields, LastName: { value: 'Aster' } }
  const world = newRun(ROWS.slice(0, 2), HELD, { fields, identityFields: ['mail'] })
  expect(await load(world)).toMatchObject({ tally: { updated: 2, failed: 0 } })
})

test('records are deleted by all key fields together', async () => {
  const parts = { operation: 'delete', fields: { LastName: 'last', Email: 'mail' }, undo: true } as const
  const world = newRun(ROWS.slice(0, 2), HELD, parts)
  expect(await load(world)).toMatchObject({ tally: { deleted: 2, failed: 0 } })
  expect(world.org.recycleBin.map(({ LastName, Email }) => [LastName, Email])).toEqual(
    HELD.filter((_, at) => at % 2 === 0).slice(0, 2),
  )
})

test('a plan shows the records of key lists, and is applied to those that still have all values', async () => {
  const world = asPlan(newRun(ROWS.slice(0, 3), HELD, { send: 'changed' }))
  expect(await plan(world)).toMatchObject({ verdicts: { update: 3, rejected: 0 } })
  expect(
    linesOf(world, 'plan.csv').map(line => [line['changed'], line['old.FirstName'], line['new.FirstName']]),
  ).toEqual(Array.from({ length: 3 }, () => ['FirstName', 'Old', 'New']))
  Object.assign(world.org.records[2] ?? {}, { LastName: 'Someone' })
  expect(await load(world)).toMatchObject({ tally: { updated: 2, failed: 1 } })
  expect(linesOf(world, 'results.csv').map(({ errorcode }) => errorcode)).toEqual(['', 'PLAN_STALE', ''])
})

test('rows with any values get the records that a Map of both values gives', async () => {
  const last = fc.string({
    minLength: 1,
    maxLength: 3,
    unit: fc.constantFrom('a', 'A', ',', '"', ';', ' ', '\u00e9', '|'),
  })
  const mail = fc.constantFrom('a@x.org', 'A@x.org', 'b@x.org', 'a,b@x.org')
  const canonical = (key: Key) => JSON.stringify(key.map(value => value.trim().normalize('NFC').toLowerCase()))
  const key = fc.tuple(
    last.filter(text => text.trim() !== ''),
    mail,
  )
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { selector: canonical, minLength: 1, maxLength: 8 }),
      fc.array(key, { maxLength: 12 }),
      fc.constantFrom(...READINGS),
      fc.constantFrom('all', 'changed'),
      async (rows, held, [, matchLimits], send) => {
        const world = { ...newRun(rows, held, { send }), matchLimits }
        const byKey = Map.groupBy(world.org.records.slice(), ({ LastName = '', Email = '' }) =>
          canonical([LastName, Email]),
        )
        await load(world)
        const found = linesOf(world, 'results.csv').map(({ id, errorcode }) => id || errorcode)
        const valid = (mailOf: string) => !mailOf.includes(',')
        expect(found.map((one, at) => (valid(rows[at]?.[1] ?? '') ? one : ''))).toEqual(
          rows.map(row => {
            if (!valid(row[1])) return ''
            const [first, second] = byKey.get(canonical(row)) ?? []
            if (first === undefined) return 'KEY_NOT_FOUND'
            return second === undefined ? first['Id'] : 'KEY_AMBIGUOUS'
          }),
        )
      },
    ),
    { numRuns: 60 },
  )
})
