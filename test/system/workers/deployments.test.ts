// Worker Versioning: a run stays on the build that started it, new runs start on the current one.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { missingWorkerLine } from '../../../cli/temporal.ts'
import { testConnection } from '../../../packages/client/index.ts'
import { isMissing, missingWorkers } from '../../../packages/client/missingWorkers.ts'
import type { RunningWorker } from '../../../workers/worker.ts'
import { contactsFrom, fileRig, QUICK, type StartedLoad, until } from '../../rig/loadRig.ts'

const DEPLOYMENT = `sflink-${randomUUID().slice(0, 8)}`
const rig = await fileRig({ workers: 'elsewhere' })
const org = await rig.openOrg()

const start = async (): Promise<StartedLoad> =>
  rig.start(contactsFrom(await rig.source('last\nAmundsen\nByrd\n'), org, { engine: 'bulk', ...QUICK }))

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

const missingNow = () => missingWorkers(rig.client, rig.taskQueue, new AbortController().signal)

test('while no build is current, commands and client report which one waits and how to make it current', async () => {
  await work('0')
  const asked = testConnection(rig.client, org.connection, { taskQueue: rig.taskQueue })
  const [missing] = await Promise.all([
    missingNow(),
    expect(asked).rejects.toMatchObject({
      name: 'NoWorkerError',
      message: expect.stringMatching(
        /^Build 0 of .* polls .*, so testConnection\S+ waits\. Make it current: temporal /,
      ),
    }),
  ])
  expect(missingWorkerLine({ address: 'localhost:7233', namespace: 'default' }, missing, ', so the run waits')).toBe(
    `Build 0 of the deployment ${DEPLOYMENT} polls the task queue salesforce-link (Temporal localhost:7233, namespace default) ` +
      'but gets no new run until it is made current, so the run waits. ' +
      `Make it current: temporal worker deployment set-current-version --deployment-name ${DEPLOYMENT} --build-id 0`,
  )
  await makeCurrent('0')
  await until(missingNow, found => !isMissing(found))
})

test('workers without a build report the current build', async () => {
  const rest = `current. Start one of that build: sflink worker --deployment d --build-id 2; or do without builds: temporal worker deployment set-current-version --deployment-name d --unversioned`
  const idle = { version: undefined, current: { deploymentName: 'd', buildId: '2' } }
  expect(missingWorkerLine({ address: 'a', namespace: 'n' }, { roles: [], idle })).toBe(
    `Workers of no build poll the task queue salesforce-link (Temporal a, namespace n) but get no new run while build 2 of d is ${rest}`,
  )
})

test('a run that started on one build ends on it while another becomes current, and new runs start there', async () => {
  await work('A')
  await makeCurrent('A')
  heldAt('describe')
  const begun = await start()
  await org.meetsFault()
  await work('B')
  await makeCurrent('B')
  const next = await start()
  for (const load of [begun, next]) {
    expect((await load.report()).tally).toEqual({
      created: 2,
      updated: 0,
      deleted: 0,
      unchanged: 0,
      failed: 0,
      inDoubt: 0,
    })
  }
  expect([await buildsOf(begun), await buildsOf(next)]).toEqual([['A'], ['B']])
})

test('a run whose build no longer exists is moved to another build, and completes', async () => {
  const leaving = await work('C')
  await makeCurrent('C')
  heldAt('describe')
  const begun = await start()
  await org.meetsFault()
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
  expect((await begun.report()).tally).toEqual({
    created: 2,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    failed: 0,
    inDoubt: 0,
  })
  expect(await buildsOf(begun)).toEqual(['C', 'B'])
})
