// Run by lastWill.ts: ends the processes that it was told of when whoever started it is gone, however that went.
// Its standard input has lines `+PID SIGNAL` for a process that began, `-PID` for one that ended, and `=FOLDER` for one to remove
// after them; the end of the input is the news.
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

function tell(pid, signal) {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}

// The last one first: each works with those before it.
for (const [pid, signal] of [...running].reverse()) tell(pid, signal)
for (let waited = 0; waited < GRACE_MS && [...running.keys()].some(pid => tell(pid, 0)); waited += POLL_MS) {
  await new Promise(resolve => setTimeout(resolve, POLL_MS))
}
for (const pid of running.keys()) tell(pid, 'SIGKILL')
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
