// Programs that development needs: on PATH, or in the project's cache.
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The name that a program's file has on this system. */
export function executableName(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program
}

/** Where the project keeps a program of one version. */
export function cacheFolder(environment: NodeJS.ProcessEnv, program: string, version: string): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'salesforce-link', `${program}-${version}`)
}

/**
 * The first on PATH that is what it is called: another program may bear the name, but not write the same to `--version`.
 * @param says what the output begins with
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

function answersToVersion(path: string, says: string): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(path, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 })
    let output = ''
    child.stdout.on('data', data => {
      output += data
    })
    child.on('error', () => resolve(false))
    child.on('close', () => resolve(output.startsWith(says)))
  })
}
