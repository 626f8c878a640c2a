// The programs of a Temporal server, built by Go from the versions that docker-compose.yml names.
import { delimiter, join } from 'node:path'
import { cacheFolder, isExecutable } from '../../cli/up/programs.ts'
import { withLock } from '../processes/folderLock.ts'
import { buildWithGo, type GoBuild } from './executables.ts'
import { findTemporal } from './temporalExecutable.ts'

/** Thrown when the programs are not in the cache and their build failed. */
class TemporalServerMissingError extends Error {
  override readonly name = 'TemporalServerMissingError' as const

  constructor(what: string, reason: string) {
    super(`Cannot get ${what}: ${reason}. Install Go 1.26.8 or later (https://go.dev/dl), then run the command again.`)
  }
}

export type TemporalPrograms = {
  readonly server: string
  readonly ui: string
  /** PATH for scripts that call `temporal-sql-tool` and `temporal`. */
  readonly path: string
}

/**
 * @param images like `temporalio/server:1.32.0` and `temporalio/ui:2.54.1`
 * @throws TemporalServerMissingError, TemporalMissingError
 */
export async function findTemporalPrograms(
  images: { readonly server: string; readonly ui: string },
  environment: NodeJS.ProcessEnv = process.env,
): Promise<TemporalPrograms> {
  const inCache = (name: string, version: string, build: Build) => findOrBuild(name, version, build, environment)
  const serverVersion = versionOf(images.server)
  const server = await inCache('temporal-server', serverVersion, {
    what: `the Temporal server ${serverVersion}`,
    programs: [
      { path: 'go.temporal.io/server/cmd/server', name: 'temporal-server' },
      { path: 'go.temporal.io/server/cmd/tools/sql', name: 'temporal-sql-tool' },
    ],
  })
  const uiVersion = versionOf(images.ui)
  const ui = await inCache('temporal-ui', uiVersion, {
    what: `the Temporal UI ${uiVersion}`,
    programs: [{ path: 'github.com/temporalio/ui-server/v2/cmd/server', name: 'temporal-ui' }],
  })
  return {
    server: join(server, 'temporal-server'),
    ui: join(ui, 'temporal-ui'),
    path: [server, await folderOfCommand(environment), environment['PATH'] ?? ''].join(delimiter),
  }
}

type Build = Pick<GoBuild, 'what' | 'programs'>

const versionOf = (image: string): string => image.split(':').at(-1) ?? ''

/** Returns the folder of the programs. A second process waits for the first, then finds them. */
async function findOrBuild(
  name: string,
  version: string,
  build: Build,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const folder = cacheFolder(environment, name, version)
  const complete = () => Promise.all(build.programs.map(program => isExecutable(join(folder, program.name))))
  return withLock(`${folder}.lock`, async () => {
    if ((await complete()).every(Boolean)) return folder
    const failure = await buildWithGo({ ...build, version, folder, environment, flags: ['-ldflags=-s -w'] })
    if (failure !== undefined) throw new TemporalServerMissingError(build.what, failure)
    return folder
  })
}

async function folderOfCommand(environment: NodeJS.ProcessEnv): Promise<string> {
  const found = await findTemporal({ ...environment, TEMPORAL_ADDRESS: '' })
  if (found.kind !== 'executable') throw new Error('Without an address only an executable can be found')
  return join(found.path, '..')
}
