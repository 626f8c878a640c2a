// The folder of `sflink up` beside sflink.yaml: data of Temporal, and which processes run.
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readUpState, type UpState, upFolderOf, upStateFile } from '../../config/upState.ts'
import { systemCode } from '../../loader/http/networkErrors.ts'
import { isAlive } from '../../loader/storage/durableFiles.ts'
import { CommandError, EXIT } from '../commandError.ts'

/** Milliseconds. */
const POLL_MS = 100
/** A worker gives its running steps 24 seconds by default; here they continue on the next one. */
const LEFTOVER_MS = 10_000

export type UpPlace = {
  /** File of Temporal's data. */
  readonly database: string
  readonly temporalLog: string
  /** How many processes of a killed `up` were ended. */
  readonly leftovers: number
  /** Records what runs, for other commands and for the next `up`. */
  record(state: Omit<UpState, 'process'>): Promise<void>
  /** Lets another `up` start. Synchronous, because it is the last that a process does. */
  release(): void
}

/** The path as messages name it. */
export const shownPath = (path: string): string => {
  const shown = relative(process.cwd(), path)
  return shown.startsWith('..') ? path : shown
}

/** Takes the folder for this process, and ends what a killed `up` has left behind. Throws CommandError when another `up` runs here. */
export async function takePlace(configFile: string): Promise<UpPlace> {
  const folder = upFolderOf(configFile)
  await makeFolder(folder).catch((error: unknown) => {
    throw new CommandError(`${folder} cannot be written (${systemCode(error)}); sflink up keeps its data there`)
  })
  const file = upStateFile(folder)
  let leftovers = 0
  while (!(await createState(file))) leftovers += await removeAbandoned(folder)
  return {
    database: join(folder, 'temporal.db'),
    temporalLog: join(folder, 'temporal.log'),
    leftovers,
    record: async state => {
      const written = `${file}.new`
      await writeFile(written, stateText(state), { mode: 0o600 })
      await rename(written, file)
    },
    release: () => rmSync(file, { force: true }),
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Data, and no part of the project.
  await writeFile(join(folder, '.gitignore'), '*\n')
}

const stateText = (state: Omit<UpState, 'process'>): string => JSON.stringify({ process: process.pid, ...state })

/** Resolves to false when the file exists. */
async function createState(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(stateText({ children: [] }))
    await handle.close()
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Resolves to the number of processes that were ended. Throws CommandError when the `up` that wrote the state still runs. */
async function removeAbandoned(folder: string): Promise<number> {
  // Another `up` may be about to write it.
  await sleep(POLL_MS)
  const state = await readUpState(folder)
  if (state !== undefined && (await isUp(state.process))) throw runsAlready(state, folder)
  const directory = dirname(folder)
  const mine = await Promise.all(
    (state?.children ?? []).map(async id => ((await commandOf(id)) ?? '').includes(directory)),
  )
  const left = (state?.children ?? []).filter((_, index) => mine[index])
  await endAll(left)
  await rm(upStateFile(folder), { force: true })
  return left.length
}

function runsAlready({ process: id, temporalPort }: UpState, folder: string): CommandError {
  const where = temporalPort === undefined ? '' : `, with Temporal at 127.0.0.1:${temporalPort}`
  return new CommandError(
    `sflink up already runs for ${dirname(folder)} (process ${id}${where}). Stop it with Ctrl-C in its terminal, or: kill ${id}`,
    EXIT.runFailed,
  )
}

/** A process id alone does not tell: after a restart of the machine another program may have it. */
async function isUp(id: number): Promise<boolean> {
  return isAlive(id) && / up\b/.test((await commandOf(id)) ?? ' up')
}

/** The command line of a process; empty when it has ended, undefined where the system does not tell. */
async function commandOf(id: number): Promise<string | undefined> {
  const listed = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => undefined)
  if (listed !== undefined) return listed.replaceAll('\0', ' ')
  if (!isAlive(id)) return ''
  return promisify(execFile)('ps', ['-o', 'command=', '-p', String(id)]).then(
    ({ stdout }) => stdout,
    () => undefined,
  )
}

async function endAll(ids: readonly number[]): Promise<void> {
  for (const id of ids) process.kill(id, 'SIGTERM')
  for (let waited = 0; waited < LEFTOVER_MS && ids.some(isAlive); waited += POLL_MS) await sleep(POLL_MS)
  for (const id of ids.filter(isAlive)) process.kill(id, 'SIGKILL')
}
