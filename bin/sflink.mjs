#!/usr/bin/env node
// Starts the command: from its TypeScript source in a checkout, else from the build.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
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
  // What runs for long starts once, and would keep 5 MB more.
  if (!['worker', 'up'].includes(process.argv[2])) keepCompiledCode()
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

/** Halves the time until a command answers. The folder belongs to this user: Node's own, in /tmp, may belong to another, whose code would run here. */
function keepCompiledCode() {
  const { XDG_CACHE_HOME, HOME, USERPROFILE } = process.env
  const cache = XDG_CACHE_HOME || join(HOME || USERPROFILE || '/', '.cache')
  const folder = join(cache, 'salesforce-link', 'compiled')
  try {
    // One by one: Node repeats a recursive mkdir forever where the system answers that there is no such place.
    for (const path of [cache, dirname(folder), folder]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 })
    module.enableCompileCache(folder)
  } catch {
    // Without a folder that can be written, the code is compiled again by each command.
  }
}
