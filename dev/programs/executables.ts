// Installs programs that development needs into the cache of this user.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { executableName, showProgress } from '../../cli/up/programs.ts'

export type Installation = {
  /** Whether the command is not on PATH. */
  readonly missing: boolean
  readonly failed: boolean
  /** Last line of its output, and the last line that begins with ERROR. */
  readonly lastLine: string
  readonly lastError?: string
}

/** Runs an installer such as npm, pip or go to its end. */
export async function runInstaller(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  folder?: string,
): Promise<Installation> {
  const result = await execa(command, args, {
    ...{ env: environment, extendEnv: false, stdin: 'ignore', all: true, reject: false },
    ...(folder === undefined ? {} : { cwd: folder }),
  })
  const lines = (result.all || (result.originalMessage ?? '')).trim().split('\n')
  const lastError = lines.findLast(line => line.startsWith('ERROR'))?.trim()
  return {
    ...{ missing: result.code === 'ENOENT', failed: result.failed, lastLine: lines.at(-1)?.trim() ?? '' },
    ...(lastError === undefined ? {} : { lastError }),
  }
}

export type GoBuild = {
  /** For the progress line, like "Temporal 1.5.1". */
  readonly what: string
  /** Version of the module that contains the packages, without `v`. */
  readonly version: string
  /** Import path of each package, and the file name of its program. */
  readonly programs: readonly { readonly path: string; readonly name: string }[]
  /** Destination folder; created when all programs are built. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** Flags of `go install`. @default none */
  readonly flags?: readonly string[]
}

/** Returns undefined when the programs are in their folder, else the reason of the failure. */
export async function buildWithGo(build: GoBuild): Promise<string | undefined> {
  await mkdir(dirname(build.folder), { recursive: true })
  const folder = await mkdtemp(`${build.folder}-build-`)
  const stop = showProgress(`Building ${build.what} with Go (once, a few minutes) …`)
  try {
    const failure = await goInstall(build, folder)
    if (failure !== undefined) return failure
    for (const { path, name } of build.programs) {
      await rename(join(folder, executableName(basename(path))), join(folder, name))
    }
    // Either all programs appear or none.
    await rm(build.folder, { recursive: true, force: true })
    await rename(folder, build.folder)
    return undefined
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function goInstall({ programs, version, environment, flags = [] }: GoBuild, folder: string) {
  const packages = programs.map(({ path }) => `${path}@v${version}`)
  const run = await runInstaller('go', ['install', ...flags, ...packages], { ...environment, GOBIN: folder })
  if (run.missing) return 'Go to build it is not on PATH'
  return run.failed ? `building it with Go failed (${run.lastLine})` : undefined
}
