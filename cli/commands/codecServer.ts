import { codecToken, loadConfiguration } from '../../config/environment.ts'
import { LOOPBACK_HOSTS, startCodecServer } from '../../workers/codecServer.ts'
import { onStopSignal } from '../../workers/stopSignals.ts'
import { CommandError, EXIT } from '../commandError.ts'

export type CodecServerCommandOptions = {
  readonly host: string
  readonly port: number
  readonly ui: readonly string[]
  readonly allowHost?: readonly string[]
  readonly encode?: boolean
  readonly config?: string
}

/** Throws CommandError when there are no keys, or the address can't be listened on. */
export async function codecServer(options: CodecServerCommandOptions): Promise<void> {
  const { host, port, ui, allowHost: hosts = [], encode: encodes = false, config } = options
  const { encryptionKeys: keys, file } = await loadConfiguration(config, { credentials: 'optional' })
  if (keys.length === 0) {
    throw new CommandError(
      `${file} has no encryption.keys: there is nothing to decrypt. Add the keys that the workers have`,
    )
  }
  const token = codecToken()
  if (token === undefined && !isLoopback(host)) {
    throw new CommandError(
      `The codec server on ${host} would decrypt every run for everyone in its network. Set SFLINK_CODEC_TOKEN to the token that requests must carry, or listen on 127.0.0.1 behind a proxy that authenticates`,
    )
  }
  const access = { hosts, encodes, ...(token === undefined ? {} : { token }) }
  const server = await startCodecServer({ keys, host, port, origins: ui, ...access }).catch((error: Error) => {
    throw new CommandError(
      `The codec server cannot listen on ${host}:${port}: ${error.message}. Give another --port or --host`,
      EXIT.runFailed,
    )
  })
  console.log(
    `Codec server on ${server.url} for Temporal's UI at ${ui.join(', ')}. ${token === undefined ? 'Anyone who can reach it can read every run' : 'Requests must carry the token of SFLINK_CODEC_TOKEN'}`,
  )
  await new Promise<void>(resolve => onStopSignal(() => resolve()))
  await server.close()
}

const isLoopback = (host: string): boolean => LOOPBACK_HOSTS.includes(host.includes(':') ? `[${host}]` : host)
