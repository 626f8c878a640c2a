// Puts a Chromium into the project's cache, from a package of npm's registry.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { showProgress } from './progressLine.ts'

const PACKAGE = '@sparticuz/chromium'

export type BrowserInstall = {
  readonly version: string
  /** Where `chromium` and its libraries shall be. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
}

/** Returns undefined when the browser is in its folder, else the reason why not. */
export async function installBrowser({ version, folder, environment }: BrowserInstall): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the one that could be installed is for Linux on x64, this is ${process.platform} on ${process.arch}`
  }
  await mkdir(dirname(folder), { recursive: true })
  const place = await mkdtemp(`${folder}-install-`)
  const stop = showProgress(`Installing Chromium ${version} (once, 75 MB) …`)
  try {
    const npm = ['install', '--prefix', place, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
    const installed = await run('npm', [...npm, `${PACKAGE}@${version}`], environment)
    if (installed !== undefined) return `installing ${PACKAGE} with npm failed (${installed})`
    const unpacked = await unpack(place, environment)
    if (unpacked !== undefined) return `unpacking ${PACKAGE} failed (${unpacked})`
    await rm(folder, { recursive: true, force: true })
    await rename(join(place, 'unpacked'), folder)
    return undefined
  } finally {
    stop()
    await rm(place, { recursive: true, force: true })
  }
}

/** The package unpacks into the temporary directory; its libraries too when it takes the system for a bare one. */
async function unpack(place: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = join(place, 'unpacked')
  await mkdir(folder)
  const script = `await (await import('${PACKAGE}')).default.executablePath()`
  const bare = { ...environment, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }
  return run(process.execPath, ['--input-type=module', '--eval', script], bare, place)
}

/** Resolves to the last line of its errors when it failed. */
function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = spawn(command, args, { env: environment, cwd, stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', data => {
      errors = (errors + data).slice(-4_000)
    })
    child.on('error', error => resolve(error.message))
    child.on('close', code => resolve(code === 0 ? undefined : `${errors.trim().split('\n').at(-1)}`))
  })
}
