// The environment of a user of Temporal's UI: a server with the UI, a worker, an org, a configuration, and the command.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { inject } from 'vitest'
import { loadConfiguration } from '../../../config/environment.ts'
import { startTemporalServer } from '../../../dev/processes/temporalServer.ts'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { createDependencies } from '../../../workers/dependencies.ts'
import { startWorker } from '../../../workers/worker.ts'
import { type Outcome, sflink } from '../../rig/sflink.ts'
import { SOURCES } from './sources.ts'

export type Scene = {
  readonly client: Client
  readonly org: Emulator
  readonly uiUrl: string
  /** Runs the command in the folder of the configuration. */
  sflink(args: readonly string[]): Promise<Outcome>
  /** Starts a run and returns the id of its workflow. */
  start(sync: string, ...options: readonly string[]): Promise<string>
  close(): Promise<void>
}

const configuration = (org: Emulator): string => `dataDirectories: [data]
connections:
  production: &org
    loginUrl: ${org.url}
    auth: &auth { flow: client_credentials, clientId: emulator-client-id, clientSecret: emulator-client-secret }
  sandbox: { <<: *org, auth: { <<: *auth, clientSecret: mistaken } }
syncs:
  nightly-contacts: &contacts
    connection: production
    object: Contact
    operation: { column: action }
    source: { uri: "file:data/contacts-2026-11-25.csv" }
    keyField: Email
    fields: { LastName: last_name, Email: email, Segment__c: segment, Ext_Id__c: customer_id }
    identityFields: [customer_id]
    engine: bulk
    chunk: { bulkRecords: 20 }
  leads: { <<: *contacts, connection: sandbox }
`

export async function setScene(): Promise<Scene> {
  // Expected failures are not printed.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) })
  const folder = await mkdtemp(join(tmpdir(), 'sflink-ui-'))
  await mkdir(join(folder, 'data'))
  for (const [name, content] of Object.entries(SOURCES)) await writeFile(join(folder, 'data', name), content)
  const [temporal, org] = await Promise.all([startTemporalServer({ own: true, ui: true }), startEmulator()])
  await writeFile(join(folder, 'sflink.yaml'), configuration(org))
  const { address, namespace, uiUrl = '' } = temporal
  const worker = await startWorker({
    temporal: { namespace, connectionOptions: { address } },
    dependencies: createDependencies(await loadConfiguration(join(folder, 'sflink.yaml'))),
    workflowBundle: { codePath: inject('workflowBundlePath') },
  })
  const connection = await Connection.connect({ address })
  const run: Scene['sflink'] = args => sflink(args, { cwd: folder, environment: { TEMPORAL_ADDRESS: address } })
  return {
    ...{ client: new Client({ connection, namespace }), org, uiUrl, sflink: run },
    start: async (sync, ...options) => {
      const { stdout, stderr } = await run(['sync', 'run', sync, '--detach', '--json', ...options])
      if (stdout === '') throw new Error(stderr)
      return (JSON.parse(stdout).runId as string).replace(`${sync}.`, `sync/${sync}/`)
    },
    close: async () => {
      worker.stop()
      await worker.stopped
      await connection.close()
      await Promise.all([temporal.close(), org.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
