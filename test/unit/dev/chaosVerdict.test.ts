// The counter of the storm finds what it counts: a clean load is changed in one place at a time.
import { expect, test } from 'vitest'
import type { Shape } from '../../../dev/chaos/plan.ts'
import { rowsOf } from '../../../dev/chaos/source.ts'
import { type Evidence, judge, type OrgRecord, PROBLEMS, type ResultLine } from '../../../dev/chaos/verdict.ts'

const RECORDS = 60
const plan = (shape: Shape) =>
  ({ name: 'o1-1', shape, engine: 'bulk', records: RECORDS, runs: 1, faults: [], limited: false }) as const

/** A load in which each row has the outcome that it should have. Rows 8, 12 and 58 of it are flawed or equal, by the shape. */
function rightLoad(shape: Shape): Evidence {
  const rows = rowsOf(plan(shape))
  const records: OrgRecord[] = []
  const lines = rows.map(({ marker, value, flaw, exists }, index): ResultLine => {
    const id = `003-${index + 1}`
    const isRight = flaw === undefined
    if (isRight || exists) records.push({ id, marker, value: isRight ? value : 'before' })
    return {
      ...{ status: isRight ? 'true' : 'error', marker, row: String(index + 1), id: isRight ? id : '' },
      ...{ errormessage: isRight ? '' : `Foreign key external ID: ${flaw} not found`, created: '', errorcode: '' },
    }
  })
  return { shape, rows, results: [lines], records }
}

const counts = (evidence: Evidence) => {
  const { problems } = judge(evidence)
  return Object.fromEntries(
    PROBLEMS.flatMap(name => (problems[name].length === 0 ? [] : [[name, problems[name].length]])),
  )
}

const withLine = (evidence: Evidence, row: number, change: Partial<ResultLine>): Evidence => ({
  ...evidence,
  results: evidence.results.map(lines =>
    lines.map((line, index) => (index === row - 1 ? { ...line, ...change } : line)),
  ),
})

const withoutRecord = (evidence: Evidence, row: number): Evidence => ({
  ...evidence,
  records: evidence.records.filter(({ id }) => id !== `003-${row}`),
})

const inDoubt = { status: 'error', errorcode: 'IN_DOUBT', id: '', errormessage: 'The answer of Salesforce was lost' }

test.each(['create', 'create-unique', 'update-key', 'update-id', 'upsert'] as const)(
  'a right load (%s) has no problem',
  shape => {
    const evidence = rightLoad(shape)
    expect(counts(evidence)).toEqual({})
    const { written, rejected, inDoubt } = judge(evidence)
    expect([written + rejected, rejected > 0, inDoubt]).toEqual([RECORDS, true, 0])
  },
)

test.each(['create', 'upsert'] as const)('a planted duplicate is found (%s)', shape => {
  const right = rightLoad(shape)
  const first = right.records[0] as OrgRecord
  expect(counts({ ...right, records: [...right.records, { ...first, id: '003-copy' }] })).toMatchObject({ twice: 1 })
})

test('a record with a marker that no row has is found', () => {
  const right = rightLoad('create')
  const stray = { id: '003-stray', marker: 'o1-1-999999', value: '' }
  expect(counts({ ...right, records: [...right.records, stray] })).toEqual({ twice: 1 })
})

test.each(['create', 'update-key', 'update-id', 'upsert'] as const)('a planted loss is found (%s)', shape => {
  const right = rightLoad(shape)
  const [row, other] = right.rows.flatMap(({ flaw }, index) => (flaw === undefined ? [index + 1] : [])) as [
    number,
    number,
  ]
  expect(counts(withoutRecord(right, row)).lost).toBeGreaterThan(0)
  const [lines = []] = right.results
  expect(counts({ ...right, results: [lines.slice(0, -1)] }).lost).toBe(1)
  expect(counts(withLine(right, other, { status: '' })).lost).toBe(1)
})

test('a value that an update reports and the org does not have is lost', () => {
  const right = rightLoad('update-id')
  const records = right.records.map(record => (record.id === '003-3' ? { ...record, value: 'before' } : record))
  expect(counts({ ...right, records })).toEqual({ lost: 1 })
})

test.each(['create', 'update-key', 'update-id', 'upsert'] as const)("another record's Id is found (%s)", shape => {
  const right = rightLoad(shape)
  expect(counts(withLine(right, 3, { id: '003-4' })).misattributed).toBeGreaterThan(0)
})

test('the Id of an equal row is found', () => {
  const right = rightLoad('create')
  expect(right.rows[9]?.marker).toBe(right.rows[8]?.marker)
  expect(counts(withLine(right, 10, { id: '003-9' }))).toEqual({ misattributed: 2 })
})

test('lines in another order, and a line too many, are found', () => {
  const right = rightLoad('create')
  const [lines = []] = right.results
  expect(counts({ ...right, results: [lines.toReversed()] }).misattributed).toBeGreaterThan(RECORDS / 2)
  expect(counts({ ...right, results: [[...lines, lines[0] as ResultLine]] })).toEqual({ misattributed: 1 })
})

test("another row's error, an error for a record that was written, and a success of a flawed row are found", () => {
  const right = rightLoad('create')
  const error = { status: 'error', errormessage: 'Foreign key external ID: no-o1-1-000008. not found', id: '' }
  expect(counts(withoutRecord(withLine(right, 3, error), 3))).toEqual({ misattributed: 1 })
  expect(counts(withLine(right, 3, { ...error, errormessage: 'UNABLE_TO_LOCK_ROW' }))).toEqual({ misattributed: 1 })
  expect(counts(withLine(right, 8, { status: 'true', id: '003-9' })).misattributed).toBeGreaterThan(0)
  const updated = rightLoad('update-key')
  expect(counts(withLine(updated, 3, { ...error, errormessage: 'UNABLE_TO_LOCK_ROW' }))).toEqual({ misattributed: 1 })
})

test('a row that the org rejects for a reason of its own is neither lost nor misattributed', () => {
  const locked = { status: 'error', errorcode: 'UNABLE_TO_LOCK_ROW', errormessage: 'unable to obtain access', id: '' }
  expect(counts(withoutRecord(withLine(rightLoad('create'), 3, locked), 3))).toEqual({})
})

test('a doubt is decidable unless some of the equal rows were written, and others not', () => {
  const right = rightLoad('create')
  expect(counts(withLine(right, 3, inDoubt))).toEqual({ decidable: 1 })
  expect(counts(withoutRecord(withLine(right, 3, inDoubt), 3))).toEqual({ decidable: 1 })
  const both = withLine(withLine(right, 9, inDoubt), 10, inDoubt)
  expect(counts(both)).toEqual({ decidable: 2 })
  expect(counts(withoutRecord(both, 10))).toEqual({})
  expect(counts(withLine(rightLoad('upsert'), 3, inDoubt))).toEqual({ decidable: 1 })
})

test('two runs of the same file own two records of each created row, and one of each upserted row', () => {
  const twice = (shape: Shape, second: (record: OrgRecord) => readonly OrgRecord[]): Evidence => {
    const right = rightLoad(shape)
    const [lines = []] = right.results
    const renamed = lines.map(line => ({ ...line, id: line.id === '' ? '' : `${line.id}b` }))
    const isCreate = shape === 'create'
    return {
      ...right,
      results: [lines, isCreate ? renamed : lines],
      records: [...right.records, ...right.records.flatMap(second)],
    }
  }
  const copy = (record: OrgRecord) => [{ ...record, id: `${record.id}b` }]
  expect(counts(twice('create', copy))).toEqual({})
  expect(counts(twice('upsert', () => []))).toEqual({})
  expect(counts(twice('upsert', copy)).twice).toBeGreaterThan(0)
  const shared = twice('create', copy)
  expect(
    counts({ ...shared, results: [shared.results[0] ?? [], shared.results[0] ?? []] }).misattributed,
  ).toBeGreaterThan(0)
})
