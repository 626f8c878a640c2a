// What `sflink import` is given: which tool's file it is, and whether its loads fit a sync.
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readBounded } from '../../config/boundedFile.ts'
import { shownPath } from '../../config/configuration.ts'
import { pathText } from '../../config/problems.ts'
import { parseSyncSpec } from '../../loader/spec/parseSyncSpec.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { writtenSyncSpecSchema } from '../../packages/client/contract/syncSpec.ts'
import { CommandError } from '../commandError.ts'
import { importDataLoader } from './importDataLoader.ts'
import type { Imported, ImportedFile, ImportedSync, ImportPlaces, LeftOut } from './imported.ts'
import { firstFile } from './importedSource.ts'
import { importSfdmu } from './importSfdmu.ts'

const FILES = 'the process-conf.xml of Data Loader or the export.json of SFDMU'

/** Reads the file, or the one in a directory. Throws CommandError when it cannot be imported. */
export async function readImport(given: string, places: ImportPlaces): Promise<Imported> {
  const file = await readFileAt(await pathOf(given))
  const imported = await readerOf(file)(file, places)
  for (const name of places.only ?? []) {
    if (imported.origins.includes(name)) continue
    const all = imported.origins.join(', ')
    throw new CommandError(`--only ${name}: ${file.shown} has ${all}${didYouMean(name, imported.origins)}`)
  }
  const problems = imported.syncs.map(sync => [sync, problemOf(sync)] as const)
  const left = new Set(problems.flatMap(([{ name }, problem]) => (problem === undefined ? [] : [name])))
  return {
    ...imported,
    flows: imported.flows.map(flow => ({ ...flow, syncs: flow.syncs.filter(name => !left.has(name)) })),
    syncs: problems.flatMap(([sync, problem]) => (problem === undefined ? [sync] : [])),
    leftOut: [...imported.leftOut, ...problems.flatMap(([, problem]) => problem ?? [])],
  }
}

function readerOf({ path, shown, bytes }: ImportedFile) {
  const text = Buffer.from(bytes.subarray(0, 1_000))
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
  if (text.startsWith('<')) return importDataLoader
  if (text.startsWith('{')) return importSfdmu
  if (/\.sdl$/i.test(path)) {
    throw new CommandError(
      `${shown} is a mapping, which does not say what is loaded; give the process-conf.xml that names it`,
    )
  }
  throw new CommandError(`${shown} is neither XML nor JSON; give ${FILES}`)
}

async function pathOf(given: string): Promise<string> {
  const path = resolve(given)
  const state = await stat(path).catch(() => undefined)
  if (!state?.isDirectory()) return path
  const inside = ['process-conf.xml', 'export.json'].map(name => join(path, name))
  const found = await firstFile(inside)
  if (found === undefined) throw new CommandError(`${given} has no process-conf.xml and no export.json; give ${FILES}`)
  return found
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EFBIG: 'is larger than 1 MB',
}

async function readFileAt(path: string): Promise<ImportedFile> {
  const shown = shownPath(path)
  try {
    return { path, shown, bytes: await readBounded(path) }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new CommandError(`${shown} ${UNREADABLE[code] ?? `cannot be read (${code})`}; give ${FILES}`)
  }
}

/** Why a sync cannot be written as it is. */
function problemOf({ origin, entry }: ImportedSync): LeftOut | undefined {
  const parsed = parseSyncSpec(entry, { shape: writtenSyncSpecSchema })
  if (parsed.ok) return undefined
  const reasons = parsed.problems.map(({ path, message }) => `${pathText(path)}: ${message}`)
  return { origin, reason: `its sync would not be valid: ${reasons.join('; ')}` }
}
