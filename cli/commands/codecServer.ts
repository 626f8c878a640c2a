import { loadConfiguration } from '../../config/environment.ts'
import { startCodecServer } from '../../workers/codecServer.ts'
import { onStopSignal } from '../../workers/stopSignals.ts'
import { CommandError, EXIT } from '../commandError.ts'

export type CodecServerCommandOptions = {
  readonly host: string
  readonly port: number
  readonly ui: readonly string[]
  readonly config?: string
}

/** Throws CommandError when there are no keys, or the address can't be listened on. */
export async function codecServer({ host, port, ui, config }: CodecServerCommandOptions): Promise<void> {
  const { encryptionKeys: keys, file } = await loadConfiguration(config, { credentials: 'optional' })
  if (keys.length === 0) {
    throw new CommandError(
      `${file} has no encryption.keys: there is nothing to decrypt. Add the keys that the workers have`,
    )
  }
  const server = await startCodecServer({ keys, host, port, origins: ui }).catch((error: Error) => {
    throw new CommandError(
      `The codec server cannot listen on ${host}:${port}: ${error.message}. Give another --port or --host`,
      EXIT.runFailed,
    )
  })
  console.log(
    `Codec server on ${server.url} for Temporal's UI at ${ui.join(', ')}. Anyone who can reach it can read every run`,
  )
  await new Promise<void>(resolve => onStopSignal(() => resolve()))
  await server.close()
}
