import { expect, test } from 'vitest'
import { shownLine } from '../../../cli/up/workerLines.ts'

const line = (facts: object) => shownLine(JSON.stringify({ time: '2026-11-29T03:43:28.120Z', ...facts }))

test('up shows the end of a run with its facts, without the context of the SDK and without zeros', () => {
  const facts = { sdkComponent: 'workflow', workflowId: 'w', attempt: 1, run: 'contacts.1', records: 3, failed: 0 }
  expect(line({ level: 30, msg: 'Run ended', ...facts, outcome: 'completed' })).toBe(
    '03:43:28 Run ended run=contacts.1 records=3 outcome=completed',
  )
})

test.each([
  { level: 40, word: 'WARN' },
  { level: 50, word: 'ERROR' },
])('up marks a line of level $level as $word', ({ level, word }) => {
  const failure = { type: 'LoginError', message: 'no' }
  const text = line({ level, msg: 'Run failed', sdkComponent: 'worker', failure })
  expect(text).toBe(`03:43:28 ${word} Run failed failure={"type":"LoginError","message":"no"}`)
})

test('up leaves out what it says itself, what the SDK reports of itself, and empty lines', () => {
  expect(line({ level: 30, msg: 'Worker started' })).toBeUndefined()
  expect(line({ level: 30, msg: 'Worker state changed', sdkComponent: 'worker' })).toBeUndefined()
  expect(shownLine(' ')).toBeUndefined()
})

test('up shows a line that is not JSON as it is', () => {
  expect(shownLine('FATAL ERROR: out of memory')).toBe('FATAL ERROR: out of memory')
})
