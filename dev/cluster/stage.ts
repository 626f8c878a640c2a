// Starts the services of docker-compose.yml in their order.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ready } from '../printing.ts'
import { answersWell, freePort } from '../processes/freePort.ts'
import { startPostgres } from '../processes/postgresServer.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { composeService, movedTo } from './composeFile.ts'
import { startObjectStore } from './objectStore.ts'
import { logOf, PLACE } from './place.ts'
import { findPrograms, startTemporalCluster } from './temporalServer.ts'

export type Stage = Awaited<ReturnType<typeof setStage>>

/** The services with two workers. Throws ProcessEndedError, and the errors of missing programs. */
export async function setStage(processes: Processes) {
  const services = await startServices(processes, join(PLACE.mounted, 'sflink.yaml'))
  const workers: [Running, Running] = [await services.addWorker(), await services.addWorker()]
  ready('Workers', workers.map(({ pid }, index) => `worker ${index + 1} is process ${pid}`).join(', '))
  return { ...services, workers }
}

/**
 * The services without a worker. Throws ProcessEndedError, and the errors of missing programs.
 * @param config path of the workers' sflink.yaml
 */
export async function startServices(processes: Processes, config: string) {
  const variables = randomSecrets()
  const programs = await findPrograms(variables)
  const { POSTGRES_USER = '', POSTGRES_PASSWORD = '' } = composeService('postgres', variables).environment
  const login = { user: POSTGRES_USER, password: POSTGRES_PASSWORD }
  const postgres = await startPostgres(processes, { ...login, logOf })
  ready('PostgreSQL', `127.0.0.1:${postgres.port}`)
  const temporal = await startTemporalCluster({ processes, programs, postgres, variables })
  ready('Temporal', `${temporal.address}; its UI is ${temporal.uiUrl}`)
  const store = await startObjectStore(processes, variables)
  ready('S3', store.endpoint)
  await writeFile(PLACE.temporalProfile, '[profile.default]\n')
  const environmentOf = (org: string) =>
    clusterEnvironment({ temporal: temporal.address, s3: store.endpoint, org, config }, variables)
  const orgUrl = await startOrg(processes, environmentOf('http://127.0.0.1'))
  ready('Salesforce', `an emulated org at ${orgUrl}`)
  const environment = environmentOf(orgUrl)
  await processes.runToEnd({
    ...{ name: 'Registering the search attributes', folder: PLACE.folder, environment, log: logOf('setup') },
    args: [PLACE.command, ...composeService('search-attributes', variables).command],
  })
  let number = 0
  const addWorker = () => {
    number += 1
    return startWorker(processes, number, environment, variables)
  }
  return { temporal, store, orgUrl, environment, addWorker }
}

/** The values that a person writes into .env. */
function randomSecrets(): Readonly<Record<string, string>> {
  const secret = () => randomBytes(16).toString('hex')
  return { POSTGRES_PASSWORD: secret(), S3_ACCESS_KEY_ID: secret(), S3_SECRET_ACCESS_KEY: secret() }
}

type Places = { readonly temporal: string; readonly s3: string; readonly org: string; readonly config: string }

/** The environment of a process that uses this cluster. */
function clusterEnvironment(
  places: Places,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const moved = movedTo(composeService('worker', variables), {
    SFLINK_CONFIG: places.config,
    TEMPORAL_ADDRESS: places.temporal,
    AWS_ENDPOINT_URL_S3: places.s3,
    SF_LOGIN_URL: places.org,
  })
  // Leaves out the user's own profile for another Temporal server.
  return { ...moved, TEMPORAL_CONFIG_FILE: PLACE.temporalProfile, PATH: process.env['PATH'] ?? '' }
}

/** Resolves when the worker polls Temporal. Throws ProcessEndedError. */
async function startWorker(
  processes: Processes,
  number: number,
  environment: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Promise<Running> {
  const health = `127.0.0.1:${await freePort()}`
  const args = composeService('worker', variables).command.map(argument => argument.replace(/^.*:8090$/, health))
  const worker = await processes.start({
    ...{ name: `Worker ${number}`, log: logOf(`worker-${number}`), folder: PLACE.folder, environment },
    args: [PLACE.command, ...args],
  })
  await worker.until(() => answersWell(`http://${health}/readyz`))
  return worker
}

/** The org of the profile `demo`. Throws ProcessEndedError. */
async function startOrg(processes: Processes, environment: NodeJS.ProcessEnv): Promise<string> {
  const { readyMatch } = await processes.start({
    ...{ name: 'The emulated org', log: logOf('emulator'), folder: PLACE.folder, environment },
    args: [PLACE.command, 'emulator', '--json', '--port', '0'],
    ready: /"url":"([^"]+)".*\n/,
  })
  return readyMatch[1] ?? ''
}
