// Under one run id nothing is sent twice: when it is started again, when its workflow is reset, when the org has deleted its jobs.
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { contactsFrom, type LoadRig, people, type RigOrg, startLoadRig, until } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

const specOf = (org: RigOrg, uri: string, given: object = {}) =>
  contactsFrom(uri, org, {
    identityFields: ['last'],
    resultColumns: ['id'],
    chunk: { bulkRecords: 20, collectionsRecords: 20 },
    ...given,
  })

const writes = (org: RigOrg) => {
  const { created, updated } = org.emulator.stats()
  return { created, updated }
}

const CREATED_50 = { created: 50, updated: 0, failed: 0, inDoubt: 0 }

describe.concurrent.each(ENGINES)('through %s', engine => {
  test('a run that is started again has the same results, and calls the org only to log in', async () => {
    const org = await rig.openOrg()
    const uri = await rig.source(people(50))
    const spec = specOf(org, uri, { engine })
    const { runId, tally } = await rig.load(spec)
    const results = await rig.text(runId, 'results.csv')
    await org.deleteJobs()
    const before = org.emulator.stats().calls
    const again = await rig.load(spec, { runId })
    expect({ tally, again: again.tally }).toEqual({ tally: CREATED_50, again: CREATED_50 })
    expect(await rig.text(runId, 'results.csv')).toBe(results)
    expect(writes(org)).toEqual({ created: { Contact: 50 }, updated: {} })
    const { calls } = org.emulator.stats()
    const more = Object.entries(calls).filter(([operation, count]) => count !== before[operation])
    expect(more.map(([operation]) => operation)).toEqual(['query'])
  })

  test('a run that is started again reads its own copy of the source', async () => {
    const org = await rig.openOrg()
    const uri = await rig.source(people(50))
    const spec = specOf(org, uri, { engine })
    const { runId } = await rig.load(spec)
    await writeFile(join(rig.folder, uri.slice('file:'.length)), people(70))
    expect((await rig.load(spec, { runId })).tally).toEqual(CREATED_50)
    expect(await readFile(join(rig.folder, 'runs', runId, 'source'), 'utf8')).toBe(people(50))
  })

  test('a different spec under the same run id is rejected', async () => {
    const org = await rig.openOrg()
    const uri = await rig.source(people(5))
    const { runId } = await rig.load(specOf(org, uri, { engine }))
    const before = writes(org)
    const other = rig.load(specOf(org, uri, { engine, fields: { LastName: 'last', Title: { value: 'Boss' } } }), {
      runId,
    })
    await expect(other).rejects.toMatchObject({
      cause: {
        type: 'RunRejectedError',
        message: expect.stringMatching(/^Run run-.*another spec.*spec\.json.*another id/),
      },
    })
    expect(writes(org)).toEqual(before)
  })

  test('two workflows under one run id at the same time send every record once', async () => {
    const org = await rig.openOrg()
    const runId = `run-${randomUUID()}`
    const spec = specOf(org, await rig.source(people(50)), { engine, resend: { lostAnswerWait: '3s' } })
    const reports = await Promise.all([rig.load(spec, { runId }), rig.load(spec, { runId })])
    expect(reports.map(({ tally }) => tally)).toEqual([CREATED_50, CREATED_50])
    expect(writes(org).created).toEqual({ Contact: 50 })
  })

  test('a workflow that is reset to any step sends nothing twice', async () => {
    const org = await rig.openOrg()
    const spec = specOf(org, await rig.source(people(50)), { engine })
    const workflowId = `reset-${randomUUID()}`
    const options = { taskQueue: rig.taskQueue, workflowId, args: [{ spec }] }
    const { runId } = (await rig.client.workflow.execute('syncRecords', options)) as RunReport
    // Every reset starts from the first execution: only it ran every activity. Its id names the run.
    const first = runId
    const results = await rig.text(runId, 'results.csv')
    const steps =
      engine === 'bulk'
        ? [
            'prepareRun',
            'planSync',
            'stageSource',
            'uploadChunk',
            'commitChunk',
            'awaitJob',
            'settleChunk',
            'aggregateResults',
          ]
        : ['prepareRun', 'planSync', 'stageSource', 'sendChunk', 'aggregateResults']
    for (const step of steps) {
      await resetTo(workflowId, first, step)
      const report = (await rig.client.workflow.getHandle(workflowId).result()) as RunReport
      expect({ step, runId: report.runId, tally: report.tally }).toEqual({ step, runId, tally: CREATED_50 })
      expect({ step, writes: writes(org) }).toEqual({ step, writes: { created: { Contact: 50 }, updated: {} } })
      expect(await rig.text(runId, 'results.csv')).toBe(results)
    }
  })
})

test('a workflow that is reset while its job is in progress waits for that same job', async () => {
  const org = await rig.openOrg({ processingDelayMs: 1_500 })
  const workflowId = `reset-${randomUUID()}`
  const args = [{ spec: specOf(org, await rig.source(people(15)), { engine: 'bulk' }) }]
  const handle = await rig.client.workflow.start('syncRecords', { taskQueue: rig.taskQueue, workflowId, args })
  await until(
    () => org.emulator.stats(),
    ({ jobs }) => jobs['InProgress'] === 1,
  )
  await resetTo(workflowId, handle.firstExecutionRunId, 'uploadChunk')
  const report = (await rig.client.workflow.getHandle(workflowId).result()) as RunReport
  expect(report.tally).toEqual({ ...CREATED_50, created: 15 })
  expect(org.emulator.stats().jobs).toEqual({ JobComplete: 1 })
  expect(writes(org).created).toEqual({ Contact: 15 })
})

/** Resets as an operator does with `temporal workflow reset`: to before the first run of this activity. */
async function resetTo(workflowId: string, runId: string, activity: string): Promise<void> {
  const { events } = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory()
  const scheduled = events?.find(
    event => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
  )?.activityTaskScheduledEventAttributes
  await rig.client.workflowService.resetWorkflowExecution({
    namespace: rig.client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: scheduled?.workflowTaskCompletedEventId ?? null,
  })
}

test('a request that was split, with one half written, is not sent again as a whole', async () => {
  const org = await rig.openOrg()
  const match = { operation: 'collectionCreate' }
  const fails = (status: number, after = 0) => {
    const body = [{ errorCode: 'JSON_PARSER_ERROR', message: 'the request can not be read' }]
    org.emulator.faults.add({ match, fault: { type: 'status', status, body }, after, times: 1 })
  }
  fails(400)
  fails(403, 2)
  const spec = specOf(org, await rig.source(people(20)), { engine: 'collections' })
  const runId = `run-${randomUUID()}`
  await expect(rig.load(spec, { runId })).rejects.toThrow()
  expect(writes(org).created).toEqual({ Contact: 10 })
  const { tally } = await rig.load(spec, { runId })
  expect({ tally, writes: writes(org) }).toEqual({
    tally: { ...CREATED_50, created: 20 },
    writes: { created: { Contact: 20 }, updated: {} },
  })
})

test('a run whose source was rejected and then corrected sends the corrected source', async () => {
  const org = await rig.openOrg()
  await org.create('Contact', [{ LastName: 'Old', Email: 'a@example.com' }])
  const uri = await rig.source('op,email,last\nupdate,a@example.com,A\ncreate,b@example.com,B\ncreate,c@example.com,\n')
  const operation = { column: 'op' }
  const given = { operation, keyField: 'Email', fields: { Email: 'email', LastName: 'last' }, maxRejected: 0 }
  const spec = specOf(org, uri, given)
  const runId = `run-${randomUUID()}`
  await expect(rig.load(spec, { runId })).rejects.toMatchObject({ cause: { type: 'RunRejectedError' } })
  const corrected = 'op,email,last\ncreate,b@example.com,B\nupdate,a@example.com,A\n'
  await writeFile(join(rig.folder, uri.slice('file:'.length)), corrected)
  const { tally } = await rig.load(spec, { runId })
  expect(tally).toEqual({ created: 1, updated: 1, failed: 0, inDoubt: 0 })
})

test('a run whose spec was rejected and then corrected uses the corrected spec; a loaded run keeps its own', async () => {
  const org = await rig.openOrg()
  const runId = `run-${randomUUID()}`
  const uri = await rig.source(people(3))
  const begin = (given: object) => rig.load(specOf(org, uri, given), { runId })
  await expect(begin({ fields: { LastName: 'last', Nope__c: 'last' } })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('Nope__c') },
  })
  // Rejected only when the source is read: the plan exists by then.
  await expect(begin({ fields: { LastName: 'surname' } })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('surname') },
  })
  expect((await begin({})).tally).toEqual({ created: 3, updated: 0, failed: 0, inDoubt: 0 })
  await expect(begin({ fields: { LastName: 'last', Title: { value: 'Boss' } } })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('another spec') },
  })
  expect(writes(org).created).toEqual({ Contact: 3 })
})
