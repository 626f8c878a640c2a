// Workers as docker-compose.yml starts them.
import { join } from 'node:path'
import type { Processes, Running } from '../demo/processes.ts'
import { freePort } from '../freePort.ts'
import { answersWell } from './answering.ts'
import { composeService, movedTo } from './composeFile.ts'
import { logOf, PLACE } from './place.ts'

export type Addresses = { readonly temporal: string; readonly s3: string; readonly org: string }

/** For any process of the project that shall work in this cluster and no other. */
export function clusterEnvironment(
  addresses: Addresses,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const moved = movedTo(composeService('worker', variables), {
    SFLINK_CONFIG: join(PLACE.mounted, 'sflink.yaml'),
    TEMPORAL_ADDRESS: addresses.temporal,
    AWS_ENDPOINT_URL_S3: addresses.s3,
    SF_LOGIN_URL: addresses.org,
  })
  // Not what a user's own profile says of another Temporal.
  return { ...moved, TEMPORAL_CONFIG_FILE: PLACE.temporalProfile, PATH: process.env['PATH'] ?? '' }
}

/** Resolves when Temporal has the worker's polls. Throws ProcessEndedError. */
export async function startWorker(
  processes: Processes,
  number: number,
  environment: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Promise<Running> {
  const health = `127.0.0.1:${await freePort()}`
  const args = composeService('worker', variables).command.map(argument => argument.replace(/^.*:8090$/, health))
  const worker = await processes.startInBackground({
    ...{ name: `Worker ${number}`, log: logOf(`worker-${number}`), folder: PLACE.folder, environment, ready: /^/ },
    args: [PLACE.command, ...args],
  })
  await worker.until(() => answersWell(`http://${health}/readyz`))
  return worker
}

/** The org of the profile `demo`. Throws ProcessEndedError. */
export async function startOrg(processes: Processes, environment: NodeJS.ProcessEnv): Promise<string> {
  const { said } = await processes.startInBackground({
    ...{ name: 'The emulated org', log: logOf('emulator'), folder: PLACE.folder, environment },
    args: [PLACE.command, 'emulator', '--port', '0'],
    ready: /"url":"([^"]+)".*\n/,
  })
  return said[1] ?? ''
}
