#!/usr/bin/env node
// Starts the emulator: from its TypeScript in a checkout, else from dist.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = new URL('../commandLine.ts', import.meta.url)
const built = new URL('../dist/commandLine.js', import.meta.url)
const checkoutNode = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url))
const args = process.argv.slice(2)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isRecent = major > 22 || (major === 22 && minor >= 18)

if (process.env.npm_command !== undefined) {
  // npm passes a SIGTERM to its shell, which ends without passing it on: a changed parent counts as the signal.
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

if (isRecent) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const { runCommandLine } = await import(existsSync(source) ? source : built)
  process.exitCode = await runCommandLine(args, version)
} else if (existsSync(source) && existsSync(checkoutNode)) {
  const child = spawn(checkoutNode, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
  // Ctrl-C reaches the child directly.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('close', code => {
    process.exitCode = code ?? 1
  })
} else {
  console.error(
    `salesforce-emulator needs Node 22.18 or later, this is ${process.versions.node}. Install Node 24, then run it again.`,
  )
  process.exitCode = 2
}
