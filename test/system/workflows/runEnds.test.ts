// The end of a run as the run store records it: Temporal deletes old workflows, the run store keeps the runs.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRunDocuments } from '../../../loader/runs/runDocuments.ts'
import { type RunSummary, summaryOfRun } from '../../../loader/runs/runSummary.ts'
import { openFileRunStores } from '../../../loader/storage/fileRunStore.ts'
import { contactsFrom, fileRig, QUICK, until } from '../../rig/loadRig.ts'

const rig = await fileRig()

async function summary(runId: string): Promise<RunSummary> {
  const stores = openFileRunStores(join(rig.folder, 'runs'))
  return summaryOfRun(runId, await readRunDocuments(stores.open(runId)))
}

const specOf = async (connection: string, given: object = {}) =>
  contactsFrom(await rig.source('last\nDoe\n""\n'), { connection }, { ...QUICK, ...given })

test('a run that failed before its source was read is shown with the reason, and from its report once it has resumed', async () => {
  const org = await rig.openOrg()
  const spec = await specOf(org.connection)
  org.emulator.faults.add({ match: { operation: 'describe' }, fault: { type: 'status', status: 404 } })
  const { runId, handle, report } = await rig.start(spec)
  const failure = await report().then(
    () => undefined,
    (error: { readonly cause?: Error }) => error.cause,
  )
  const failed = await summary(runId)
  expect(failed).toMatchObject({ state: 'failed', note: failure?.message, finishedAt: expect.any(String) })
  expect(failed.records).toBeUndefined()
  org.emulator.faults.clear()
  const again = await rig.start(spec, { runId })
  await again.report()
  expect(await summary(runId)).toMatchObject({
    ...{ state: 'completed_with_rejected', connection: org.connection, object: 'Contact', records: 2 },
    tally: { created: 1, failed: 1 },
    startedAt: failed.startedAt,
    workflowIds: expect.arrayContaining([handle.workflowId, again.handle.workflowId]),
  })
})

test('a running, a cancelled and a terminated run are distinguished as far as their files allow', async () => {
  const { connection, emulator } = await rig.openOrg()
  const stall = { match: { operation: 'describe' }, fault: { type: 'stall' } } as const
  emulator.faults.add(stall)
  const spec = await specOf(connection)
  const runs = [await rig.start(spec), await rig.start(spec)] as const
  for (const { runId } of runs)
    await until(
      () => summary(runId),
      ({ state }) => state === 'unfinished',
    )
  await runs[0].handle.cancel()
  await expect(runs[0].report()).rejects.toThrow()
  expect(await summary(runs[0].runId)).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) })
  await runs[1].handle.terminate()
  const terminated = await summary(runs[1].runId)
  expect(terminated).toMatchObject({ state: 'unfinished' })
  expect(terminated.finishedAt).toBeUndefined()
})

test('a load that is rejected because its run id belongs to another load leaves that load unchanged', async () => {
  const { connection } = await rig.openOrg()
  const { runId } = await rig.load(await specOf(connection))
  const before = await summary(runId)
  const other = await rig.start(await specOf(connection, { fields: { LastName: 'last', FirstName: 'last' } }), {
    runId,
  })
  await expect(other.report()).rejects.toThrow()
  expect(await summary(runId)).toEqual(before)
})

test('a run that was skipped and then failed is shown as failed', async () => {
  const org = await rig.openOrg()
  const uri = 'file:data/missing.csv'
  const spec = await specOf(org.connection, { source: { uri, missing: 'skip' } })
  const { runId, finishedAt } = await rig.load(spec)
  expect(await summary(runId)).toMatchObject({ state: 'skipped', finishedAt })
  // Times have a resolution of a second.
  await until(
    () => new Date().toISOString(),
    now => now.slice(0, 19) > finishedAt,
  )
  await rig.source('last\nDoe\n', 'missing.csv')
  org.emulator.faults.add({ match: { operation: 'describe' }, fault: { type: 'status', status: 404 } })
  await expect(rig.load(spec, { runId })).rejects.toThrow()
  expect(await summary(runId)).toMatchObject({ state: 'failed', note: expect.stringContaining('404') })
})

test('a run is cancelled even when its org rejects the abort of the job', async () => {
  const org = await rig.openOrg()
  org.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'stall' } })
  const { runId, handle, report } = await rig.start(await specOf(org.connection, { engine: 'bulk' }))
  await org.reaches(({ jobs }) => jobs['InProgress'] === 1)
  const body = [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'insufficient access rights on object id' }]
  org.emulator.faults.add({ match: { operation: 'ingestClose' }, fault: { type: 'status', status: 403, body } })
  await handle.cancel()
  await expect(report()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } })
  expect(await summary(runId)).toMatchObject({ state: 'cancelled', tally: { failed: 1, inDoubt: 1 } })
})
