import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { dataConverterFor } from './encryption/encryptionCodec.ts'
import type { KeyRing } from './encryption/keyRing.ts'
import { TemporalUnreachableError } from './errors.ts'
import { type TemporalSettings, temporalSettings } from './settings.ts'
import { connectionLine, unreachableLine } from './unreachable.ts'

const CONNECT_TIMEOUT = '5 seconds'
/** Milliseconds. */
const ANSWER_TIMEOUT = 1_000

export type ConnectOptions = {
  /** `encryption.keys` of the workers, each made by `encryptionKey`; the first one encrypts. @default none */
  readonly keys?: KeyRing
  /** Names this process in Temporal's UI. @default process id and host */
  readonly identity?: string
  /** `host:port` where neither TEMPORAL_ADDRESS nor the profile names one. @default 127.0.0.1:7233 */
  readonly unnamedAddress?: string
}

export type QueueOptions = {
  /** The task queue that the workers poll. @default `salesforce-link` */
  readonly taskQueue?: string
}

/**
 * A client by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, … or the profile of the `temporal` command. Close it with
 * `client.connection.close()`. Throws TemporalUnreachableError, and TemporalSettingsError when the settings are invalid.
 * @see https://docs.temporal.io/develop/environment-configuration
 */
export async function connect({ keys = [], identity, unnamedAddress }: ConnectOptions = {}): Promise<Client> {
  const settings = temporalSettings(unnamedAddress)
  const { namespace } = settings
  const connection = await connected(settings)
  const dataConverter = dataConverterFor(keys)
  return new Client({ connection, namespace, dataConverter, ...(identity === undefined ? {} : { identity }) })
}

/** The client of Temporal retries for its whole timeout, whatever the reason: a reason that is plain ends the wait. */
async function connected(settings: TemporalSettings): Promise<Connection> {
  const { address, connectionOptions } = settings
  const ended = new AbortController()
  const connecting = Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT })
  try {
    return await Promise.race([connecting, plainReason(settings, ended.signal)])
  } catch (error) {
    connecting.then(late => late.close()).catch(() => {})
    if (error instanceof TemporalUnreachableError) throw error
    const reason = error instanceof Error ? error : new Error(String(error))
    const line = await unreachableLine(settings, await firstAnswer(settings, reason))
    throw new TemporalUnreachableError(address, line, error)
  } finally {
    ended.abort()
  }
}

/** Milliseconds: a server that is well answers in less; a server that has just started, or is behind a proxy, gets as much again. */
const SOON = 700

/** Throws TemporalUnreachableError when the reason can be seen from outside; else does not resolve. */
async function plainReason(settings: TemporalSettings, signal: AbortSignal): Promise<never> {
  const wait = () =>
    sleep(SOON, undefined, { signal }).then(
      () => true,
      () => false,
    )
  const line = (await wait()) ? await connectionLine(settings) : undefined
  if (line === undefined || !(await wait())) return new Promise<never>(() => {})
  throw new TemporalUnreachableError(settings.address, line, undefined)
}

/** The client retries until its timeout, and then does not report what the server answered. */
async function firstAnswer({ connectionOptions }: TemporalSettings, error: Error): Promise<string> {
  let connection: Connection | undefined
  try {
    const opened = Connection.lazy(connectionOptions)
    connection = opened
    await opened.withDeadline(Date.now() + ANSWER_TIMEOUT, () => opened.workflowService.getSystemInfo({}))
    return error.message
  } catch (answer) {
    return answer instanceof Error ? answer.message : error.message
  } finally {
    await connection?.close()
  }
}
