// A worker with its own task queue, emulated orgs, a run store and a folder of sources: starts loads and reads their results.
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import Papa from 'papaparse'
import { afterAll, inject } from 'vitest'
import type { Configuration } from '../../config/configuration.ts'
import { Secret } from '../../loader/http/secret.ts'
import type { ConnectionSettings } from '../../loader/salesforce/settings.ts'
import { openRunStores } from '../../loader/storage/open.ts'
import type { RunStores } from '../../loader/storage/runStore.ts'
import type { WorkflowType } from '../../packages/client/contract/names.ts'
import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../packages/client/contract/syncRecords.ts'
import { dataConverterFor } from '../../packages/client/encryption/encryptionCodec.ts'
import type { KeyRing } from '../../packages/client/encryption/keyRing.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../packages/emulator/index.ts'
import { createDependencies } from '../../workers/dependencies.ts'
import { type RunningWorker, startWorker, type WorkerOptions } from '../../workers/worker.ts'
import { configurationIn, type RigPlaces, type RigSyncs } from './rigConfiguration.ts'
import { orgOf, type RigOrg, until } from './rigOrg.ts'

export { type RigOrg, until }

/** Log lines of the worker and the SDK, as JSON. */
export const workerLog: string[] = []
Runtime.install({
  logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
    workerLog.push(
      JSON.stringify({ level, message, meta }, (_, value) => (value instanceof Error ? factsOf(value) : value)),
    )
  }),
})

const factsOf = ({ message, stack, cause, ...own }: Error): object => ({ message, stack, cause, ...own })

type CsvRow = Readonly<Record<string, string>>

export type StartedLoad = {
  readonly runId: string
  readonly handle: WorkflowHandleWithFirstExecutionRunId
  report(): Promise<RunReport>
}

export type LoadRig = {
  readonly client: Client
  readonly taskQueue: string
  readonly folder: string
  openOrg(options?: EmulatorOptions, settings?: Partial<ConnectionSettings>): Promise<RigOrg>
  /** Adds a connection. Returns its name. */
  addConnection(settings: Omit<ConnectionSettings, 'name' | 'apiVersion'>): string
  /** Writes a source and returns its URI. */
  source(content: string | Uint8Array, name?: string): Promise<string>
  start(spec: Readonly<Record<string, unknown>>, input?: Partial<SyncRecordsInput>): Promise<StartedLoad>
  load(spec: Readonly<Record<string, unknown>>, input?: Partial<SyncRecordsInput>): Promise<RunReport>
  /** Starts another worker; it stops with the rig at the latest. */
  work(options?: Partial<WorkerOptions>): Promise<RunningWorker>
  execute<Answer>(type: WorkflowType, input: object): Promise<Answer>
  /** Rows of a CSV in the run store; empty when the file does not exist. */
  rows(runId: string, file: string): Promise<readonly CsvRow[]>
  text(runId: string, file: string): Promise<string>
  /** All files of the run store, as text, by path. */
  runFiles(runId: string): Promise<ReadonlyMap<string, string>>
  close(): Promise<void>
}

/** Short waits: tests of retries would take minutes otherwise. */
export const QUICK = { resend: { maxAttempts: 4, delay: 20, lostAnswerWait: 0 } } as const

/** A CSV with this many people: P1, P2 and so on in the column `last`. */
export const people = (count: number): string =>
  `last\n${Array.from({ length: count }, (_, index) => `P${index + 1}\n`).join('')}`

/** A sync spec that creates contacts from the column `last`. */
export const contactsFrom = (uri: string, { connection }: Pick<RigOrg, 'connection'>, given: object = {}) => ({
  connection,
  object: 'Contact',
  operation: 'create',
  source: { uri },
  fields: { LastName: 'last' },
  ...given,
})

export const withoutTimes = (csv: string): string => csv.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, 'TIME')

export type LoadRigOptions = {
  /** Where the activities run. @default a worker in this process */
  readonly workers?: 'here' | 'elsewhere'
  /** Syncs of the worker's configuration; the first org that is opened is `org-1`. */
  readonly syncs?: RigSyncs
  readonly notifications?: Configuration['notifications']
  readonly places?: RigPlaces
  /** Encryption keys of the client and the worker. @default no keys */
  readonly keys?: KeyRing
  /** @default the server that all tests share */
  readonly temporalAddress?: string
  /** @default a new one */
  readonly taskQueue?: string
}

/** A rig for the test file that calls it. It is closed after the last test. */
export async function fileRig(options?: LoadRigOptions): Promise<LoadRig> {
  const rig = await startLoadRig(options)
  afterAll(() => rig.close())
  return rig
}

export async function startLoadRig({
  workers = 'here',
  syncs = {},
  notifications,
  places = {},
  keys = [],
  temporalAddress,
  taskQueue: givenQueue,
}: LoadRigOptions = {}): Promise<LoadRig> {
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-link-load-'))
  await mkdir(join(folder, 'data'))
  const connections = new Map<string, ConnectionSettings>()
  const configuration = { ...configurationIn(folder, connections, syncs, notifications), ...places }
  const address = temporalAddress ?? inject('temporalAddress')
  const namespace = inject('temporalNamespace')
  const taskQueue = givenQueue ?? `load-${randomUUID()}`
  const running: RunningWorker[] = []
  const work: LoadRig['work'] = async options => {
    const worker = await startWorker({
      temporal: { namespace, connectionOptions: { address } },
      dependencies: createDependencies(configuration),
      taskQueue,
      workflowBundle: { codePath: inject('workflowBundlePath') },
      keys,
      ...options,
    })
    running.push(worker)
    return worker
  }
  if (workers === 'here') await work()
  // A history may be larger than gRPC's limit of 4 MB for a message.
  const channelArgs = { 'grpc.max_receive_message_length': -1 }
  const connection = await Connection.connect({ address, channelArgs })
  const client = new Client({ connection, namespace, dataConverter: dataConverterFor(keys) })
  const emulators: Emulator[] = []
  const start = starter(client, taskQueue)
  const addConnection: LoadRig['addConnection'] = settings => {
    const name = `org-${connections.size + 1}`
    connections.set(name, { name, apiVersion: 'latest', ...settings })
    return name
  }
  return {
    client,
    taskQueue,
    folder,
    addConnection,
    openOrg: async (options = {}, settings = {}) => {
      const emulator = await startEmulator({ seedRecords: false, ...options })
      emulators.push(emulator)
      const name = addConnection(settingsOf(emulator, settings))
      return orgOf(name, emulator)
    },
    source: async (content, name = `${randomUUID()}.csv`) => {
      await writeFile(join(folder, 'data', name), content)
      return `file:data/${name}`
    },
    start,
    work,
    load: async (spec, input) => (await start(spec, input)).report(),
    execute: (type, input) =>
      client.workflow.execute(type, { taskQueue, workflowId: `${type}-${randomUUID()}`, args: [input] }),
    ...lookInto(openRunStores(configuration.runStore, folder)),
    close: () => closeAll(running, connection, emulators, folder),
  }
}

function settingsOf({ url, credentials }: Emulator, settings: Partial<ConnectionSettings>) {
  const { clientId, clientSecret } = credentials
  const auth = { flow: 'client_credentials', clientId, clientSecret: new Secret(clientSecret) } as const
  return { loginUrl: url, auth, ...settings }
}

function starter(client: Client, taskQueue: string): LoadRig['start'] {
  return async (spec, input = {}) => {
    const runId = input.runId ?? `run-${randomUUID()}`
    const args = [{ spec, ...input, runId }]
    const workflowId = `${runId}-${randomUUID()}`
    const handle = await client.workflow.start('syncRecords', { taskQueue, workflowId, args })
    return { runId, handle, report: () => handle.result() as Promise<RunReport> }
  }
}

function lookInto(stores: RunStores): Pick<LoadRig, 'rows' | 'text' | 'runFiles'> {
  const text = async (runId: string, file: string) => (await stores.open(runId).readText(file)) ?? ''
  return {
    text,
    rows: async (runId, file) => Papa.parse<CsvRow>((await text(runId, file)).trimEnd(), { header: true }).data,
    runFiles: async runId => {
      const paths = await stores.open(runId).list('')
      return new Map(await Promise.all(paths.map(async path => [path, await text(runId, path)] as const)))
    },
  }
}

async function closeAll(
  running: readonly RunningWorker[],
  connection: Connection,
  emulators: readonly Emulator[],
  folder: string,
): Promise<void> {
  for (const worker of running) worker.stop()
  await Promise.all(running.map(({ stopped }) => stopped))
  await connection.close()
  await Promise.all(emulators.map(emulator => emulator.close()))
  await rm(folder, { recursive: true, force: true })
}
