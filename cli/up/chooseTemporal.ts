// Which Temporal server `sflink up` uses: one that runs, or one of its own.
import { existsSync } from 'node:fs'
import { DEFAULT_ADDRESS, type TemporalSettings, temporalSettings } from '../../packages/client/settings.ts'
import { CommandError } from '../commandError.ts'
import { withTemporal } from '../temporal.ts'
import { livingWorker } from './pollers.ts'
import { freePorts, isServing, listens, UI_OFFSET } from './temporalServer.ts'

export type OwnTemporal = {
  readonly kind: 'own'
  readonly port: number
  readonly uiPort: number
  /** What has a usual port, like `port 7233 belongs to another program`; absent when they are free. */
  readonly taken?: string
}

export type ChosenTemporal = OwnTemporal | { readonly kind: 'named' | 'found' }

/**
 * A server that TEMPORAL_ADDRESS or a profile names; else one of its own, once it has data; else one that runs at the usual port and
 * has no other worker; else one of its own. Throws CommandError when the settings are for a server that they do not name.
 */
export async function chooseTemporal(database: string): Promise<ChosenTemporal> {
  const settings = temporalSettings()
  if (settings.isNamed) return { kind: 'named' }
  if (hasCredentials(settings)) {
    throw new CommandError(
      'There are settings for TLS or an API key of Temporal, but no address: set TEMPORAL_ADDRESS, or unset them, and sflink up starts a server of its own',
    )
  }
  const usual = await atUsualPort()
  // Its runs and schedules are in the database.
  if (usual.isUsable && !existsSync(database)) return { kind: 'found' }
  const ports = await freePorts()
  return { kind: 'own', ...ports, ...(ports.port === USUAL_PORT ? {} : { taken: usual.taken }) }
}

const hasCredentials = ({ connectionOptions: { tls, apiKey } }: TemporalSettings): boolean =>
  Boolean(tls) || apiKey !== undefined

const USUAL_PORT = Number(DEFAULT_ADDRESS.split(':')[1])

type UsualPort = {
  /** What listens there, or else at the port of the UI. */
  readonly taken: string
  readonly isUsable: boolean
}

/** A worker of another configuration would take the steps of these runs, and fail them. */
async function atUsualPort(): Promise<UsualPort> {
  if (!(await listens(USUAL_PORT)))
    return { taken: belongs(USUAL_PORT + UI_OFFSET, 'another program'), isUsable: false }
  if (!(await isServing(DEFAULT_ADDRESS))) return { taken: belongs(USUAL_PORT, 'another program'), isUsable: false }
  const worker = await withTemporal(livingWorker)
  if (worker === undefined) return { taken: belongs(USUAL_PORT, 'another Temporal server'), isUsable: true }
  return { taken: belongs(USUAL_PORT, `a Temporal server with another worker (${worker})`), isUsable: false }
}

const belongs = (port: number, holder: string): string => `port ${port} belongs to ${holder}`
