// A folder that one process at a time works in.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Makes the folder and takes it. Returns what gives it back; what is in it stays.
 * Throws Error when another process has it.
 * @param what for the message, like "A demo"
 */
export async function takeFolder(folder: string, what: string): Promise<() => Promise<void>> {
  const owner = join(folder, 'process')
  const held = Number(await readFile(owner, 'utf8').catch(() => ''))
  if (held > 0 && isAlive(held)) {
    throw new Error(
      `${what} is running already (process ${held}). End it with Ctrl-C in its terminal, then start this one again`,
    )
  }
  await mkdir(folder, { recursive: true })
  await writeFile(owner, String(process.pid))
  return () => rm(owner, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
