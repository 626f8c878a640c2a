// The Temporal server over PostgreSQL, with its UI: the services of docker-compose.yml as processes.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Processes, Running } from '../demo/processes.ts'
import { freePort } from '../freePort.ts'
import { answersWell, listens } from './answering.ts'
import { composeService, movedTo } from './composeFile.ts'
import { lowPort } from './lowPort.ts'
import { logOf, PLACE } from './place.ts'
import type { Postgres } from './postgres.ts'
import { findTemporalPrograms, type TemporalPrograms } from './temporalPrograms.ts'

export type TemporalCluster = { readonly address: string; readonly uiUrl: string }

type Variables = Readonly<Record<string, string>>

/** Ports that are the image's own in a container; here other servers may have them. */
const PORTS = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'].flatMap(part => [
  `${part}_GRPC_PORT`,
  `${part}_MEMBERSHIP_PORT`,
])

export function findPrograms(variables: Variables): Promise<TemporalPrograms> {
  return findTemporalPrograms({
    server: composeService('temporal', variables).image,
    ui: composeService('temporal-ui', variables).image,
  })
}

/** Sets up the schema, starts the server, creates the namespace, starts the UI. Throws ProcessEndedError. */
export async function startTemporalCluster(
  processes: Processes,
  programs: TemporalPrograms,
  postgres: Postgres,
  variables: Variables,
): Promise<TemporalCluster> {
  await setUpSchema(processes, programs, postgres, variables)
  const { server, address } = await startServer(processes, programs, postgres, variables)
  await server.during(createNamespace(processes, programs, address, variables))
  return { address, uiUrl: await startUi(processes, programs, address, variables) }
}

function setUpSchema(processes: Processes, programs: TemporalPrograms, { port }: Postgres, variables: Variables) {
  const service = composeService('temporal-schema', variables)
  const environment = movedTo(service, { SQL_HOST: '127.0.0.1', SQL_PORT: String(port) })
  return runScript(processes, 'Setting up the schema', 'setupSchema.sh', { ...environment, PATH: programs.path })
}

async function startServer(
  processes: Processes,
  programs: TemporalPrograms,
  postgres: Postgres,
  variables: Variables,
): Promise<{ readonly server: Running; readonly address: string }> {
  const ports = await Promise.all([...PORTS, 'FRONTEND_HTTP_PORT'].map(async name => [name, String(await lowPort())]))
  const own: Variables = Object.fromEntries(ports)
  const environment = movedTo(composeService('temporal', variables), {
    POSTGRES_SEEDS: '127.0.0.1',
    DB_PORT: String(postgres.port),
    BIND_ON_IP: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: join(PLACE.mounted, 'dynamicConfig.yaml'),
  })
  const server = await processes.startInBackground({
    ...{ name: 'The Temporal server', program: programs.server, args: ['start'], folder: PLACE.folder },
    ...{ log: logOf('temporal'), environment: { ...environment, ...own }, ready: /^/ },
  })
  const port = Number(own['FRONTEND_GRPC_PORT'])
  await server.until(() => listens(port))
  return { server, address: `127.0.0.1:${port}` }
}

function createNamespace(processes: Processes, programs: TemporalPrograms, address: string, variables: Variables) {
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

/** Its image makes this file of the environment; the program alone does not. */
async function startUi(
  processes: Processes,
  programs: TemporalPrograms,
  address: string,
  variables: Variables,
): Promise<string> {
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
  const ui = await processes.startInBackground({
    ...{ name: 'The Temporal UI', program: programs.ui, folder: PLACE.ui, log: logOf('temporal-ui'), ready: /^/ },
    args: ['--root', PLACE.ui, '--config', '.', '--env', 'cluster', 'start'],
    environment: { ...environment, TEMPORAL_ADDRESS: address },
  })
  await ui.until(() => answersWell(`${url}/healthz`))
  return url
}
