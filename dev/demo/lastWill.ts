import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process that ends others when this one is gone: no handler of our own could see a SIGKILL. */
export type LastWill = {
  began(pid: number, stopSignal: NodeJS.Signals): void
  ended(pid: number): void
  /** A folder to remove after them. */
  leaves(folder: string): void
}

export function makeLastWill(): LastWill {
  const script = fileURLToPath(new URL('./lastWill.mjs', import.meta.url))
  // A group of its own: Ctrl-C is for us, and we end the others in their order.
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.unref()
  if ('unref' in child.stdin) (child.stdin as { unref(): void }).unref()
  child.stdin.on('error', () => {})
  return {
    began: (pid, stopSignal) => child.stdin.write(`+${pid} ${stopSignal}\n`),
    ended: pid => child.stdin.write(`-${pid}\n`),
    leaves: folder => child.stdin.write(`=${folder}\n`),
  }
}
