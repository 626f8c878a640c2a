// The folder of the demo's files.
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeFolder } from '../processes/folderLock.ts'

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

/** Locks the folder and returns the function that releases it; runs of earlier demos stay. Throws Error when a demo is running. */
export async function takePlace(): Promise<() => Promise<void>> {
  const release = await takeFolder(folder, 'A demo')
  await mkdir(join(folder, 'data'), { recursive: true })
  await mkdir(PLACE.runs, { recursive: true })
  return release
}

/** The path relative to the checkout. */
export function shown(path: string): string {
  return relative(root, path)
}
