// The Temporal server with PostgreSQL and the UI: services of docker-compose.yml as processes.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listens } from '../../cli/up/temporalServer.ts'
import { answersWell, freePort } from '../processes/freePort.ts'
import type { Postgres } from '../processes/postgresServer.ts'
import type { Processes } from '../processes/processes.ts'
import { findTemporalPrograms, type TemporalPrograms } from '../programs/temporalServerPrograms.ts'
import { composeService, movedTo } from './composeFile.ts'
import { logOf, PLACE } from './place.ts'

export type TemporalCluster = { readonly address: string; readonly uiUrl: string }

type Variables = Readonly<Record<string, string>>

/** Ports that the image sets in a container; on this machine other servers may use them. */
const PORTS = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'].flatMap(part => [
  `${part}_GRPC_PORT`,
  `${part}_MEMBERSHIP_PORT`,
])

/** The Temporal server stores ports in columns with this limit; most systems assign ports above it. */
const PORT_LIMIT = 32_768

export function findPrograms(variables: Variables): Promise<TemporalPrograms> {
  return findTemporalPrograms({
    server: composeService('temporal', variables).image,
    ui: composeService('temporal-ui', variables).image,
  })
}

type ClusterParts = {
  readonly processes: Processes
  readonly programs: TemporalPrograms
  readonly postgres: Postgres
  readonly variables: Variables
}

/** Sets up the schema, starts the server, creates the namespace, starts the UI. Throws ProcessEndedError. */
export async function startTemporalCluster(parts: ClusterParts): Promise<TemporalCluster> {
  await setUpSchema(parts)
  const { server, address } = await startServer(parts)
  await server.during(createNamespace(parts, address))
  return { address, uiUrl: await startUi(parts, address) }
}

function setUpSchema({ processes, programs, postgres: { port }, variables }: ClusterParts) {
  const service = composeService('temporal-schema', variables)
  const environment = movedTo(service, { SQL_HOST: '127.0.0.1', SQL_PORT: String(port) })
  return runScript(processes, 'Setting up the schema', 'setupSchema.sh', { ...environment, PATH: programs.path })
}

async function startServer({ processes, programs, postgres, variables }: ClusterParts) {
  const ports = await Promise.all(
    [...PORTS, 'FRONTEND_HTTP_PORT'].map(async name => [name, String(await freePort({ below: PORT_LIMIT }))]),
  )
  const own: Variables = Object.fromEntries(ports)
  const environment = movedTo(composeService('temporal', variables), {
    POSTGRES_SEEDS: '127.0.0.1',
    DB_PORT: String(postgres.port),
    BIND_ON_IP: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: join(PLACE.mounted, 'dynamicConfig.yaml'),
  })
  const server = await processes.start({
    ...{ name: 'The Temporal server', program: programs.server, args: ['start'], folder: PLACE.folder },
    ...{ log: logOf('temporal'), environment: { ...environment, ...own } },
  })
  const port = Number(own['FRONTEND_GRPC_PORT'])
  await server.until(() => listens(port))
  return { server, address: `127.0.0.1:${port}` }
}

function createNamespace({ processes, programs, variables }: ClusterParts, address: string) {
  const environment = movedTo(composeService('temporal-namespace', variables), {
    TEMPORAL_ADDRESS: address,
    HOME: PLACE.folder,
  })
  return runScript(processes, 'Creating the namespace', 'createNamespace.sh', { ...environment, PATH: programs.path })
}

function runScript(processes: Processes, name: string, script: string, environment: Variables) {
  return processes.runToEnd({
    ...{ name, program: 'sh', args: [join(PLACE.mounted, script)], environment },
    ...{ folder: PLACE.folder, log: logOf(script.replace('.sh', '')) },
  })
}

/** Writes the file that the image makes from the environment. */
async function startUi({ processes, programs, variables }: ClusterParts, address: string): Promise<string> {
  const { environment } = composeService('temporal-ui', variables)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = {
    ...{ temporalGrpcAddress: address, host: '127.0.0.1', port, enableUi: true, defaultNamespace: 'default' },
    ...{ disableNewsFetch: environment['TEMPORAL_DISABLE_NEWS_FETCH'] === 'true', cors: { allowOrigins: [url] } },
  }
  await mkdir(PLACE.ui, { recursive: true })
  // JSON is YAML.
  await writeFile(join(PLACE.ui, 'cluster.yaml'), JSON.stringify(settings))
  const ui = await processes.start({
    ...{ name: 'The Temporal UI', program: programs.ui, folder: PLACE.ui, log: logOf('temporal-ui') },
    args: ['--root', PLACE.ui, '--config', '.', '--env', 'cluster', 'start'],
    environment: { ...environment, TEMPORAL_ADDRESS: address },
  })
  await ui.until(() => answersWell(`${url}/healthz`))
  return url
}
