import { readFile } from 'node:fs/promises'

/** Ticks per second in /proc/<pid>/stat, fixed by Linux's user-space interface. */
const TICKS = 100

export type Usage = {
  /** Seconds, user and system. */
  readonly cpu: number
  /** MiB, the peak since the start of the process. */
  readonly peak: number
}

/** The resources that a process has used so far. Linux only. */
export async function usageOf(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // The name in parentheses may contain spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024
  return { cpu, peak }
}
