// Everything that the storm needs: the built product, a Temporal server, orgs, workers and a configuration.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../../packages/client/contract/searchAttributes.ts'
import { WORKER_HEAP_FLAGS } from '../../workers/heapFlags.ts'
import { registerAttributes } from '../../workers/searchAttributes.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { type ChaosOrg, startOrg } from './org.ts'
import { type Partition, startPartition } from './partition.ts'
import { FLOW, RULES, SHAPES, syncsOf } from './shapes.ts'
import { NAMESPACES, openSites, type Site, STORES, type Store } from './sites.ts'
import { type KillableTemporal, startKillableTemporal } from './temporal.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type Scene = {
  readonly folder: string
  readonly temporal: KillableTemporal
  readonly sites: Readonly<Record<Store, Site>>
  /** Of the worker with the number 1 alone. */
  readonly partition: Partition
  readonly orgs: readonly ChaosOrg[]
  /** @param number from 1; the workers of one site after the other */
  startWorker(number: number): Promise<Running>
  /** Starts the command `sflink`; its output goes to the log. */
  startCommand(site: Site, args: readonly string[], log: string): Promise<Running>
  close(): Promise<void>
}

/** The steps of a worker that SIGTERM stops have this time to end. */
const GRACE = '4s'
/** Longer than any request of the storm takes. */
const LOST_ANSWER_WAIT = '8s'

/** Throws ProcessEndedError, TemporalMissingError. @param folder inside the checkout, so that the build finds its packages */
export async function setScene(processes: Processes, folder: string, orgNames: readonly string[]): Promise<Scene> {
  const logs = join(folder, 'logs')
  await mkdir(join(folder, 'data'), { recursive: true })
  await mkdir(logs)
  const log = (name: string) => join(logs, `${name}.log`)
  const command = await build(processes, join(folder, 'build'), log('build'))
  const emulator = join(ROOT, 'packages', 'emulator', 'bin', 'salesforce-emulator.mjs')
  const orgs = await Promise.all(
    orgNames.map(name => startOrg(processes, { name, program: emulator, folder, log: log(`org-${name}`) })),
  )
  const temporal = await startKillableTemporal(processes, join(folder, 'temporal.db'), Object.values(NAMESPACES))
  const connection = await Connection.connect({ address: temporal.address })
  for (const namespace of Object.values(NAMESPACES)) {
    await registerAttributes(connection.operatorService, namespace, SEARCH_ATTRIBUTES)
  }
  const partition = await startPartition(temporal.port)
  const { sites, close } = await openSites(folder, connection, configurationOf(orgs))
  await writeFile(join(folder, 'temporal.toml'), '[profile.default]\n')
  const environment = (site: Site, address: string) => ({
    ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], ...site.environment },
    ...{ TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') },
  })
  let started = 0
  return {
    ...{ folder, temporal, partition, orgs, sites, close },
    startWorker: number => {
      started += 1
      const site = sites[STORES[(number - 1) % STORES.length] as Store]
      return processes.start({
        ...{ name: `Worker ${number}`, folder, log: log(`worker-${number}.${started}`), ready: /Worker started/ },
        args: [...WORKER_HEAP_FLAGS, command, 'worker', '--grace', GRACE],
        environment: environment(site, number === 1 ? partition.address : temporal.address),
      })
    },
    startCommand: (site, args, path) =>
      processes.start({
        ...{ name: `sflink ${args.join(' ')}`, folder, log: path, args: [command, ...args] },
        environment: environment(site, temporal.address),
      }),
  }
}

/** Workers and commands start in half the time from a build. Resolves to the path of the command. */
async function build(processes: Processes, folder: string, log: string): Promise<string> {
  const step = { folder: ROOT, log }
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  await processes.runToEnd({
    ...{ ...step, name: 'The build' },
    args: [compiler, '-p', 'tsconfig.build.json', '--outDir', folder],
  })
  await processes.runToEnd({
    ...{ ...step, name: 'The bundle of the workflows' },
    args: [join(folder, 'workers', 'bundleProcess.js'), join(folder, 'workflowBundle.js')],
  })
  return join(folder, 'cli', 'main.js')
}

/** As a user writes it, with short waits. `--set` chooses org and engine. */
function configurationOf(orgs: readonly ChaosOrg[]) {
  const connections = orgs.map(({ name, url, clientId, clientSecret }) => [
    name,
    {
      loginUrl: url,
      requestTimeout: LOST_ANSWER_WAIT,
      auth: { flow: 'client_credentials', clientId, clientSecret },
    },
  ])
  const syncs = SHAPES.flatMap(shape => {
    const { object = 'Contact', syncs: keys } = RULES[shape]
    return syncsOf(shape).map((sync, index) => [
      sync,
      {
        ...{ connection: orgs[0]?.name, object, ...keys[index] },
        ...{ source: { uri: 'file:data/none.csv' }, identityFields: ['marker'] },
        resultColumns: ['row', 'id', 'created', 'outcome', 'errorcode'],
        resend: { delay: '1s', lostAnswerWait: LOST_ANSWER_WAIT },
        chunk: { bulkRecords: 4_000, collectionsRecords: 800 },
      },
    ])
  })
  return {
    dataDirectories: ['data'],
    connections: Object.fromEntries(connections),
    syncs: Object.fromEntries(syncs),
    flows: { [FLOW]: { syncs: syncsOf('flow') } },
  }
}
