// Runs that load files of a temporary directory into a scripted org.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CONTENT_VERSION, type SpecParts } from '../../rig/describes.ts'
import { linesOf, newWorld, type Records, type World } from './memoryLoad.ts'

/** Files by their path below the directory. */
export type FileTexts = Readonly<Record<string, string>>

export function writeFiles(folder: string, files: FileTexts): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A run whose rows name files of the directory. */
export function fileWorld(
  folder: string,
  rows: Records,
  parts: Partial<SpecParts> = {},
  describe = CONTENT_VERSION,
): World {
  const given = {
    object: describe.name,
    fields: { VersionData: { file: 'path' } },
    identityFields: ['path'],
    ...parts,
  }
  const world = newWorld(rows, given, describe)
  world.dataDirectory = folder
  return world
}

/** A row for each path below the directory. */
export const rowsOf = (folder: string, ...paths: readonly string[]): Records =>
  paths.map(path => ({ path: join(folder, path) }))

/** The result of each row, with the number of records of the org that have its file. */
export function filesOf(world: World) {
  return linesOf(world, 'results.csv').map(({ path = '', status, id, errorcode, errormessage = '' }) => {
    const records = world.org.records.filter(record => record['PathOnClient'] === path.slice(path.lastIndexOf('/') + 1))
    const isRight = status === 'true' ? records.some(record => record['Id'] === id) : id === ''
    return { outcome: status === 'true' ? 'created' : errorcode, inOrg: records.length, isRight, errormessage }
  })
}
