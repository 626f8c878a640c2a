// Histories of runs of released versions: test/histories/<version>/<name>.json.gz
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'

const [pack, unpack] = [promisify(gzip), promisify(gunzip)]
const SUFFIX = '.json.gz'

export type StoredHistory = { readonly name: string; readonly json: string }

/** Versions with stored histories. */
export async function storedVersions(): Promise<readonly string[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
}

export async function storedHistories(version: string): Promise<readonly StoredHistory[]> {
  const folder = join(import.meta.dirname, version)
  const files = (await readdir(folder)).filter(file => file.endsWith(SUFFIX))
  const names = files.map(file => file.slice(0, -SUFFIX.length)).sort()
  return Promise.all(
    names.map(async name => {
      const json = (await unpack(await readFile(join(folder, name + SUFFIX)))).toString()
      return { name, json }
    }),
  )
}

export async function storeHistory(version: string, name: string, history: History): Promise<void> {
  const folder = join(import.meta.dirname, version)
  await mkdir(folder, { recursive: true })
  // Removes the name of the machine.
  const json = historyToJSON(history).replaceAll(hostname(), 'recorder')
  await writeFile(join(folder, `${name}${SUFFIX}`), await pack(json, { level: 9 }))
}

export async function dropHistories(version: string): Promise<void> {
  await rm(join(import.meta.dirname, version), { recursive: true, force: true })
}
