import { expect, test } from 'vitest'
import { callProblem, receiverProblem } from '../../../packages/client/contract/callProblem.ts'

const people = (...names: readonly string[]) => names.map(last => ({ last }))

test.each<[message: string, call: unknown]>([
  ['A call is one object such as {"id": "order-4712"', 'text'],
  ['A call: unknown key "ids"; allowed: id, records', { ids: 'b', records: [] }],
  ["A call's id is a text of 1 to 200 characters", { id: 7, records: people('B') }],
  ['Call b: records is an array of objects; given {"last":"B"}', { id: 'b', records: { last: 'B' } }],
  ['Call b has no records', { id: 'b', records: [] }],
  ['Call b has 201 records; allowed are 200', { id: 'b', records: people(...Array<string>(201).fill('B')) }],
  ['Call b, record 2: expected an object of column and value; given "B"', { id: 'b', records: [{ last: 'B' }, 'B'] }],
  ['Call b, record 1: column last: expected a text', { id: 'b', records: [{ last: ['B'] }] }],
  ['Call b, record 1: column "last": it holds the character U+0000', { id: 'b', records: [{ last: 'B\0' }] }],
  ['Call b takes 1000013 bytes as JSON; allowed are 1000000', { id: 'b', records: [{ last: 'B'.repeat(1_000_000) }] }],
])('a bad call is rejected: %s', (message, call) => {
  expect(callProblem(call, Buffer.byteLength)).toContain(message)
})

test.each<[input: unknown, message: string]>([
  [{ gatherFor: 5 }, 'sync is the name of a sync'],
  [{ sync: 'bad', gatherFor: 0.5 }, 'gatherFor is a whole number of milliseconds from 0 to 60000; given 0.5'],
  [{ sync: 'bad', source: {} }, 'unknown key "source"; allowed: sync, gatherFor, idleFor'],
])('the input %o of a receiver is rejected', (input, message) => {
  expect(receiverProblem(input)).toContain(message)
})
