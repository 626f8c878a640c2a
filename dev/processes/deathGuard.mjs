// Started by processes.ts: ends the processes of a parent that is gone, however it ended, even by SIGKILL.
// Its standard input has a line `+PID SIGNAL` for each process that started, `-PID` for each that ended, and `=FOLDER` for each
// folder to remove after them. The parent is gone when the input ends.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const GRACE_MS = 10_000
const POLL_MS = 100
const running = new Map()
const folders = []

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, pid, signal] = /^([+-])(\d+) ?(SIG[A-Z]+)?$/.exec(line) ?? []
  if (sign === '+') running.set(Number(pid), signal)
  if (sign === '-') running.delete(Number(pid))
  if (line.startsWith('=')) folders.push(line.slice(1))
}

/** Signal 0 only asks whether the process exists. */
function send(pid, signal) {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}

// The last one first: each process uses those that started before it.
for (const [pid, signal] of [...running].reverse()) send(pid, signal)
for (let waited = 0; waited < GRACE_MS && [...running.keys()].some(pid => send(pid, 0)); waited += POLL_MS) {
  await new Promise(resolve => setTimeout(resolve, POLL_MS))
}
for (const pid of running.keys()) send(pid, 'SIGKILL')
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
