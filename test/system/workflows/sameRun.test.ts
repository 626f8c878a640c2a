// Under one run id nothing is sent twice: when it is started again, when its workflow is reset, when the org has deleted its jobs.
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { contactsFrom, fileRig, people, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

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

const CREATED_50 = { created: 50, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

describe.concurrent.each(ENGINES)('through %s', engine => {
  test('a run that is started again has the same results, and calls the org only to log in', async () => {
    const org = await rig.openOrg()
    const uri = await rig.source(people(50))
    const spec = specOf(org, uri, { engine })
    const { runId, tally } = await rig.load(spec)
    const results = await rig.text(runId, 'results.csv')
    await org.deleteJobs()
    await writeFile(join(rig.folder, uri.slice('file:'.length)), people(70))
    const before = org.emulator.stats().calls
    const again = await rig.load(spec, { runId })
    expect({ tally, again: again.tally }).toEqual({ tally: CREATED_50, again: CREATED_50 })
    expect(await rig.text(runId, 'results.csv')).toBe(results)
    expect(writes(org)).toEqual({ created: { Contact: 50 }, updated: {} })
    const { calls } = org.emulator.stats()
    const more = Object.entries(calls).filter(([operation, count]) => count !== before[operation])
    expect(more.map(([operation]) => operation)).toEqual(['query'])
    expect(await rig.text(runId, 'source')).toBe(people(50))
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
    const sending = engine === 'bulk' ? ['uploadChunk', 'commitChunk', 'awaitJob', 'settleChunk'] : ['sendChunk']
    for (const step of ['prepareRun', 'planSync', 'stageSource', ...sending, 'aggregateResults']) {
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
  await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
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
  expect((await begin({})).tally).toEqual({ created: 3, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 })
  await expect(begin({ fields: { LastName: 'last', Title: { value: 'Boss' } } })).rejects.toMatchObject({
    cause: {
      type: 'RunRejectedError',
      message: expect.stringMatching(/^Run run-.*another spec.*spec\.json.*another id/),
    },
  })
  expect(writes(org).created).toEqual({ Contact: 3 })
})
