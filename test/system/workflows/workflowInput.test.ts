// Whatever a program starts a workflow with: what it can't be is rejected at once, in words that say what it should be.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const rejection = async (input: unknown) => {
  const error = await rig.execute('syncRecords', input as object).catch((failed: Error) => failed)
  return (error as Error).cause
}

test('an input that is not one, and one with neither sync nor spec', async () => {
  expect(await rejection(undefined)).toMatchObject({
    type: 'InputRejectedError',
    message: 'The input of syncRecords must be one object such as {"sync":"nightly"}; given nothing',
  })
  expect(await rejection({})).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringMatching(/^The load: neither sync nor spec is given/),
  })
})

test('null stands for a key left out', async () => {
  const input = { spec: spec(), sync: null, runId: null, inlineResults: null }
  expect(await rig.execute('syncRecords', input)).toMatchObject({ outcome: 'completed', results: [{ row: 1 }] })
})

test('a workflow id of the form sync/NAME/LABEL names the run, and a whole spec needs no sync of that name', async () => {
  const workflowId = `sync/nightly/${randomUUID()}`
  const input = { sync: 'nightly', spec: spec() }
  const options = { taskQueue: rig.taskQueue, workflowId, args: [input] }
  const report = (await rig.client.workflow.execute('syncRecords', options)) as RunReport
  expect(report.runId).toBe(workflowId.replace('sync/nightly/', 'nightly.'))
  expect(await rejection({ sync: 'nightly', spec: { object: 'Contact' } })).toMatchObject({
    type: 'RunRejectedError',
    message: "Sync nightly: the worker's configuration has no such sync; it has none",
  })
})
