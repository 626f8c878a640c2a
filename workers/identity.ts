// Names of this package and of its processes.
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { hostname } from 'node:os'

export const PACKAGE_VERSION: string = readVersion()

function readVersion(): string {
  const path = findPackageJSON('..', import.meta.url)
  return path === undefined ? 'unknown' : JSON.parse(readFileSync(path, 'utf8')).version
}

/**
 * Returns a process's name in Temporal's UI: `4711@host sflink worker load`.
 * @param part of the package, e.g. `worker load`
 */
export function identityOf(part: string): string {
  return `${process.pid}@${hostname()} sflink ${part}`
}
