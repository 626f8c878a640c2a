// Runs with encrypted payloads: Temporal stores no plain text, and a worker without the key loses nothing.
import { randomBytes, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporal } from '@temporalio/proto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { ConnectionTest } from '../../../packages/client/contract/inspection.ts'
import { encryptionKey, type KeyRing } from '../../../packages/client/encryption/keyRing.ts'
import { standstillOf } from '../../../packages/client/followRun.ts'
import { bundleWorkflows } from '../../../workers/bundleWorkflows.ts'
import type { RunningWorker, WorkerOptions } from '../../../workers/worker.ts'
import { type LoadRig, QUICK, type RigOrg, type StartedLoad, startLoadRig, until } from '../../rig/loadRig.ts'
import { sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const newKey = (id: string) => encryptionKey(id, randomBytes(32).toString('base64'))
const FIRST: KeyRing = [newKey('2026-10')]
const WRONG: KeyRing = [newKey('2026-10')]
const ROTATED: KeyRing = [newKey('2026-11'), ...FIRST]

const folder = temporaryFolder()
let bundle: Pick<WorkerOptions, 'workflowBundle'>
const rigs: LoadRig[] = []

beforeAll(async () => {
  const codePath = join(folder, 'workflows.js')
  await writeFile(codePath, await bundleWorkflows({ encodesFailures: true, logLevel: 'ERROR' }))
  bundle = { workflowBundle: { codePath } }
})
afterAll(async () => {
  await Promise.all(rigs.map(rig => rig.close()))
})

async function encryptedRig(): Promise<{ rig: LoadRig; org: RigOrg }> {
  const rig = await startLoadRig({ workers: 'elsewhere', keys: FIRST })
  rigs.push(rig)
  return { rig, org: await rig.openOrg() }
}

const NAMES = ['Amundsen', 'Byrd', 'Cook']

async function startLoad(
  rig: LoadRig,
  org: RigOrg,
  source?: { readonly uri: string; readonly waitFor?: number },
): Promise<StartedLoad> {
  return rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: source ?? { uri: await rig.source(`last\n${NAMES.join('\n')}\n`) },
    fields: { LastName: 'last' },
    ...QUICK,
  })
}

async function end(worker: RunningWorker): Promise<void> {
  worker.stop()
  await worker.stopped
}

async function expectLoadedOnce(org: RigOrg, load: StartedLoad): Promise<void> {
  const { tally } = await load.report()
  expect(tally).toEqual({ created: 3, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 })
  const names = (await org.records('Contact', 'LastName')).map(({ LastName }) => LastName)
  expect(names.toSorted()).toEqual(NAMES)
}

test.concurrent('a client with the key sees why a run waits', async () => {
  const { rig, org } = await encryptedRig()
  await rig.work({ ...bundle, keys: FIRST })
  const uri = (await rig.source('last\n')).replace(/[^/]+$/, 'late.csv')
  const { handle } = await startLoad(rig, org, { uri, waitFor: 3_600_000 })
  const standstill = await until(
    () => standstillOf(handle),
    reason => reason !== undefined,
  )
  expect(standstill).toMatchObject({
    ...{ cause: 'source', step: 'awaitSource', attempt: expect.any(Number) },
    reason: expect.stringContaining('late.csv'),
  })
  const keyless = keylessCommands(handle.workflowId)
  expect(await keyless('status')).toEqual(TOLD_UNREAD)
  await handle.cancel()
  await expect(handle.result()).rejects.toThrow()
  const ended = await keyless('status', '--json')
  expect(JSON.parse(ended.stdout)).toMatchObject({ state: 'cancelled', endedAt: expect.any(String) })
  expect(ended).toMatchObject({ code: 1, stderr: TOLD_UNREAD.stderr })
})

const keylessCommands =
  (run: string) =>
  (...args: readonly string[]) =>
    sflink(['sync', ...args, run], { cwd: folder, environment: { TEMPORAL_ADDRESS: inject('temporalAddress') } })

const TOLD_UNREAD = {
  code: 1,
  stdout: expect.stringMatching(
    /^Run {6}\S+\nState {4}running\nStarted {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n$/,
  ) as string,
  stderr: expect.stringMatching(
    /^The rest of the run \S+ can't be read: .* the key '2026-10', and there are no encryption\.keys here\. Add that key to sflink\.yaml and restart this process.*\n$/,
  ) as string,
}

test.concurrent('a run whose memo needs a missing key can be cancelled, and its status is shown', async () => {
  const { rig } = await encryptedRig()
  const workflowId = `run-${randomUUID()}`
  const memo = { runId: workflowId }
  const handle = await rig.client.workflow.start('syncRecords', { taskQueue: rig.taskQueue, workflowId, memo })
  const keyless = keylessCommands(workflowId)
  expect(await keyless('status')).toEqual(TOLD_UNREAD)
  expect(await keyless('cancel')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(workflowId) })
  const { events } = await handle.fetchHistory()
  expect(events?.some(event => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true)
})

type History = temporal.api.history.v1.IHistory

/** Number of payloads of a history per key id, and the payloads in plain text. */
function payloadsIn(history: History): { readonly keyIds: readonly string[]; readonly plain: readonly string[] } {
  const keyIds: string[] = []
  const plain: string[] = []
  const text = (bytes: unknown) => Buffer.from((bytes as Uint8Array | undefined) ?? []).toString()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
    if ('metadata' in value && 'data' in value) {
      const { metadata, data } = value as { metadata: Record<string, Uint8Array>; data: Uint8Array }
      const isEncrypted = text(metadata['encoding']) === 'binary/encrypted'
      // Search attributes are never encrypted: Temporal finds runs by them.
      if (isEncrypted) keyIds.push(text(metadata['encryption-key-id']))
      else if (metadata['type'] === undefined) plain.push(text(data))
      return
    }
    for (const inner of Object.values(value)) walk(inner)
  }
  walk(history)
  return { keyIds, plain }
}

async function historyOf({ client }: LoadRig, { handle }: StartedLoad): Promise<History> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId: handle.workflowId },
  })
  return history ?? {}
}

test.concurrent('no input, result, summary or failure is readable in the history of a run', async () => {
  const { rig, org } = await encryptedRig()
  await rig.work({ ...bundle, keys: FIRST })
  const loads = [await startLoad(rig, org), await startLoad(rig, org, { uri: 'file:data/no-such-place.csv' })]
  await expectLoadedOnce(org, loads[0] as StartedLoad)
  await expect(loads[1]?.report()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('no-such-place') },
  })
  for (const load of loads) {
    const history = await historyOf(rig, load)
    const { keyIds, plain } = payloadsIn(history)
    expect(plain).toEqual([])
    expect(new Set(keyIds)).toEqual(new Set(['2026-10']))
    const written = JSON.stringify(temporal.api.history.v1.History.toObject(history as never))
    for (const word of ['no-such-place', 'LastName', 'file:data']) expect(written).not.toContain(word)
  }
})

test.concurrent.each([
  { worker: 'a wrong key', keys: WRONG, words: "The key '2026-10' of encryption.keys cannot decrypt this payload" },
  { worker: 'no key', keys: [], words: "encrypted with the key '2026-10', and there are no encryption.keys here" },
])('a worker with $worker leaves the run waiting until one has the right key', async ({ keys, words }) => {
  const { rig, org } = await encryptedRig()
  const load = await startLoad(rig, org)
  const worker = await rig.work({ ...(keys.length > 0 ? bundle : {}), keys })
  const failure = await until(
    async () => {
      const events = (await historyOf(rig, load)).events ?? []
      return events.map(event => event.workflowTaskFailedEventAttributes?.failure?.message).find(Boolean)
    },
    message => message !== undefined,
  )
  expect(failure).toContain(words)
  expect(failure).toMatch(/Add that key to sflink\.yaml and restart this process/)
  await end(worker)
  expect(await org.records('Contact', 'LastName')).toEqual([])
  await rig.work({ ...bundle, keys: FIRST })
  await expectLoadedOnce(org, load)
})

test.concurrent('a load worker with a wrong key uses no attempts, and its results are readable by all', async () => {
  const { rig, org } = await encryptedRig()
  await rig.work({ ...bundle, keys: FIRST, role: 'workflow' })
  const wrong = await rig.work({ keys: WRONG, role: 'load' })
  const answer = rig.execute<ConnectionTest>('testConnection', { connection: org.connection })
  const waiting = async () => {
    for await (const { workflowId } of rig.client.workflow.list({ query: `TaskQueue = '${rig.taskQueue}'` })) {
      return (await rig.client.workflow.getHandle(workflowId).fetchHistory()).events ?? []
    }
    return undefined
  }
  // Its three attempts are used, and the workflow waits for another worker.
  const events = await until(waiting, found => found?.some(event => event.timerStartedEventAttributes) ?? false)
  const failure = events?.find(event => event.activityTaskFailedEventAttributes)?.activityTaskFailedEventAttributes
    ?.failure
  expect(failure?.message).toContain("The key '2026-10' of encryption.keys cannot decrypt this payload")
  await end(wrong)
  await rig.work({ keys: FIRST, role: 'load' })
  expect((await answer).connection).toBe(org.connection)
})

test.concurrent('a new key before the old one continues runs of the old key, and encrypts from then on', async () => {
  const { rig, org } = await encryptedRig()
  const load = await startLoad(rig, org)
  await rig.work({ ...bundle, keys: ROTATED })
  await until(
    async () => payloadsIn(await historyOf(rig, load)),
    ({ keyIds }) => keyIds[0] === '2026-10' && keyIds.includes('2026-11'),
  )
  // A client without the new key gets an error, and loses nothing.
  await expect(load.handle.result()).rejects.toThrow(
    "This payload is encrypted with the key '2026-11', and encryption.keys has only 2026-10",
  )
  expect(await org.records('Contact', 'LastName')).toHaveLength(3)
})
