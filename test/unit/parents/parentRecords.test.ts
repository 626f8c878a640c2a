import { expect, test } from 'vitest'
import { ParentRecords } from '../../../loader/protocol/parents/parentRecords.ts'

const ID = '001000000000001AAA'

const placeOf = (row: number) => `see row ${row}`

function written(parents: ParentRecords, key: string, row: number, id: string): void {
  parents.addWritten([key], row, Buffer.from(id), 0, id.length)
}

test('a parent is found by its key, without blanks around it, in either form of its letters, and by its letter case', () => {
  const parents = new ParentRecords(2, placeOf)
  written(parents, ' J\u00FCrgen ', 1, ID)
  expect(parents.find(['Ju\u0308rgen'])).toEqual({ kind: 'written', row: 1, id: ID })
  expect(parents.find(['j\u00FCrgen'])).toBeUndefined()
})

test('several values are one key, however they are divided', () => {
  const parents = new ParentRecords(1, placeOf)
  parents.addWritten(['ab', 'c'], 1, Buffer.from(ID), 0, ID.length)
  expect(parents.find(['ab', 'c'])).toMatchObject({ id: ID })
  expect(parents.find(['a', 'bc'])).toBeUndefined()
})

test('two parents with one key are ambiguous, and two rows of one record are not', () => {
  const parents = new ParentRecords(4, placeOf)
  written(parents, 'A', 1, ID)
  written(parents, 'A', 2, ID)
  expect(parents.find(['A'])).toEqual({ kind: 'written', row: 1, id: ID })
  written(parents, 'A', 3, '001000000000002AAA')
  expect(parents.find(['A'])).toEqual({ kind: 'ambiguous', rows: [1, 3] })
  parents.addUnwritten(['B'], 4, 'was rejected', false)
  written(parents, 'B', 5, ID)
  expect(parents.find(['B'])).toEqual({ kind: 'ambiguous', rows: [4, 5] })
})

test('a row that repeats the record of an earlier one is no second parent', () => {
  const parents = new ParentRecords(4, placeOf)
  written(parents, 'A', 1, ID)
  parents.addUnwritten(['A'], 2, 'was rejected: KEY_REPEATED', true)
  expect(parents.find(['A'])).toMatchObject({ kind: 'written', row: 1 })
  parents.addUnwritten(['B'], 3, 'was rejected: KEY_REPEATED', true)
  expect(parents.find(['B'])).toMatchObject({ kind: 'unwritten', row: 3 })
  written(parents, 'B', 4, ID)
  expect(parents.find(['B'])).toMatchObject({ kind: 'written', row: 4 })
})

test('a retry changes what is known of a rejected parent, and of no other', () => {
  const parents = new ParentRecords(3, placeOf)
  parents.addUnwritten(['A'], 7, 'was rejected', false)
  parents.addUnwritten(['B'], 8, 'was rejected', false)
  written(parents, 'C', 9, ID)
  const other = Buffer.from('001000000000009AAA')
  parents.retryWritten(['A'], other, 0, other.length)
  parents.retryUnwritten(['B'], 'was rejected again')
  parents.retryWritten(['C'], other, 0, other.length)
  parents.retryWritten(['D'], other, 0, other.length)
  expect(parents.find(['A'])).toEqual({ kind: 'written', row: 7, id: '001000000000009AAA' })
  expect(parents.find(['B'])).toEqual({ kind: 'unwritten', row: 8, reason: 'was rejected again' })
  expect(parents.find(['C'])).toMatchObject({ id: ID })
  expect(parents.find(['D'])).toBeUndefined()
})

test('reasons beyond those in memory name the place of the reason', () => {
  const parents = new ParentRecords(2, placeOf)
  parents.addUnwritten(['A'], 1, 'x'.repeat(3_999_999), false)
  parents.addUnwritten(['B'], 2, 'was rejected', false)
  expect(parents.find(['B'])).toEqual({ kind: 'unwritten', row: 2, reason: 'see row 2' })
})
