import { CommandError, EXIT } from '../commandError.ts'

/** Throws CommandError when the address can't be listened on. */
export async function emulator(options: { readonly host: string; readonly port: number }): Promise<void> {
  const { runEmulatorProcess } = await import('../../packages/emulator/main.ts')
  await runEmulatorProcess(options).catch((error: Error) => {
    if (!('syscall' in error)) throw error
    throw new CommandError(
      `The emulator cannot listen on ${options.host}:${options.port}: ${error.message}. Give another --port or --host`,
      EXIT.runFailed,
    )
  })
}
