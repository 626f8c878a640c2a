// The counter of the storm finds what it counts: a clean load is changed in one place at a time.
import { describe, expect, test } from 'vitest'
import { isDelete, RULES, SHAPES, type Shape } from '../../../dev/chaos/shapes.ts'
import { accountsOf, rowsOf } from '../../../dev/chaos/source.ts'
import { judgeUndo, type UndoEvidence } from '../../../dev/chaos/undoVerdict.ts'
import { type Evidence, judge, type OrgRecord, PROBLEMS, type ResultLine } from '../../../dev/chaos/verdict.ts'

const RECORDS = 60
const plan = (shape: Shape) => ({ name: 'o1-1', shape, records: RECORDS })

/** A load in which each row has the outcome that it should have. Rows 8, 12 and 58 of it are flawed or equal, by the shape. */
function rightLoad(shape: Shape): Evidence {
  const rows = rowsOf(plan(shape))
  const records: OrgRecord[] = []
  const ids = new Map(accountsOf(plan(shape)).map(name => [name, `001-${name}`]))
  const idOf = (marker: string) => `003-${rows.findIndex(row => row.marker === marker) + 1}`
  const lines = rows.map(({ marker, value, flaw, exists, same, number, parent: above = '' }, index): ResultLine => {
    const id = `003-${index + 1}`
    const parent = above === '' ? '' : (ids.get(above) ?? idOf(above))
    const isRight = flaw === undefined
    if (exists) ids.set(marker, id)
    const isThere = isDelete(shape) ? exists && !isRight : isRight || exists
    if (isThere)
      records.push({ id, marker, value: isRight ? value : 'before', parent, modified: exists && isRight && !same })
    return {
      ...{ status: isRight ? 'true' : 'error', marker, row: String(number), id: isRight ? id : '' },
      ...{ errormessage: isRight ? '' : `Foreign key external ID: ${flaw} not found`, errorcode: '' },
      ...{ created: String(!exists), outcome: outcomeOf({ isRight, exists, same }, shape) },
    }
  })
  return { shape, rows, ids, results: [lines], records }
}

function outcomeOf(
  { isRight, exists, same }: { readonly isRight: boolean; readonly exists: boolean; readonly same: boolean },
  shape: Shape,
): string {
  if (!isRight) return 'failed'
  if (same) return 'unchanged'
  if (isDelete(shape)) return 'deleted'
  return exists ? 'updated' : 'created'
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

test.each(SHAPES)('a right load (%s) has no problem', shape => {
  const evidence = rightLoad(shape)
  expect(counts(evidence)).toEqual({})
  const { written, rejected, inDoubt } = judge(evidence)
  expect([written + rejected, rejected > 0, inDoubt]).toEqual([RECORDS, shape !== 'delete-id', 0])
})

test.each(['create', 'upsert'] as const)('a planted duplicate is found (%s)', shape => {
  const right = rightLoad(shape)
  const first = right.records[0] as OrgRecord
  expect(counts({ ...right, records: [...right.records, { ...first, id: '003-copy' }] })).toMatchObject({ twice: 1 })
})

test('a record with a marker that no row has is found', () => {
  const right = rightLoad('create')
  const stray = { id: '003-stray', marker: 'o1-1-999999', value: '', parent: '', modified: false }
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

test.each(['delete-key', 'delete-id'] as const)('what is wrong with a deletion is found (%s)', shape => {
  const right = rightLoad(shape)
  const there = { id: '003-3', marker: right.rows[2]?.marker ?? '', value: 'before', parent: '', modified: false }
  expect(counts({ ...right, records: [...right.records, there] })).toEqual({ lost: 1 })
  expect(counts({ ...right, records: [...right.records, { ...there, id: '003-copy' }] })).toEqual({ twice: 1, lost: 1 })
  expect(counts(withLine(right, 3, { id: '003-4' }))).toEqual({ misattributed: 1 })
  const error = { status: 'error', errormessage: 'ENTITY_IS_DELETED', id: '' }
  expect(counts(withLine(right, 3, error))).toEqual({ misattributed: 1 })
  expect(counts(withLine(right, 3, inDoubt))).toEqual({ decidable: 1 })
})

test.each(['create', 'upsert', 'changed-upsert'] as const)('a wrong `created` is found (%s)', shape => {
  const right = rightLoad(shape)
  const { exists } = right.rows[4] ?? {}
  expect(counts(withLine(right, 5, { created: String(exists) }))).toEqual({ misattributed: 1 })
})

test.each(['changed-key', 'changed-upsert'] as const)('a record that was sent unchanged is found (%s)', shape => {
  const right = rightLoad(shape)
  expect(right.rows[0]?.same).toBe(true)
  const records = right.records.map(record => (record.id === '003-1' ? { ...record, modified: true } : record))
  expect(counts({ ...right, records })).toEqual({ twice: 1 })
  expect(counts(withLine(right, 1, { outcome: 'updated' }))).toEqual({ misattributed: 1 })
  expect(counts(withLine(right, 3, { outcome: 'unchanged' }))).toEqual({ misattributed: 1 })
})

const ofParents = SHAPES.filter(shape => RULES[shape].parents !== undefined)

test.each(ofParents)('a wrong parent, and none, are found (%s)', shape => {
  const right = rightLoad(shape)
  const child = right.records.find(({ parent }) => parent !== '') as OrgRecord
  const below = (parent: string) => ({
    ...right,
    records: right.records.map(record => (record === child ? { ...record, parent } : record)),
  })
  expect(counts(below('003-other'))).toEqual({ misattributed: 1 })
  expect(counts(below(''))).toEqual({ misattributed: 1 })
})

test.each(['waves', 'flow'] as const)('the error of a parent that is written is found (%s)', shape => {
  const right = rightLoad(shape)
  const index = right.rows.findIndex(({ parent, flaw }) => parent !== '' && flaw === undefined)
  const error = { status: 'error', errorcode: 'PARENT_REJECTED', errormessage: 'its parent was rejected', id: '' }
  expect(counts(withoutRecord(withLine(right, index + 1, error), index + 1)).misattributed).toBeGreaterThan(0)
})

test.each(['keep', 'files'] as const)('another value, or another content, is found (%s)', shape => {
  const right = rightLoad(shape)
  const records = right.records.map(record => (record.id === '003-1' ? { ...record, value: 'other' } : record))
  expect(counts({ ...right, records }).lost).toBe(1)
})

test('a second record of one that the org had is found', () => {
  const right = rightLoad('keep')
  const first = right.records[0] as OrgRecord
  expect(counts({ ...right, records: [...right.records, { ...first, id: '003-copy' }] }).twice).toBe(1)
})

/** An undo of a right load that has taken back all of it. */
function rightUndo(shape: Shape): UndoEvidence {
  const { rows, ids, results, records } = rightLoad(shape)
  const [written = []] = results
  const lines = written.filter(({ status, outcome }) => status === 'true' && outcome !== 'unchanged')
  const before = rows
    .filter(({ exists }) => exists)
    .map(({ marker }) => ({ id: ids.get(marker) ?? '', marker, value: 'before', parent: '', modified: true }))
  return { rows, written, loaded: records, lines, records: before }
}

const undoCounts = (evidence: UndoEvidence) => {
  const { problems } = judgeUndo(evidence)
  return Object.fromEntries(
    PROBLEMS.flatMap(name => (problems[name].length === 0 ? [] : [[name, problems[name].length]])),
  )
}

test('the undo of files names their documents', () => {
  const right = rightUndo('files')
  const loaded = right.loaded.map(record => ({ ...record, document: `069-${record.id}` }))
  const lines = right.lines.map(line => ({ ...line, id: `069-${line.id}` }))
  expect(undoCounts({ ...right, loaded, lines })).toEqual({})
  expect(undoCounts({ ...right, loaded }).misattributed).toBe(lines.length)
})

describe.each(SHAPES)('the undo of a load (%s)', shape => {
  const right = rightUndo(shape)
  const [first, ...others] = right.lines as [ResultLine, ...ResultLine[]]
  const error = { ...first, status: 'error', id: '', outcome: 'failed', errorcode: 'UNABLE_TO_LOCK_ROW' }

  test('has no problem when the org is as before', () => {
    expect(undoCounts(right)).toEqual({})
  })

  test('is wrong with a result too few', () => {
    expect(undoCounts({ ...right, lines: others }).lost).toBeGreaterThan(0)
  })

  test('is wrong when it reports an error for what it has taken back, and true for what it has not', () => {
    expect(undoCounts({ ...right, lines: [error, ...others] })).not.toEqual({})
    const left = right.loaded.filter(({ marker }) => marker === first.marker)
    const records = [...right.records.filter(({ marker }) => marker !== first.marker), ...left]
    expect(undoCounts({ ...right, records })).not.toEqual({})
    const copies = right.lines.filter(({ marker }) => marker === first.marker).length
    if (copies === 1) expect(undoCounts({ ...right, records, lines: [error, ...others] })).toEqual({})
  })

  test('is wrong with a conflict, a doubt, or an Id of no record', () => {
    const conflict = { ...error, errorcode: 'UNDO_CONFLICT', errormessage: 'Title is changed' }
    expect(undoCounts({ ...right, lines: [conflict, ...others] }).misattributed).toBe(1)
    expect(undoCounts({ ...right, lines: [{ ...first, ...inDoubt }, ...others] }).decidable).toBe(1)
    expect(undoCounts({ ...right, lines: [{ ...first, id: '003-none' }, ...others] })).toEqual({ misattributed: 1 })
  })

  test('is wrong with a record too many', () => {
    const copy = { id: '003-copy', marker: first.marker, value: 'before', parent: '', modified: false }
    expect(undoCounts({ ...right, records: [...right.records, copy] })).toEqual({ twice: 1 })
  })
})
