// A plan as the terminal shows it.
import { expect, test } from 'vitest'
import { planText } from '../../../cli/planText.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'

const REPORT: PlanReport = {
  runId: 'contacts.x',
  outcome: 'planned',
  records: 5,
  verdicts: { create: 1, update: 2, unchanged: 1, delete: 0, ambiguous: 0, rejected: 1 },
  changedFields: [{ field: 'Title', records: 2 }],
  errors: [
    { errorCode: 'KEY_BLANK', count: 1, exampleRow: 4, exampleMessage: 'Key field: Email is not present in data' },
  ],
  changes: [
    {
      row: 1,
      verdict: 'update',
      id: '003000000000001AAA',
      identity: ['ana@example.com'],
      fields: [
        { field: 'Title', old: '', new: 'CTO\u001b[31m' },
        { field: 'Description', old: `${'x'.repeat(70)}`, new: 'two\nlines' },
      ],
    },
    { row: 2, verdict: 'create', id: '', identity: ['bo@example.com'], fields: [{ field: 'LastName', new: 'Bo' }] },
  ],
  files: { plan: '/runs/contacts.x/plan.csv', report: '/runs/contacts.x/plan.report.json' },
  connection: 'production',
  object: 'Contact',
  operation: 'upsert',
  startedAt: '2026-11-29T01:00:00',
  finishedAt: '2026-11-29T01:00:01',
  warnings: [],
}

test('a plan shows the counts, the fields that change, the first changes, the errors and how to apply it', () => {
  expect(planText(REPORT)).toBe(`3 records are to be changed in the org. Nothing was sent.

Records    5
Create     1
Update     2
Unchanged  1
Delete     0
Ambiguous  0
Rejected   1

RECORDS  FIELD THAT CHANGES
      2  Title

~ row 1  003000000000001AAA  ana@example.com
    Title: "" -> CTO\\u001b[31m
    Description: ${'x'.repeat(60)}… -> two lines
+ row 2  bo@example.com
    LastName: Bo
… and 1 more in /runs/contacts.x/plan.csv

TIMES  ERROR      EXAMPLE  MESSAGE
    1  KEY_BLANK  row 4    Key field: Email is not present in data

Plan    /runs/contacts.x/plan.csv
Report  /runs/contacts.x/plan.report.json

Next: look at plan.csv, then apply exactly this plan: sflink sync run --plan contacts.x`)
})

test('each change and each count has the colour of its verdict', () => {
  const text = planText(REPORT, (verdict, line) => `<${verdict}>${line}`)
  expect(text).toContain('<update>~ row 1')
  expect(text).toContain('<update>    Title: ')
  expect(text).toContain('<create>+ row 2')
  expect(text).toContain('\n<rejected>Rejected   1')
  expect(text).toContain('\nDelete     0')
})

test('a plan without a change says so, and has nothing to apply', () => {
  const verdicts = { create: 0, update: 0, unchanged: 5, delete: 0, ambiguous: 0, rejected: 0 }
  const text = planText({ ...REPORT, verdicts, changedFields: [], errors: [], changes: [] })
  expect(text).toMatch(/^There is nothing to do\. Nothing was sent\.\n\nRecords {4}5\n/)
  expect(text).not.toContain('Next:')
})

test('a skipped plan says why', () => {
  const message = 'The source file:x.csv was not loaded again: it is byte for byte what the run r has loaded'
  const none = { create: 0, update: 0, unchanged: 0, delete: 0, ambiguous: 0, rejected: 0 }
  const skipped = { reason: 'unchanged', message } as const
  const report = { ...REPORT, outcome: 'skipped', skipped, records: 0, verdicts: none } as const
  expect(planText({ ...report, changedFields: [], errors: [], changes: [], files: { report: '/r.json' } })).toBe(
    `${message}\n\nReport  /r.json`,
  )
})
