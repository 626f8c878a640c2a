import { expect, test } from 'vitest'
import { z } from 'zod'
import { cutToBytes } from '../../../packages/client/contract/boundedText.ts'
import { connectionInputSchema, describeObjectInputSchema } from '../../../packages/client/contract/inspection.ts'
import { inputProblem } from '../../../packages/client/contract/issues.ts'
import {
  flowRunNameOf,
  runInFlow,
  runLabel,
  runNameOf,
  syncOfRun,
  workflowIdOf,
} from '../../../packages/client/contract/names.ts'
import { PUBLISHED_SCHEMAS } from '../../../packages/client/contract/published.ts'
import { addRecordsInputSchema, receiveRecordsInputSchema } from '../../../packages/client/contract/receiveRecords.ts'
import { type SyncRecordsInput, syncRecordsInputSchema } from '../../../packages/client/contract/syncRecords.ts'
import { syncSpecSchema } from '../../../packages/client/contract/syncSpec.ts'
import { visibleText } from '../../../packages/client/contract/visibleText.ts'
import { schemaErrors } from '../../rig/publishedSchema.ts'

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
  ['records.0.last: contains half of a surrogate pair', { id: 'b', records: [{ last: 'B\ud83d' }] }],
  ['id: expected text of 1 to 200 characters', { id: 'b\udc00', records: people('B') }],
  ['records: has 1000013 bytes as JSON, allowed are 1000000', { id: 'b', records: [{ last: 'B'.repeat(1_000_000) }] }],
])('an invalid call is rejected: %s', (message, call) => {
  expect(inputProblem(addRecordsInputSchema, call, 'A call', { id: 'order-4712' })).toContain(message)
})

test.each<[input: unknown, message: string]>([
  [{ gatherFor: 5 }, 'The input: sync: is missing'],
  [{ sync: 'bad', gatherFor: 0.5 }, 'gatherFor: expected a whole number; given 0.5'],
  [{ sync: 'bad', gatherFor: 10_001 }, 'gatherFor: expected at most 10000; given 10001'],
  [{ sync: 'bad', source: {} }, 'unknown key "source"; allowed: sync, gatherFor, idleFor'],
])('the input %o of a receiver is rejected', (input, message) => {
  expect(inputProblem(receiveRecordsInputSchema, input, 'The input', { sync: 'contacts' })).toContain(message)
})

test.each<[input: unknown, message: string]>([
  [undefined, 'The input must be one object such as {"sync":"nightly"}; given nothing'],
  [null, 'The input must be one object such as {"sync":"nightly"}; given null'],
  ['nightly', 'The input must be one object such as {"sync":"nightly"}; given "nightly"'],
  [['nightly'], 'The input must be one object such as {"sync":"nightly"}; given ["nightly"]'],
  [{ sync: 5 }, 'The input: sync: expected text; given 5; put it in quotes'],
  [{ spec: 'Contact' }, 'The input: spec: expected an object; given "Contact"'],
  [{ spec: {}, inlineResults: 'yes' }, 'inlineResults: expected true or false; given "yes"'],
  [
    { spec: {}, inlineResult: true },
    'unknown key "inlineResult"; allowed: sync, spec, plan, runId, scheduledTime, timeZone, inlineResults',
  ],
  [{ spec: {}, runId: 7 }, 'runId: expected text; given 7'],
])('the input %j of a load is rejected', (input, message) => {
  expect(inputProblem(syncRecordsInputSchema, input, 'The input', { sync: 'nightly' })).toContain(message)
})

test('an input of more than 200,000 lists and objects is rejected', () => {
  const problemOf = (objects: number) => {
    const input = { spec: { more: Array<object>(objects).fill({}) } }
    return inputProblem(syncRecordsInputSchema, input, 'The input', { sync: 'nightly' })
  }
  // The input, the spec and the list count too.
  expect(problemOf(199_997)).toBeUndefined()
  expect(problemOf(199_998)).toContain('The input has more than 200000 lists and objects')
})

const NAMES = Array.from({ length: 1_001 }, (_, index) => `f${index}`)

test.each<[problem: string, given: object]>([
  ['object: expected at most 255 characters; given "xxx', { object: 'x'.repeat(256) }],
  ['fields: has 1001 keys; allowed are 1000', { fields: Object.fromEntries(NAMES.map(name => [name, 'c'])) }],
  ['identityFields: expected at most 1000 columns; given ["f0"', { identityFields: NAMES }],
  ['resend.delay: is longer than the allowed 366d; given "367d"', { resend: { delay: '367d' } }],
  ['resend.delay: is longer than the allowed 366d; given 9007199254740991', { resend: { delay: 2 ** 53 - 1 } }],
])('a spec beyond the limits is rejected: %s', (problem, given) => {
  const contacts = {
    connection: 'c',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:a' },
    fields: { A: 'a' },
  }
  const checked = inputProblem(syncSpecSchema, { ...contacts, ...given }, 'The spec', {}) ?? ''
  expect(checked).toContain(problem)
  expect(checked.length).toBeLessThan(300)
})

test('an input with very many problems is rejected at once', () => {
  const spec = { ...Object.fromEntries(NAMES.map(name => [name, 1])), identityFields: Array<number>(200_000).fill(1) }
  const start = performance.now()
  const problem = inputProblem(syncSpecSchema, spec, 'The spec', {})
  expect(performance.now() - start).toBeLessThan(3_000)
  expect(problem).toContain('unknown keys "f0", "f1"')
  expect(problem).toContain('and 989 more')
})

test('a cut text is whole characters within its bytes', () => {
  expect(cutToBytes('zürich', 10)).toBe('zürich')
  expect(cutToBytes('ü'.repeat(10), 10)).toBe('üüü…')
  expect(cutToBytes('a\ud800b', 10)).toBe('a\ufffdb')
  expect(cutToBytes('😀'.repeat(100_000), 9)).toBe('😀…')
})

test('a text of a file shows its control characters instead of sending them to a terminal', () => {
  const text = 'a\u001b[2J\u009b1m\u0007\r\u202eb\u2066\ufeff\u007f\tc\nd ü 日本 👩‍👩‍👧'
  expect(visibleText(text)).toBe('a\\u001b[2J\\u009b1m\\u0007\\u000d\\u202eb\\u2066\\ufeff\\u007f\tc\nd ü 日本 👩‍👩‍👧')
  expect(JSON.parse(visibleText(JSON.stringify({ text })))).toEqual({ text })
})

test('the inputs of the other workflows are rejected when a key is missing or of another type', () => {
  const problem = (schema: z.ZodType, input: object) => inputProblem(schema, input, 'The input', {})
  expect(problem(connectionInputSchema, {})).toBe('The input: connection: is missing')
  expect(problem(connectionInputSchema, { connection: 5 })).toBe(
    'The input: connection: expected text; given 5; put it in quotes',
  )
  expect(problem(describeObjectInputSchema, { connection: 'a' })).toBe('The input: object: is missing')
})

const WEEK = 7 * 24 * 3_600_000

test('the published schema has the limits that the receiver enforces', () => {
  const { properties } = z.toJSONSchema(PUBLISHED_SCHEMAS['receiveRecords.input'], { io: 'input', target: 'draft-7' })
  expect(properties).toMatchObject({
    gatherFor: { anyOf: [{ minimum: 0, maximum: 10_000 }, { type: 'null' }] },
    idleFor: { anyOf: [{ minimum: 1, maximum: WEEK }, { type: 'null' }] },
  })
  expect(receiveRecordsInputSchema.safeParse({ sync: 'contacts', idleFor: WEEK }).success).toBe(true)
  expect(receiveRecordsInputSchema.safeParse({ sync: 'contacts', idleFor: WEEK + 1 }).success).toBe(false)
})

test.each<[SyncRecordsInput, boolean]>([
  [{ sync: 'contacts' }, true],
  [{ sync: 'contacts', spec: { source: { inline: [{ last: 'Doe', age: 7, note: null }] }, maxRejected: null } }, true],
  [
    {
      spec: {
        connection: 'c',
        object: 'Contact',
        operation: 'create',
        source: { uri: 'file:a.csv' },
        fields: { LastName: 'last' },
      },
    },
    true,
  ],
  [{ plan: 'contacts.2026-11-25' }, true],
  [{ plan: 'contacts.2026-11-25', sync: 'contacts', inlineResults: true }, true],
  [{ plan: 'contacts.2026-11-25', spec: { limit: 7 } }, false],
  [{ sync: 'contacts', spec: { limit: 7, plan: { values: false } } }, true],
  [{ sync: 'contacts', spec: { limit: 0 } }, false],
  [{ sync: 'contacts', spec: { fields: { LastName: 7 } } }, false],
  [{ spec: { connection: 'c' } }, false],
  [{}, false],
])('the schema of the input accepts valid loads only: %o', (input, isGood) => {
  expect(schemaErrors('syncRecords.input', input).length === 0).toBe(isGood)
})

const started = workflowIdOf('nightly', runLabel(new Date('2026-11-25T09:30:12.345Z'), 'k4'))

test.each([
  [started, 'nightly.2026-11-25T093012-9lk4'],
  ['sync/nightly/scheduled-2026-11-25T01:00:00Z', 'nightly.scheduled-2026-11-25T010000Z'],
  ['sync/a_b-c/v1.2', 'a_b-c.v1.2'],
  ['sync/orders/o:4:712', 'orders.o%3A4%3A712'],
  ['sync/orders/o%3A4:712', 'orders.o%253A4%3A712'],
  ['sync/nightly/scheduled-2026-11-25T010000Z', 'nightly.scheduled-2026-11-25T010000%5A'],
])('%s and %s name the same run', (workflowId, runId) => {
  expect(runNameOf(workflowId)).toEqual({ runId, workflowId })
  expect(runNameOf(runId)).toEqual({ runId, workflowId })
  expect(syncOfRun(runId)).toBe(workflowId.split('/')[1])
})

test.each(['signup-4711', 'sync/a/b/c', 'sync/../b', '01890a5d-ac96-774b-bcce-b302099a8057'])(
  '%s is a run id by itself',
  either => expect(runNameOf(either)).toEqual({ runId: either, workflowId: either }),
)

test.each([
  ['flow/campaign/2026-11-25', 'campaign.2026-11-25', 'contacts.campaign.2026-11-25'],
  [
    'flow/campaign/scheduled-2026-11-25T01:00:00Z',
    'campaign.scheduled-2026-11-25T010000Z',
    'contacts.campaign.scheduled-2026-11-25T010000Z',
  ],
])('the run %s of a flow has names that lead to each other', (workflowId, runId, child) => {
  const run = { flow: 'campaign', runId, workflowId }
  expect(flowRunNameOf(workflowId)).toEqual(run)
  expect(flowRunNameOf(runId)).toEqual(run)
  const inFlow = runInFlow(run, 'contacts')
  expect(inFlow).toEqual(runNameOf(child))
  expect(runNameOf(inFlow.workflowId)).toEqual(inFlow)
  expect(syncOfRun(child)).toBe('contacts')
  expect(runInFlow(run, 'contacts', 1).runId).not.toBe(child)
})

test.each(['campaign', 'sync/campaign/x', 'flow/campaign', 'flow/cam paign/x'])('%s is no run of a flow', either => {
  expect(flowRunNameOf(either)).toBeUndefined()
})
