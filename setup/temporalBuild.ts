// Builds the Temporal CLI with Go.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { showProgress } from './progressLine.ts'

/** What to put where: the version without `v`, and the path the executable shall have. */
export type InstallRequest = {
  readonly version: string
  readonly target: string
  readonly environment: NodeJS.ProcessEnv
}

/** Returns undefined when the executable is at its target, else the reason why not. */
export async function buildTemporal(request: InstallRequest): Promise<string | undefined> {
  await mkdir(dirname(request.target), { recursive: true })
  const folder = await mkdtemp(join(dirname(request.target), 'build-'))
  const stop = showProgress(`Building Temporal ${request.version} for development (once, a few minutes) …`)
  try {
    const failure = await goInstall(request, folder)
    if (failure !== undefined) return failure
    // The rename makes it appear whole or not at all.
    await rename(join(folder, basename(request.target)), request.target)
    return undefined
  } finally {
    stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function goInstall({ version, environment }: InstallRequest, folder: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = spawn('go', ['install', `github.com/temporalio/cli/cmd/temporal@v${version}`], {
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
