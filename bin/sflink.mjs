#!/usr/bin/env node
// Starts the command: from its TypeScript source in a checkout, else from the build.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = new URL('../cli/main.ts', import.meta.url)
const built = new URL('../dist/cli/main.js', import.meta.url)
const projectNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const recent = major > 22 || (major === 22 && minor >= 18)

if (process.env.npm_command !== undefined) {
  // npm sends SIGTERM to its shell, which ends without forwarding it, so the end of the parent counts as the signal.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

if (recent) {
  await import(existsSync(source) ? source : built)
} else if (existsSync(projectNode)) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  const child = spawn(projectNode, args, { stdio: 'inherit' })
  // The terminal sends Ctrl-C to the child too, and the child decides how to end.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('close', code => {
    process.exitCode = code ?? 1
  })
} else {
  console.error(
    `sflink needs Node 22.18 or later, this is ${process.versions.node}. Install Node 24, then run it again.`,
  )
  process.exitCode = 2
}
