// Starts the services of docker-compose.yml in their order.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { ready } from '../printing.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { composeService } from './composeFile.ts'
import { type ObjectStore, startObjectStore } from './objectStore.ts'
import { logOf, PLACE } from './place.ts'
import { startPostgres } from './postgres.ts'
import { findPrograms, startTemporalCluster, type TemporalCluster } from './temporalServer.ts'
import { clusterEnvironment, startOrg, startWorker } from './workers.ts'

export type Stage = {
  readonly temporal: TemporalCluster
  readonly store: ObjectStore
  readonly orgUrl: string
  /** For processes that use this cluster. */
  readonly environment: Readonly<Record<string, string>>
  readonly workers: readonly [Running, Running]
  /** Starts one more worker. */
  addWorker(): Promise<Running>
}

/** Throws ProcessEndedError, and the errors of missing programs. */
export async function setStage(processes: Processes): Promise<Stage> {
  const variables = randomSecrets()
  const programs = await findPrograms(variables)
  const { POSTGRES_USER = '', POSTGRES_PASSWORD = '' } = composeService('postgres', variables).environment
  const postgres = await startPostgres(processes, POSTGRES_USER, POSTGRES_PASSWORD)
  ready('PostgreSQL', `127.0.0.1:${postgres.port}`)
  const temporal = await startTemporalCluster(processes, programs, postgres, variables)
  ready('Temporal', `${temporal.address}; its UI is ${temporal.uiUrl}`)
  const store = await startObjectStore(processes, variables)
  ready('S3', store.endpoint)
  await writeFile(PLACE.temporalProfile, '[profile.default]\n')
  const environmentOf = (org: string) =>
    clusterEnvironment({ temporal: temporal.address, s3: store.endpoint, org }, variables)
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
  const workers: [Running, Running] = [await addWorker(), await addWorker()]
  ready('Workers', workers.map(({ pid }, index) => `worker ${index + 1} is process ${pid}`).join(', '))
  return { temporal, store, orgUrl, environment, workers, addWorker }
}

/** The values that a person writes into .env. */
function randomSecrets(): Readonly<Record<string, string>> {
  const secret = () => randomBytes(16).toString('hex')
  return { POSTGRES_PASSWORD: secret(), S3_ACCESS_KEY_ID: secret(), S3_SECRET_ACCESS_KEY: secret() }
}
