// Where the demo keeps its files, and who has it.
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeFolder } from './ownedFolder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
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

/** Throws Error when a demo has it already. Returns what gives it back; runs of earlier demos stay. */
export async function takePlace(): Promise<() => Promise<void>> {
  const giveBack = await takeFolder(folder, 'A demo')
  await mkdir(join(folder, 'data'), { recursive: true })
  await mkdir(PLACE.runs, { recursive: true })
  return giveBack
}

/** As a user in the checkout would write it. */
export function shown(path: string): string {
  return relative(root, path)
}
