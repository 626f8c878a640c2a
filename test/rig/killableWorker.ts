// A worker process that tests kill: node killableWorker.ts '<JSON of KillableWorker>'. Prints "ready" when it runs.
import { Secret } from '../../loader/http/secret.ts'
import type { OrgBudget } from '../../loader/salesforce/salesforceConnection.ts'
import type { ConnectionSettings } from '../../loader/salesforce/settings.ts'
import { createDependencies } from '../../workers/dependencies.ts'
import { startWorker } from '../../workers/worker.ts'
import type { WorkerRole } from '../../workers/workerOptions.ts'
import { configurationIn, type RigPlaces, type RigSyncs } from './rigConfiguration.ts'

/** The settings of such a process. */
export type KillableWorker = {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly bundlePath: string
  readonly folder: string
  readonly syncs?: RigSyncs
  /** @default all */
  readonly role?: WorkerRole
  readonly places?: RigPlaces
  /** Of every connection. */
  readonly budget?: OrgBudget
  readonly connections: readonly {
    readonly name: string
    readonly loginUrl: string
    readonly clientId: string
    readonly clientSecret: string
  }[]
}

const { address, namespace, taskQueue, bundlePath, folder, connections, syncs, places, role, budget } = JSON.parse(
  process.argv[2] ?? '{}',
) as KillableWorker

const settings = connections.map(({ name, loginUrl, clientId, clientSecret }): [string, ConnectionSettings] => {
  const auth = { flow: 'client_credentials', clientId, clientSecret: new Secret(clientSecret) } as const
  return [name, { name, loginUrl, apiVersion: 'latest', auth, ...(budget && { budget }) }]
})

const worker = await startWorker({
  temporal: { namespace, connectionOptions: { address } },
  dependencies: createDependencies({ ...configurationIn(folder, new Map(settings), syncs), ...places }),
  taskQueue,
  workflowBundle: { codePath: bundlePath },
  ...(role === undefined ? {} : { role }),
})
process.stdout.write('ready\n')
await worker.stopped
