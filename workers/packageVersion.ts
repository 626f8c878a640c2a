import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Version of this package, as its package.json states it. */
export const PACKAGE_VERSION: string = readVersion()

function readVersion(): string {
  const path = findPackageJSON('..', import.meta.url)
  return path === undefined ? 'unknown' : JSON.parse(readFileSync(path, 'utf8')).version
}
