import type { WorkerProcessOptions } from '../../workers/runWorker.ts'
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

export type WorkerCommandOptions = Omit<WorkerProcessOptions, 'deployment'> & {
  readonly deployment?: string
  readonly buildId?: string
}

/** Throws CommandError when only one of --deployment and --build-id is given. */
export async function worker({ deployment: name, buildId, ...options }: WorkerCommandOptions): Promise<void> {
  if ((name === undefined) !== (buildId === undefined)) {
    throw new CommandError('Worker Versioning needs both --deployment and --build-id; give both or neither')
  }
  const { useHeapFlags } = await import('../../workers/heapFlags.ts')
  useHeapFlags()
  const { runWorker } = await import('../../workers/runWorker.ts')
  const deployment = name === undefined || buildId === undefined ? {} : { deployment: { name, buildId } }
  await runWorker({ ...options, ...deployment })
}
