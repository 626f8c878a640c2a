// The text about a run for Temporal's UI, at its limits; test/system/ui tests the pages.
import { expect, test } from 'vitest'
import { EMPTY_TALLY } from '../../../loader/results/tally.ts'
import { parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { SourceReading } from '../../../packages/client/contract/runReport.ts'
import { runDetails } from '../../../workflows/page/runDetails.ts'
import { asSummary, startDetails } from '../../../workflows/page/summaries.ts'
import { chunks, START, sending } from './sendingRun.ts'

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

test('how the file was read is shown before and while its records are sent', () => {
  const reading: SourceReading = {
    ...{ source: 'data/x.csv', format: 'csv', emptyRows: 201 },
    text: {
      ...{ encoding: 'windows-1252', encodingBy: 'guessed', samples: ['Müller', '*Jäger*'] },
      ...{ delimiter: ';', delimiterBy: 'detected' },
    },
  }
  const staged = { records: 1_000, rejected: 0, rejections: [], engine: 'bulk', chunks, reading } as const
  const details = runDetails(sending({ staged: { ...staged, warnings: ['2 values are a word for null'] } }), START)
  expect(details).toContain(
    'Read data/x.csv as windows-1252 (guessed), delimiter ";": Müller, \\*Jäger\\*; 201 empty rows passed over\n\n' +
      '**Warning:** 2 values are a word for null',
  )
})

test('how the records and their parents were found, and which fields differ, is shown once they were compared', () => {
  const searches = [
    { field: 'Email', by: 'job', keys: 900 },
    { field: 'Ext_Id__c', by: 'lists', keys: 1 },
  ] as const
  const changedFields = Array.from({ length: 22 }, (_, index) => ({ field: `Field_${index}__c`, records: 30 - index }))
  const staged = {
    records: 1_000,
    rejected: 0,
    rejections: [],
    engine: 'bulk',
    chunks,
    searches,
    parents: [{ object: 'Account', field: 'Name', by: 'job', keys: 20_000 }],
    changedFields,
  } as const
  const details = runDetails(sending({ staged }), START)
  expect(details).toContain(
    'Found Account records by 20,000 values of `Name` with one query job. Found the records of 900 keys by `Email` with one query job. Found the records of 1 key by `Ext_Id__c` with `IN` lists.',
  )
  expect(details).toContain(
    '**Fields that change**\n\n| Records | Field that changes |\n| ---: | --- |\n| 30 | `Field_0__c` |',
  )
  expect(details).toContain('And 2 more fields in matched.json.')
  expect(runDetails(sending(), START)).not.toContain('Fields that change')
})

test('a run that sends nothing yet shows what it waits for, and since when', () => {
  const step = { what: 'waits for file:data/*.csv until 2026-11-25 04:00 UTC', since: START }
  const [heading, now] = runDetails(sending({ stage: 'waiting', step }), START).split('\n\n')
  expect(heading).toMatch(/^### Waiting: the source does not exist yet/)
  expect(now).toBe('Now: waits for file:data/\\*.csv until 2026-11-25 04:00 UTC, since 2026-11-25 02:13:05 UTC.')
})

test('records deleted or unchanged have a column only in runs with such records', () => {
  const tally = { created: 0, updated: 3, deleted: 0, unchanged: 2, failed: 0, inDoubt: 0 }
  const files = { results: 'r', report: 'p' }
  const report = { outcome: 'completed', records: 5, tally, errors: [], files }
  const details = runDetails(sending({ report: report as never }), START)
  expect(details).toContain('### Completed: 5 of 5 records updated or unchanged')
  expect(details).toContain('| Records | Created | Updated | Unchanged | Failed | In doubt | Left |')
  expect(details).toContain('| 1,000 | 0 | 3 | 2 | 0 | 0 | 0 |')
  const sent = { tally: { ...tally, deleted: 1 }, rejections: [], done: 50 }
  expect(runDetails(sending({ sent }), START)).toContain('| Updated | Deleted | Unchanged | Failed |')
  expect(runDetails(sending({}), START)).toContain('| Updated | Failed |')
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

test('the page of a run says which columns are translated', () => {
  const parsed = parseSyncSpec({
    ...{ connection: 'org', object: 'Contact', operation: 'create', source: { uri: 'file:a.csv' } },
    fields: { LastName: 'last', Level__c: { column: 'level', values: { a: 'A', b: 'B' }, default: '|C|' } },
  })
  if (!parsed.ok) throw new Error('no spec')
  const details = startDetails(parsed.spec, 'Started by a test.')
  expect(details).toContain('| LastName | column `last` |')
  expect(details).toMatch(/column `level`, 2 values translated, blank: `.*C.*` \|/)
})

test('the page of a run names the fields that find its records', () => {
  const parsed = parseSyncSpec({
    connection: 'org',
    object: 'Contact',
    operation: 'update',
    source: { uri: 'file:a.csv' },
    keyField: ['LastName', 'Email'],
    existing: 'fill-blanks',
    fields: { LastName: 'last', Email: 'mail', Title: 'title' },
  })
  if (!parsed.ok) throw new Error('no spec')
  expect(startDetails(parsed.spec, 'Started by a test.')).toContain(
    'Existing records are found by `LastName` and `Email`. Of records that the org has, only blank fields are written.',
  )
})

test('a paused run says since when, by whom and why, and what to type next; an ended one no longer does', () => {
  const paused = { since: '2026-11-25T02:20:00', by: 'anna@ops', reason: '*storage*' }
  const details = runDetails(sending({ paused }), START)
  expect(details).toMatch(
    /^### Paused since 2026-11-25 02:20:00 UTC, by anna@ops \(\\\*storage\\\*\)\. Sending: 500 of/,
  )
  expect(details).toContain('**Next:** resume the run: `sflink sync resume nightly.x`, or the update `resume`.')
  const ended = runDetails(sending({ paused, failure: { outcome: 'cancelled', message: '' } }), START)
  expect(ended).not.toContain('Paused')
  expect(ended).not.toContain('update')
})

test('the page of a plan shows the records by verdict, the fields that change, and how to apply it', () => {
  const planned: PlanReport = {
    ...{ runId: 'nightly.x', outcome: 'planned', records: 1_000, connection: 'production', object: 'Contact' },
    verdicts: { create: 480, update: 20, unchanged: 490, delete: 1, ambiguous: 2, rejected: 7 },
    changedFields: [{ field: 'Title', records: 20 }],
    errors: [
      { errorCode: 'KEY_BLANK', count: 7, exampleRow: 3, exampleMessage: 'Key field: Email is not present in data' },
    ],
    files: { plan: '/runs/nightly.x/plan.csv', report: '/runs/nightly.x/plan.report.json' },
    ...{ operation: 'upsert', startedAt: '2026-11-25T02:13:05', finishedAt: '2026-11-25T02:13:06', warnings: [] },
  }
  const details = runDetails(sending({ plans: true, stage: 'done', sent: undefined, planned }), START)
  expect(details).toContain('### Planned: 480 to create, 20 to update, 1 to delete; nothing was sent')
  expect(details).toContain(
    '**Next:** look at plan.csv, then apply exactly this plan: `sflink sync run --plan nightly.x`',
  )
  expect(details).toContain('| 1,000 | 480 | 20 | 490 | 1 | 2 | 7 |')
  expect(details).toContain('| 20 | `Title` |')
  expect(details).toContain('| 7 | 3 | Key field: Email is not present in data (KEY\\_BLANK) |')
  expect(details).toContain('`/runs/nightly.x/plan.csv`')
  expect(details).not.toContain('Created')
})
