// Programs that development needs: on PATH, or in the project's cache.
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { execa } from 'execa'

/** The file name of a program on this system. */
export function executableName(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program
}

/** The folder in the project's cache for one version of a program. */
export function cacheFolder(environment: NodeJS.ProcessEnv, program: string, version: string): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'salesforce-link', `${program}-${version}`)
}

/**
 * The first executable on PATH with this name and the expected output of `--version`: an unrelated program may have the same name.
 * @param says first characters of that output
 */
export async function onPath(
  environment: NodeJS.ProcessEnv,
  program: string,
  says: string,
): Promise<string | undefined> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, executableName(program))
    if (folder && (await isExecutable(path)) && (await answersToVersion(path, says))) return path
  }
  return undefined
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function answersToVersion(path: string, says: string): Promise<boolean> {
  const { stdout } = await execa(path, ['--version'], {
    reject: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: 10_000,
  })
  return stdout?.startsWith(says) ?? false
}

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

/** Writes the text with the elapsed seconds: in place on a terminal, else a new line every 15 s. Returns the function that stops it. */
export function showProgress(text: string): () => void {
  const inPlace = process.stderr.isTTY === true
  const started = Date.now()
  const write = () => {
    const line = `${text} ${Math.round((Date.now() - started) / 1000)} s`
    process.stderr.write(inPlace ? `\r${line}` : `${line}\n`)
  }
  write()
  const timer = setInterval(write, inPlace ? 1_000 : 15_000)
  return () => {
    clearInterval(timer)
    if (inPlace) process.stderr.write('\n')
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
