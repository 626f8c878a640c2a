// Invalid input of a workflow is rejected at once, with a message that describes valid input.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WorkflowType } from '../../../packages/client/contract/names.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { type LoadRig, startLoadRig } from '../../rig/loadRig.ts'

let rig: LoadRig
let connection: string
beforeAll(async () => {
  rig = await startLoadRig()
  connection = (await rig.openOrg()).connection
})
afterAll(() => rig.close())

const spec = () => ({
  connection,
  object: 'Contact',
  operation: 'create',
  source: { inline: [{ last: 'Doe' }] },
  fields: { LastName: 'last' },
})

const rejection = async (type: WorkflowType, input: unknown) => {
  const error = await rig.execute(type, input as object).catch((failed: Error) => failed)
  return (error as Error).cause
}

test.concurrent.each<readonly [WorkflowType, unknown, string]>([
  ['syncRecords', undefined, 'The input of syncRecords must be one object such as {"sync":"nightly"}; given nothing'],
  ['syncRecords', null, 'The input of syncRecords must be one object such as {"sync":"nightly"}; given null'],
  ['syncRecords', 'nightly', 'The input of syncRecords must be one object such as {"sync":"nightly"}; given "nightly"'],
  [
    'syncRecords',
    ['nightly'],
    'The input of syncRecords must be one object such as {"sync":"nightly"}; given ["nightly"]',
  ],
  [
    'testConnection',
    undefined,
    'The input of testConnection must be one object such as {"connection":"production"}; given nothing',
  ],
  ['fetchVersions', {}, 'The input of fetchVersions: connection: is missing'],
  ['listObjects', { connection: 5 }, 'The input of listObjects: connection: expected text; given 5'],
  ['describeObject', { connection: 'a' }, 'The input of describeObject: object: is missing'],
])('%s of %j', async (type, input, message) => {
  expect(await rejection(type, input)).toMatchObject({ type: 'InputRejectedError', message })
})

test('syncRecords of an input with neither sync nor spec', async () => {
  expect(await rejection('syncRecords', {})).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringMatching(/^The load: neither sync nor spec is given/),
  })
})

test.concurrent.each<readonly [object, RegExp]>([
  [{ sync: 5 }, /^The input of syncRecords: sync: expected text; given 5$/],
  [{ spec: 'Contact' }, /^The input of syncRecords: spec: expected an object; given "Contact"$/],
  [{ spec: {}, inlineResults: 'yes' }, /inlineResults: expected true or false; given "yes"$/],
  [
    { spec: {}, inlineResult: true },
    /unknown key "inlineResult"; allowed: sync, spec, runId, scheduledTime, timeZone, inlineResults.*inlineResults/,
  ],
  [{ spec: {}, runId: 7 }, /runId: expected text; given 7$/],
])('syncRecords of %j', async (input, words) => {
  expect(await rejection('syncRecords', input)).toMatchObject({
    type: 'InputRejectedError',
    message: expect.stringMatching(words),
  })
})

test.concurrent.each(['a/b', '..', '.hidden', 'x'.repeat(201)])('the run id %s', async runId => {
  const failure = await rejection('syncRecords', { spec: spec(), runId })
  expect(failure).toMatchObject({ type: 'RunIdError', message: expect.stringMatching(/Give the run another id/) })
})

test('more records than an input may contain', async () => {
  const inline = Array.from({ length: 12_000 }, (_, index) => ({ last: `${index} ${'x'.repeat(80)}` }))
  const failure = await rejection('syncRecords', { spec: { ...spec(), source: { inline } } })
  expect(failure).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringMatching(
      /source\.inline: has \d+ bytes; the maximum is 1000000; put the records into a file/,
    ),
  })
})

test('null means an absent key', async () => {
  const input = { spec: spec(), sync: null, runId: null, inlineResults: null }
  expect(await rig.execute('syncRecords', input)).toMatchObject({ outcome: 'completed', results: [{ row: 1 }] })
})

test('a workflow id of the form sync/NAME/LABEL names the run, and a whole spec needs no sync with that name', async () => {
  const workflowId = `sync/nightly/${randomUUID()}`
  const input = { sync: 'nightly', spec: spec() }
  const options = { taskQueue: rig.taskQueue, workflowId, args: [input] }
  const report = (await rig.client.workflow.execute('syncRecords', options)) as RunReport
  expect(report.runId).toBe(workflowId.replace('sync/nightly/', 'nightly.'))
  expect(await rejection('syncRecords', { sync: 'nightly', spec: { object: 'Contact' } })).toMatchObject({
    type: 'RunRejectedError',
    message: "Sync nightly: the worker's configuration has no such sync; it has none",
  })
})
