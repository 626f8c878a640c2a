// Every field type: what was written on one night is unchanged on the next, however it is spelled, and another value is a change.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planInOrg } from '../../../loader/plan/plan.ts'
import { chunkFiles, PLAN_FILE } from '../../../loader/protocol/layout.ts'
import { MATCH_LIMITS, type MatchLimits } from '../../../loader/protocol/match/matchLimits.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { ENGINES, type Engine } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncSpecInput } from '../../../packages/client/contract/syncSpec.ts'
import { specOf } from '../../rig/describes.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { dependenciesOf, linesOf, loadThrough, type Records, retried, type World } from './memoryLoad.ts'
import { ScriptedOrg } from './scriptedOrg.ts'

const emulator = await fileEmulator()
const connection = connectToEmulator(emulator)
const created = await connection.createRecords('Account', [{ Name: 'One' }, { Name: 'Two' }])
const [account = '', otherAccount = ''] = created.map(({ id }) => id ?? '')
await connection.createRecords('Contact', [
  { LastName: 'One', Ext_Id__c: 'Parent-1' },
  { LastName: 'Two', Ext_Id__c: 'Parent-2' },
])

/** Of each field the spellings of one value, and other values. */
const FIELDS: Readonly<Record<string, { readonly same: readonly string[]; readonly others: readonly string[] }>> = {
  Title__c: {
    same: ['Müller ✓ 漢字 😀', 'Mu\u0308ller ✓ 漢字 😀', ' Müller ✓ 漢字 😀\t'],
    others: ['müller ✓ 漢字 😀'],
  },
  Notes__c: {
    same: ['line 1\r\nline 2 "q", x', 'line 1\nline 2 "q", x', '\u00a0line 1\rline 2 "q", x  '],
    others: ['line 1\nline 2 "q", X', 'line 1 line 2 "q", x', ''],
  },
  Amount__c: {
    same: ['1234567.895', '1234567.9', '1234567.90', '1.2345679E6'],
    others: ['1234567.91', '-1234567.9', ''],
  },
  Discount__c: { same: ['12.345', '12.35', '012.35', '+12.350'], others: ['12.36', '0', ''] },
  Quantity__c: { same: ['0.0005', '0.001', '.001', '1E-3'], others: ['0.002', ''] },
  Line_Count__c: { same: ['12', '12.0', '1.2E1'], others: ['13', ''] },
  Paid__c: { same: ['yes', 'TRUE', '1', 'Ja'], others: ['no', 'Nein'] },
  Due_Date__c: { same: ['2026-02-28', '28.02.2026', '2026-02-28T00:00:00'], others: ['2026-03-01', ''] },
  Sent_At__c: {
    same: ['2026-02-28T23:30:00-02:00', '2026-03-01T01:30:00Z', '2026-03-01 02:30', '2026-03-01T01:30:00.999Z'],
    others: ['2026-03-01T01:30:01Z', '2026-03-01 01:30', ''],
  },
  Cutoff_Time__c: { same: ['13:45', '13:45:00', '1:45 PM', '13:45:00.000Z'], others: ['13:45:00.001Z', '01:45', ''] },
  Status__c: { same: ['sent', 'Sent', ' SENT '], others: ['Paid', ''] },
  Channels__c: { same: ['Web;Email', 'Email;Web', 'web; email ;Web'], others: ['Web;Fair', 'Web', ''] },
  Billing_Email__c: { same: ['MIXED@Case.Example', 'mixed@case.example'], others: ['mixed@case.example.org', ''] },
  Billing_Phone__c: { same: ['+49 30 123', ' +49 30 123 '], others: ['+4930123', ''] },
  Portal_Url__c: { same: ['www.example.com/A', 'www.example.com/A '], others: ['www.example.com/a', ''] },
  Batch_Ref__c: { same: ['=SUM(A1)', ' =SUM(A1)'], others: ['=SUM(A2)', '#', ''] },
  Account__c: {
    same: [account, account.slice(0, 15), account.toLowerCase(), account.toUpperCase()],
    others: [otherAccount, otherAccount.slice(0, 15), ''],
  },
  'Contact__r.Ext_Id__c': { same: ['Parent-1', 'PARENT-1', ' parent-1'], others: ['Parent-2', ''] },
}

const NAMES = Object.keys(FIELDS)
/** Fields that may not be blank. */
const NEVER_BLANK = ['Title__c', 'Paid__c']

const COMPARED = {
  object: 'Invoice__c',
  keyField: 'Ext_Id__c',
  fields: { Ext_Id__c: 'key', ...Object.fromEntries(NAMES.map(name => [name, name])) },
  blank: 'clear',
  send: 'changed',
  formats: { dates: ['dd.MM.yyyy'], timeZone: 'Europe/Berlin', checkbox: { true: ['Ja'], false: ['Nein'] } },
} as const

type Night = {
  readonly report: RunReport
  readonly changed: ReadonlyMap<string, string>
  /** The before-images. */
  readonly before: Records
}

/** Loads the rows; `changed` are the fields that the plan shows as changed, by row. */
async function load(
  records: Records,
  parts: Partial<SyncSpecInput> & { readonly engine: Engine },
  matchLimits: MatchLimits,
): Promise<Night> {
  const spec = specOf({ ...COMPARED, operation: 'update', ...parts, source: { inline: [...records] } } as never)
  const { plan, userId, instanceUrl } = await planInOrg(connection, spec, new AbortController().signal)
  const run: PlannedRun = { spec, plan, userId, instanceUrl, warnings: [], startedAt: Date.now() }
  const files = new Map([[PLAN_FILE, JSON.stringify(run)]])
  const world: World = { runId: 'run', files, org: new ScriptedOrg(), runs: new Map(), matchLimits }
  const dependencies = { ...dependenciesOf(world), connection: () => connection }
  const report = await loadThrough(world, (_, work) => retried(step => work(dependencies, step)))
  const lines = linesOf(world, chunkFiles(1, 1).plan)
  const before = linesOf(world, chunkFiles(1, 1).before)
  return { report, changed: new Map(lines.map(({ row = '', changed = '' }) => [row, changed])), before }
}

const READINGS = [
  ['lists', MATCH_LIMITS],
  ['a query job', { ...MATCH_LIMITS, jobKeys: 1, jobRatio: Number.POSITIVE_INFINITY, firstPoll: 1 }],
] as const

const MATRIX = ENGINES.flatMap(engine => READINGS.map(([name, limits]) => [engine, name, limits] as const))

const rowOf = (key: string, values: Readonly<Record<string, string>>) => ({ key, ...values })
const spelled = (index: number) =>
  Object.fromEntries(NAMES.map(name => [name, FIELDS[name]?.same.at(index % (FIELDS[name]?.same.length ?? 1)) ?? '']))

describe.each(MATRIX)('written through %s and read by %s', (engine, reading, limits) => {
  const key = (text: string) => `${engine}-${reading}-${text}`
  const asUpsert = { operation: 'upsert', externalIdField: 'Ext_Id__c', engine } as const

  test('each spelling of a value is unchanged after any other was written', async () => {
    const spellings = Array.from({ length: 4 }, (_, index) => index)
    const rows = (shift: number) => spellings.map(index => rowOf(key(`s${index}`), spelled(index + shift)))
    expect((await load(rows(0), asUpsert, limits)).report.tally).toMatchObject({ created: 4, failed: 0 })
    for (const shift of spellings) {
      for (const parts of [{ engine }, asUpsert]) {
        const { report, changed } = await load(rows(shift), parts, limits)
        expect([...changed.values()].filter(Boolean)).toEqual([])
        expect(report.tally).toMatchObject({ unchanged: 4, updated: 0, failed: 0 })
      }
    }
  })

  test('each other value is a change of its field alone, and unchanged when it was written', async () => {
    const cases = NAMES.flatMap(name => (FIELDS[name]?.others ?? []).map(value => ({ name, value })))
    const before = cases.map((_, index) => rowOf(key(`c${index}`), spelled(index)))
    await load(before, asUpsert, limits)
    const after = cases.map(({ name, value }, index) =>
      rowOf(key(`c${index}`), { ...spelled(index + 1), [name]: value }),
    )
    const first = await load(after, { engine }, limits)
    expect([...first.changed.values()]).toEqual(cases.map(({ name }) => name))
    expect(first.report.tally).toMatchObject({ updated: cases.length, unchanged: 0, failed: 0 })
    const second = await load(after, { engine }, limits)
    expect(second.report.tally).toMatchObject({ updated: 0, unchanged: cases.length, failed: 0 })
  })

  test('a blank value is no change with blank: ignore, and clears nothing', async () => {
    const blank = Object.fromEntries(
      NAMES.map(name => [name, NEVER_BLANK.includes(name) ? (FIELDS[name]?.same[0] ?? '') : '']),
    )
    await load([rowOf(key('b'), spelled(0))], asUpsert, limits)
    const rows = [rowOf(key('b'), blank)]
    expect((await load(rows, { engine, blank: 'ignore' }, limits)).report.tally).toMatchObject({ unchanged: 1 })
    const cleared = await load(rows, { engine }, limits)
    expect(cleared.changed.get('1')?.split(';')).toEqual(NAMES.filter(name => !NEVER_BLANK.includes(name)))
    expect((await load(rows, { engine }, limits)).report.tally).toMatchObject({ unchanged: 1 })
  })

  test('a field of any type is filled if it is blank, and then it is not any more', async () => {
    const keys = [0, 1].map(number => key(`f${number}`))
    await load([rowOf(key('f0'), { ...ALL_BLANK, Title__c: 'Held', Paid__c: 'no' })], asUpsert, limits)
    const fill = (index: number, parts: Partial<SyncSpecInput> & { readonly engine: Engine }) =>
      load(
        keys.map(one => rowOf(one, { ...spelled(index), ...(index === 0 ? {} : OTHERS) })),
        { ...parts, existing: 'fill-blanks', send: 'all' },
        limits,
      )
    const first = await fill(0, asUpsert)
    expect(first.report.tally).toMatchObject({ created: 1, updated: 1, failed: 0 })
    expect(first.changed.get('1')?.split(';')).toEqual(NAMES.filter(name => !NEVER_BLANK.includes(name)))
    for (const parts of [{ engine }, asUpsert]) {
      expect((await fill(1, parts)).report.tally).toMatchObject({ unchanged: 2, updated: 0, failed: 0 })
    }
    const held = await load([rowOf(key('f0'), { ...spelled(1), Title__c: 'Held', Paid__c: 'no' })], { engine }, limits)
    expect(held.report.tally).toMatchObject({ unchanged: 1 })
  })
})

const ALL_BLANK = Object.fromEntries(NAMES.map(name => [name, '']))
const OTHERS = Object.fromEntries(NAMES.map(name => [name, FIELDS[name]?.others[0] ?? '']))

test.each(MATRIX)('an update by Id compares as one by a key field (%s, %s)', async (engine, _, limits) => {
  const records = [1, 2, 3].map(number => ({ LastName: `Old ${number}`, Title: 'x' }))
  const ids = (await connection.createRecords('Contact', records)).map(({ id }) => id ?? '')
  const rows = ids.map((id, index) => ({
    id: index === 0 ? id.slice(0, 15) : id,
    last: index === 1 ? 'New' : `Old ${index + 1}`,
  }))
  const sync = {
    object: 'Contact',
    keyField: 'Id',
    fields: { Id: 'id', LastName: 'last' },
    blank: 'ignore',
    engine,
  } as const
  const { changed, report } = await load([...rows, { id: '0035e00000ZZZZZ', last: 'None' }], sync, limits)
  expect([...changed.values()]).toEqual(['', 'LastName', '', ''])
  expect(report.tally).toMatchObject({ updated: 1, unchanged: 2, failed: 1 })
})

test.each(MATRIX)(
  'a before-image has each value as it can be written back (%s, %s)',
  async (engine, reading, limits) => {
    const key = `before-${engine}-${reading}`
    const night = { operation: 'upsert', externalIdField: 'Ext_Id__c', engine } as const
    await load([rowOf(key, spelled(0))], night, limits)
    const { before, report } = await load([rowOf(key, OTHERS)], { ...night, undo: true }, limits)
    expect(report.tally).toMatchObject({ updated: 1 })
    const [image] = before
    const { row: _row, Id: _id, Contact__c: contact = '', ...fields } = image ?? {}
    expect(contact).toMatch(/^003\w{15}$/)
    expect(Object.keys(fields)).toEqual(NAMES.filter(name => name !== 'Contact__r.Ext_Id__c'))
    // Written back through the mapping of the sync, it leaves the org as it was.
    await load([rowOf(key, { ...spelled(0), ...fields })], { ...night, send: 'all' }, limits)
    const again = await load([rowOf(key, spelled(1))], night, limits)
    expect([again.changed.get('1'), again.report.tally.unchanged]).toEqual(['', 1])
  },
)

test('random records: only those that were edited are changed, in both readings alike', async () => {
  const record = fc.record(
    Object.fromEntries(
      NAMES.map(name => [name, fc.constantFrom(...(FIELDS[name]?.same ?? []), ...(FIELDS[name]?.others ?? []))]),
    ),
  )
  const source = fc.array(fc.record({ before: record, after: record }), { minLength: 1, maxLength: 12 })
  let number = 0
  await fc.assert(
    fc.asyncProperty(source, fc.constantFrom(...ENGINES), async (pairs, engine) => {
      number += 1
      const rows = (side: 'before' | 'after') => pairs.map((pair, index) => rowOf(`r${number}-${index}`, pair[side]))
      await load(rows('before'), { operation: 'upsert', externalIdField: 'Ext_Id__c', engine }, MATCH_LIMITS)
      const expected = pairs.map(({ before, after }) =>
        NAMES.filter(name => !isSame(name, before[name] ?? '', after[name] ?? '')).join(';'),
      )
      for (const [, limits] of READINGS) {
        const { changed } = await load(rows('after'), { engine }, limits)
        expect([...changed.values()]).toEqual(expected)
        // Put back for the other reading.
        await load(rows('before'), { engine }, limits)
      }
      const { report } = await load(rows('before'), { engine }, MATCH_LIMITS)
      expect(report.tally).toMatchObject({ unchanged: pairs.length, failed: 0 })
    }),
    { numRuns: 20 },
  )
})

/** A checkbox has no blank state, and Title__c is required. */
function isSame(name: string, one: string, other: string): boolean {
  if (one === other) return true
  const { same = [], others = [] } = FIELDS[name] ?? {}
  if (same.includes(one)) return same.includes(other)
  if (name === 'Paid__c') return others.includes(other)
  if (name === 'Account__c') return one !== '' && other !== '' && others.includes(other)
  return false
}
