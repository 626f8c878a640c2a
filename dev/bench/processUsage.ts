// Time and memory of processes with their child processes, from /proc. Linux only.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { execa } from 'execa'
import { LOAD_LIMIT_MS, type Usage } from './load.ts'

/** Ticks per second in /proc/<pid>/stat, fixed by Linux's user-space interface. */
const TICKS = 100

const SAMPLE_MS = 50
const ERRORS_KEPT = 300

/** CPU seconds of a process and its descendants: those that run, and those that ended. */
export async function cpuOf(pid: number): Promise<number> {
  const own = await statOf(pid)
  const children = await Promise.all((await childrenOf(pid)).map(cpuOf))
  return children.reduce((sum, cpu) => sum + cpu, own.cpu + own.endedCpu)
}

/** MiB that a process and its descendants hold now. */
export async function memoryOf(pid: number): Promise<number> {
  return sizeOf(pid, 'VmRSS')
}

/** Follows the memory of a process and its descendants; the function ends that, and returns the peak in MiB. */
export function watchPeak(pid: number): () => Promise<number> {
  let peak = 0
  const sample = async () => {
    peak = Math.max(peak, await sizeOf(pid, 'VmHWM'))
  }
  const first = sample()
  const timer = setInterval(sample, SAMPLE_MS)
  return async () => {
    clearInterval(timer)
    await first
    await sample()
    return peak
  }
}

export type Command = {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  readonly environment?: NodeJS.ProcessEnv
}

/** Runs a command to its end and measures it. No other child of this process may end meanwhile. Throws when it fails. */
export async function measureCommand(command: Command): Promise<Usage & { readonly stdout: string }> {
  const before = await statOf(process.pid)
  const started = performance.now()
  const running = execa(command.program, command.args, {
    ...{ cwd: command.folder, stdin: 'ignore', extendEnv: false, env: command.environment ?? process.env },
    ...{ reject: false, timeout: LOAD_LIMIT_MS },
  })
  const peak = watchPeak(running.pid ?? 0)
  const { failed, timedOut, stdout, stderr, exitCode, signal } = await running
  const wall = (performance.now() - started) / 1000
  const usage = { wall, cpu: (await statOf(process.pid)).endedCpu - before.endedCpu, peak: await peak() }
  if (!failed) return { stdout, ...usage }
  const name = basename(command.program)
  if (timedOut) throw new Error(`${name} did not end within ${LOAD_LIMIT_MS / 60_000} minutes`)
  throw new Error(
    `${name} ended with ${signal ?? `code ${exitCode}`}: ${(stderr || stdout).trim().slice(-ERRORS_KEPT)}`,
  )
}

async function statOf(pid: number): Promise<{ readonly cpu: number; readonly endedCpu: number }> {
  const stat = await readProc(pid, 'stat')
  // The name in parentheses may contain spaces; utime, stime, cutime and cstime are the 12th to 15th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (at: number) => Number(fields[at] ?? 0) / TICKS
  return { cpu: seconds(11) + seconds(12), endedCpu: seconds(13) + seconds(14) }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readProc(pid, `task/${pid}/children`)
  return text.split(' ').filter(Boolean).map(Number)
}

/** Pages of a program that several processes run are in memory once. */
async function sizeOf(pid: number, name: 'VmHWM' | 'VmRSS'): Promise<number> {
  const sizes = await sizesOf(pid, name)
  const files = sizes.map(({ ofFiles }) => ofFiles)
  const sum = sizes.reduce((all, { size, ofFiles }) => all + size - ofFiles, 0)
  return sum + Math.max(...files)
}

type Size = { readonly size: number; readonly ofFiles: number }

/** MiB of a process and of each descendant. */
async function sizesOf(pid: number, name: 'VmHWM' | 'VmRSS'): Promise<readonly Size[]> {
  const status = await readProc(pid, 'status')
  const mebibytes = (line: string) => Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
  const children = await Promise.all((await childrenOf(pid)).map(child => sizesOf(child, name)))
  return [{ size: mebibytes(name), ofFiles: mebibytes('RssFile') }, ...children.flat()]
}

/** Empty for a process that has ended. */
function readProc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''
    throw error
  })
}
