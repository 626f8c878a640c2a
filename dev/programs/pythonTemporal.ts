// A Python with Temporal's package for the examples, in a virtual environment in the project's cache.
import { createHash } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, isExecutable, onPath, showProgress } from '../../cli/up/programs.ts'
import { withLock } from '../processes/folderLock.ts'
import { runInstaller } from './executables.ts'

const REQUIREMENTS = fileURLToPath(new URL('../../examples/python/requirements.txt', import.meta.url))

/** Thrown when there is no Python for the examples and its installation failed. */
class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError' as const

  constructor(reason: string) {
    super(
      `No Python for the examples: ${reason}. Install Python 3.10 or later with venv and pip (Debian: python3-venv), then run the command again.`,
    )
  }
}

/**
 * The path of a python with the packages of examples/python/requirements.txt; installed by the first call.
 * Safe to call from several processes at once. Throws PythonMissingError.
 */
export async function findPythonTemporal(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const requirements = await readFile(REQUIREMENTS)
  const version = createHash('sha256').update(requirements).digest('hex').slice(0, 8)
  const folder = cacheFolder(environment, 'python', version)
  const python = pythonIn(folder)
  if (await isExecutable(python)) return python
  return withLock(`${folder}.lock`, async () => {
    if (!(await isExecutable(python))) await install(folder, environment)
    return python
  })
}

const pythonIn = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')

async function install(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const python = await onPath(environment, 'python3', 'Python 3.')
  if (python === undefined) throw new PythonMissingError('python3 is not on PATH')
  const unfinished = `${folder}-unfinished`
  const stop = showProgress('Installing the Temporal package for Python (once, about a minute) …')
  try {
    await rm(unfinished, { recursive: true, force: true })
    await run(python, ['-m', 'venv', unfinished], environment)
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]
    await run(pythonIn(unfinished), pip, environment)
    // The folder appears complete or not at all; a virtual environment finds its packages relative to itself.
    await rename(unfinished, folder)
  } finally {
    stop()
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function run(python: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { failed, lastError, lastLine } = await runInstaller(python, args, environment)
  if (!failed) return
  throw new PythonMissingError(`\`python3 ${args.slice(0, 3).join(' ')}\` failed (${lastError ?? lastLine})`)
}
