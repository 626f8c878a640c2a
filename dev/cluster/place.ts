// Where the cluster keeps its files.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takeFolder } from '../demo/ownedFolder.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(ROOT, '.cluster')

export const PLACE = {
  folder,
  /** The scripts and settings that docker-compose.yml mounts. */
  mounted: join(ROOT, 'cluster'),
  command: join(ROOT, 'bin', 'sflink.mjs'),
  logs: join(folder, 'logs'),
  /** What the S3 gateway keeps. */
  objects: join(folder, 's3'),
  ui: join(folder, 'ui'),
  source: join(folder, 'contacts.csv'),
  temporalProfile: join(folder, 'temporal.toml'),
} as const

/** Empties the folder and takes it. Throws Error when a cluster has it already. Returns what gives it back. */
export async function takePlace(): Promise<() => Promise<void>> {
  const giveBack = await takeFolder(folder, 'A cluster')
  await Promise.all([PLACE.logs, PLACE.objects, PLACE.ui].map(path => rm(path, { recursive: true, force: true })))
  await Promise.all([PLACE.logs, PLACE.objects, PLACE.ui].map(path => mkdir(path, { recursive: true })))
  return giveBack
}

export function logOf(name: string): string {
  return join(PLACE.logs, `${name}.log`)
}
