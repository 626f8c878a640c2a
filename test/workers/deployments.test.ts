// Worker Versioning: a run stays with the build that began it, new runs begin on the current one.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningWorker } from '../../workers/worker.ts'
import { type LoadRig, QUICK, type RigOrg, type StartedLoad, startLoadRig, until } from '../workflows/loadRig.ts'

const DEPLOYMENT = `sflink-${randomUUID().slice(0, 8)}`
let rig: LoadRig
let org: RigOrg

beforeAll(async () => {
  rig = await startLoadRig({ workers: 'elsewhere' })
  org = await rig.openOrg()
})
afterAll(() => rig.close())

const start = async (): Promise<StartedLoad> =>
  rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source('last\nAmundsen\nByrd\n') },
    fields: { LastName: 'last' },
    engine: 'bulk',
    ...QUICK,
  })

/** As `temporal worker deployment set-current-version` does; the server knows a build once its worker polls. */
async function makeCurrent(buildId: string): Promise<void> {
  const request = { namespace: 'default', deploymentName: DEPLOYMENT, buildId, identity: 'test' }
  await until(
    () =>
      rig.client.workflowService.setWorkerDeploymentCurrentVersion(request).then(
        () => 'current',
        (error: Error) => error.message,
      ),
    answer => answer === 'current',
  )
}

const work = (buildId: string): Promise<RunningWorker> => rig.work({ deployment: { name: DEPLOYMENT, buildId } })

/** Builds whose workers have answered for workflow tasks of the run. */
async function buildsOf({ handle }: StartedLoad): Promise<readonly string[]> {
  const events = (await handle.fetchHistory()).events ?? []
  const builds = events.map(event => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId)
  return [...new Set(builds.filter(build => typeof build === 'string'))]
}

const heldAt = (operation: 'ingestRead' | 'describe') =>
  org.emulator.faults.add({ match: { operation }, fault: { type: 'delay', ms: 3_000 }, times: 1 })

const untilHeld = () =>
  until(
    () => org.emulator.faults.list().at(-1)?.hits,
    hits => hits === 1,
  )

test('a run begun on one build ends on it while another becomes current, and new runs begin there', async () => {
  await work('A')
  await makeCurrent('A')
  heldAt('describe')
  const begun = await start()
  await untilHeld()
  await work('B')
  await makeCurrent('B')
  const next = await start()
  for (const load of [begun, next]) {
    expect((await load.report()).tally).toEqual({ created: 2, updated: 0, failed: 0, inDoubt: 0 })
  }
  expect([await buildsOf(begun), await buildsOf(next)]).toEqual([['A'], ['B']])
})

test('when the build of a run is gone for good the run is moved, and ends right', async () => {
  const leaving = await work('C')
  await makeCurrent('C')
  heldAt('describe')
  const begun = await start()
  await untilHeld()
  leaving.stop()
  await leaving.stopped
  await makeCurrent('B')
  const { workflowId } = begun.handle
  // temporal workflow update-options --versioning-override-behavior auto_upgrade
  await rig.client.workflowService.updateWorkflowExecutionOptions({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
    updateMask: { paths: ['versioning_override'] },
  })
  expect((await begun.report()).tally).toEqual({ created: 2, updated: 0, failed: 0, inDoubt: 0 })
  expect(await buildsOf(begun)).toEqual(['C', 'B'])
})
