// The workers and the emulated org of docker-compose.yml.
import { join } from 'node:path'
import { answersWell, freePort } from '../processes/freePort.ts'
import type { Processes, Running } from '../processes/processes.ts'
import { composeService, movedTo } from './composeFile.ts'
import { logOf, PLACE } from './place.ts'

export type Addresses = { readonly temporal: string; readonly s3: string; readonly org: string }

/** The environment of a process that uses this cluster. */
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
  // Leaves out the user's own profile for another Temporal server.
  return { ...moved, TEMPORAL_CONFIG_FILE: PLACE.temporalProfile, PATH: process.env['PATH'] ?? '' }
}

/** Resolves when the worker polls Temporal. Throws ProcessEndedError. */
export async function startWorker(
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
export async function startOrg(processes: Processes, environment: NodeJS.ProcessEnv): Promise<string> {
  const { readyMatch } = await processes.start({
    ...{ name: 'The emulated org', log: logOf('emulator'), folder: PLACE.folder, environment },
    args: [PLACE.command, 'emulator', '--port', '0'],
    ready: /"url":"([^"]+)".*\n/,
  })
  return readyMatch[1] ?? ''
}
