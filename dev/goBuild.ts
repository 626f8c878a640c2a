// Builds programs from their Go modules.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { showProgress } from './progressLine.ts'

export type GoBuild = {
  /** For the progress line, like "Temporal 1.5.1". */
  readonly what: string
  /** Version of the module that all the packages are of, without `v`. */
  readonly version: string
  /** Import path of a package, and the name its program shall have. */
  readonly programs: readonly { readonly path: string; readonly name: string }[]
  /** Where the programs shall be; made when all of them are built. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  /** Of `go install`. @default none */
  readonly flags?: readonly string[]
}

/** Returns undefined when the programs are in their folder, else the reason why not. */
export async function buildWithGo(build: GoBuild): Promise<string | undefined> {
  await mkdir(dirname(build.folder), { recursive: true })
  const folder = await mkdtemp(`${build.folder}-build-`)
  const stop = showProgress(`Building ${build.what} with Go (once, a few minutes) …`)
  try {
    const failure = await goInstall(build, folder)
    if (failure !== undefined) return failure
    for (const { path, name } of build.programs) await rename(join(folder, builtName(path)), join(folder, name))
    // All of them appear at once or none does.
    await rm(build.folder, { recursive: true, force: true })
    await rename(folder, build.folder)
    return undefined
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function builtName(path: string): string {
  return process.platform === 'win32' ? `${basename(path)}.exe` : basename(path)
}

function goInstall(
  { programs, version, environment, flags = [] }: GoBuild,
  folder: string,
): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = spawn('go', ['install', ...flags, ...programs.map(({ path }) => `${path}@v${version}`)], {
      env: { ...environment, GOBIN: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', data => {
      errors = (errors + data).slice(-4_000)
    })
    child.on('error', () => resolve('Go to build it is not on PATH'))
    child.on('close', code => resolve(code === 0 ? undefined : `building it with Go failed (${lastLine(errors)})`))
  })
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
