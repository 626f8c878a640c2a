import { expect, test } from 'vitest'
import { inputProblem } from '../../../packages/client/contract/issues.ts'
import { addRecordsInputSchema, receiveRecordsInputSchema } from '../../../packages/client/contract/receiveRecords.ts'

const people = (...names: readonly string[]) => names.map(last => ({ last }))

test.each<[message: string, call: unknown]>([
  ['A call must be one object such as {"id":"order-4712"}; given "text"', 'text'],
  ['unknown key "ids"; allowed: id, records', { ids: 'b', records: [] }],
  ['id: expected text of 1 to 200 characters that names the call', { id: 7, records: people('B') }],
  ['records: expected a list; given {"last":"B"}', { id: 'b', records: { last: 'B' } }],
  ['records: expected at least one record', { id: 'b', records: [] }],
  ['records: has 201 records, allowed are 200', { id: 'b', records: people(...Array<string>(201).fill('B')) }],
  ['records.1: expected an object; given "B"', { id: 'b', records: [{ last: 'B' }, 'B'] }],
  ['records.0.last: expected text, a number, true, false or null', { id: 'b', records: [{ last: ['B'] }] }],
  ['records.0.last: contains the character U+0000', { id: 'b', records: [{ last: 'B\0' }] }],
  ['records: has 1000013 bytes as JSON, allowed are 1000000', { id: 'b', records: [{ last: 'B'.repeat(1_000_000) }] }],
])('an invalid call is rejected: %s', (message, call) => {
  expect(inputProblem(addRecordsInputSchema, call, 'A call', { id: 'order-4712' })).toContain(message)
})

test.each<[input: unknown, message: string]>([
  [{ gatherFor: 5 }, 'The input: sync: is missing'],
  [{ sync: 'bad', gatherFor: 0.5 }, 'gatherFor: expected a whole number; given 0.5'],
  [{ sync: 'bad', gatherFor: 60_001 }, 'gatherFor: expected at most 60000; given 60001'],
  [{ sync: 'bad', source: {} }, 'unknown key "source"; allowed: sync, gatherFor, idleFor'],
])('the input %o of a receiver is rejected', (input, message) => {
  expect(inputProblem(receiveRecordsInputSchema, input, 'The input', { sync: 'contacts' })).toContain(message)
})
