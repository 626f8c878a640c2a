// The text about a run for Temporal's UI, at its limits; test/system/ui tests the pages.
import { expect, test } from 'vitest'
import { EMPTY_TALLY } from '../../../loader/results/tally.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { runDetails } from '../../../workflows/page/runDetails.ts'
import { asSummary, startDetails } from '../../../workflows/page/summaries.ts'
import type { RunState } from '../../../workflows/runState.ts'

const START = Date.UTC(2026, 10, 25, 2, 13, 5)

const chunk = (number: number) => ({
  chunk: number,
  operation: 'create' as const,
  firstRow: number * 10 - 9,
  records: 10,
})
const chunks = Array.from({ length: 100 }, (_, index) => chunk(index + 1))

/** A run that sends a hundred chunks of ten records. */
const sending = (more: Partial<RunState> = {}): RunState => ({
  ...{ runId: 'nightly.x', stage: 'sending', report: undefined, failure: undefined, notificationError: undefined },
  settings: {
    ...{ connection: 'production', object: 'Contact', concurrency: 100, resendDelay: 1, inlineResults: false },
    ...{ location: '/runs/nightly.x', searchAttributes: [], searchValues: {}, notifies: false },
    title: { operation: 'create', object: 'Contact', connection: 'production', source: 'file:a|b.csv' },
  },
  staged: { records: 1_000, rejected: 0, rejections: [], engine: 'bulk', chunks },
  sent: { tally: { created: 480, updated: 0, failed: 20, inDoubt: 0 }, rejections: [], done: 50 },
  begin: { at: START, settled: 0 },
  inProgress: new Map(),
  ...more,
})

test('rate and end are shown once records have been settled', () => {
  expect(runDetails(sending(), START + 50_000)).toContain(
    '10 records per second; at this rate all are settled at about 2026-11-25 02:14:45 UTC.',
  )
  expect(runDetails(sending(), START)).not.toContain('per second')
})

test('a message with Markdown is shown unformatted, and does not break its table', () => {
  const rejections = [{ errorCode: 'ODD', count: 1, exampleRow: 3, exampleMessage: 'no | such *thing*\n# really <b>' }]
  const details = runDetails(sending({ sent: { tally: EMPTY_TALLY, rejections, done: 0 } }), START)
  expect(details).toContain('| 1 | 3 | no \\| such \\*thing\\* \\# really \\<b\\> (ODD) |')
})

test("the text stays within Temporal's limits", () => {
  const words = `waits for ${'ü'.repeat(2_000)}`
  const inProgress = new Map(chunks.map(one => [one.chunk, { chunk: one, words, since: START }]))
  const details = runDetails(sending({ inProgress }), START)
  expect(Buffer.byteLength(details)).toBeGreaterThan(19_990)
  expect(Buffer.byteLength(details)).toBeLessThanOrEqual(20_000)
  expect(
    runDetails(
      sending({ inProgress: new Map([...inProgress].map(([n, step]) => [n, { ...step, words: 'x' }])) }),
      START,
    ),
  ).toContain('And 75 more chunks.')
  for (const text of ['x'.repeat(500), '😀'.repeat(150), 'ü'.repeat(300)]) {
    expect(Buffer.byteLength(asSummary(text))).toBeLessThanOrEqual(400)
    expect(asSummary(text)).toMatch(/^(x|😀|ü)+…$/u)
  }
  const fields = Object.fromEntries(Array.from({ length: 800 }, (_, index) => [`Field_${index}__c`, `column ${index}`]))
  const parsed = parseSyncSpec({
    connection: 'a',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:a' },
    fields,
  })
  if (!parsed.ok) throw new Error('no spec')
  expect(Buffer.byteLength(startDetails(parsed.spec, 'Started by a test.'))).toBeLessThanOrEqual(20_000)
})
