// A worker in a process of its own, as a user starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { command, type Surroundings } from './sflink.ts'

/** Returns when the worker polls. */
export async function startWorkerProcess({
  cwd,
  environment,
}: Pick<Surroundings, 'cwd' | 'environment'>): Promise<ChildProcess> {
  const { PATH = '', HOME = '' } = process.env
  const worker = spawn(process.execPath, [command, 'worker'], { cwd, env: { PATH, HOME, ...environment } })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    worker.stderr.on('data', data => {
      log += data
      if (log.includes('Worker started')) resolve()
    })
    worker.once('exit', () => reject(new Error(`The worker ended: ${log}`)))
  })
  return worker
}

/** Ends it as a user does, and returns when it has ended. */
export async function stopWorkerProcess(worker: ChildProcess): Promise<void> {
  worker.kill('SIGTERM')
  if (worker.exitCode === null) await once(worker, 'exit')
}
