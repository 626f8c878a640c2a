// The folder of the cluster's files.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeFolder } from '../processes/folderLock.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(ROOT, '.cluster')

export const PLACE = {
  folder,
  /** The scripts and settings that docker-compose.yml mounts. */
  mounted: join(ROOT, 'dev', 'cluster'),
  command: join(ROOT, 'bin', 'sflink.mjs'),
  logs: join(folder, 'logs'),
  objects: join(folder, 's3'),
  ui: join(folder, 'ui'),
  source: join(folder, 'contacts.csv'),
  temporalProfile: join(folder, 'temporal.toml'),
} as const

/** Locks and empties the folder. Returns the function that releases it. Throws Error when a cluster is running. */
export async function takePlace(): Promise<() => Promise<void>> {
  const release = await takeFolder(folder, 'A cluster')
  await Promise.all([PLACE.logs, PLACE.objects, PLACE.ui].map(path => rm(path, { recursive: true, force: true })))
  await Promise.all([PLACE.logs, PLACE.objects, PLACE.ui].map(path => mkdir(path, { recursive: true })))
  return release
}

export function logOf(name: string): string {
  return join(PLACE.logs, `${name}.log`)
}
