// A Python with Temporal's package for the examples, in an environment of its own in the project's cache.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder, isExecutable, onPath } from './executables.ts'
import { withLock } from './installLock.ts'
import { showProgress } from './progressLine.ts'

const REQUIREMENTS = fileURLToPath(new URL('../examples/python/requirements.txt', import.meta.url))

/** Thrown when the examples in Python can't be run. */
class PythonMissingError extends Error {
  override readonly name = 'PythonMissingError' as const

  constructor(reason: string) {
    super(
      `No Python for the examples: ${reason}. Install Python 3.10 or later with venv and pip (Debian: python3-venv), then run the command again.`,
    )
  }
}

/**
 * The path of a python that has what examples/python/requirements.txt names; made at the first call.
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
    // It appears whole or not at all; a virtual environment finds its packages beside itself.
    await rename(unfinished, folder)
  } finally {
    stop()
    await rm(unfinished, { recursive: true, force: true })
  }
}

function run(python: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const pipe of [child.stdout, child.stderr]) {
      pipe.on('data', data => {
        output = (output + data).slice(-4_000)
      })
    }
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) return resolve()
      const lines = output.trim().split('\n')
      const told = lines.findLast(line => line.startsWith('ERROR')) ?? lines.at(-1) ?? ''
      reject(new PythonMissingError(`\`python3 ${args.slice(0, 3).join(' ')}\` failed (${told.trim()})`))
    })
  })
}
