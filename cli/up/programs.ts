// Programs that are on PATH, or in the cache of this user.
import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** The file name of a program on this system. */
export function executableName(program: string): string {
  return process.platform === 'win32' ? `${program}.exe` : program
}

/** The folder in the cache of this user for one version of a program. */
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

/** Milliseconds. */
const VERSION_MS = 10_000

async function answersToVersion(path: string, says: string): Promise<boolean> {
  const answer = promisify(execFile)(path, ['--version'], { timeout: VERSION_MS })
  // A program that answers by an error status answers nevertheless.
  return answer.then(
    ({ stdout }) => stdout.startsWith(says),
    (error: { readonly stdout?: string }) => error.stdout?.startsWith(says) ?? false,
  )
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
