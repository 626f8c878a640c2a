// Where the demo keeps its files, and who has it.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, '.demo')

export const PLACE = {
  folder,
  command: join(root, 'bin', 'sflink.mjs'),
  configuration: join(folder, 'sflink.yaml'),
  source: join(folder, 'data', 'contacts.csv'),
  runs: join(folder, 'runs'),
  emulatorLog: join(folder, 'emulator.log'),
  workerLog: join(folder, 'worker.log'),
} as const

const owner = join(folder, 'process')

/** Throws Error when a demo has it already. Returns what gives it back; runs of earlier demos stay. */
export async function takePlace(): Promise<() => Promise<void>> {
  const held = Number(await readFile(owner, 'utf8').catch(() => ''))
  if (held > 0 && isAlive(held)) {
    throw new Error(
      `A demo is running already (process ${held}). End it with Ctrl-C in its terminal, then start this one again`,
    )
  }
  await mkdir(join(folder, 'data'), { recursive: true })
  await mkdir(PLACE.runs, { recursive: true })
  await writeFile(owner, String(process.pid))
  return () => rm(owner, { force: true })
}

/** As a user in the checkout would write it. */
export function shown(path: string): string {
  return relative(root, path)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
