// What a command loads decides how soon it answers, and how much memory a worker takes before its first load.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const ROOT = join(import.meta.dirname, '../../..')
const COMMAND = join(ROOT, 'bin/sflink.mjs')
const folder = temporaryFolder()

/** Writes the packages that a process has loaded to the file of the variable when it exits. */
const RECORDER = `import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
const packages = new Set()
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const match = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*\\/node_modules\\/)/.exec(found.url)
    if (match) packages.add(match[1])
    return found
  },
})
process.on('exit', () => writeFileSync(process.env.LOADED_PACKAGES, JSON.stringify([...packages].sort())))`

let runs = 0

async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
  runs += 1
  const file = join(folder, `${runs}.json`)
  const recorder = `data:text/javascript,${encodeURIComponent(RECORDER)}`
  const env = { LOADED_PACKAGES: file, SFLINK_CONFIG: '' }
  await execa('node', ['--import', recorder, ...args], { cwd: folder, env, reject: false })
  return JSON.parse(await readFile(file, 'utf8'))
}

test.each(['--help', '--version', 'sync --help', 'sync run --help', 'frobnicate', 'sync run'])(
  'sflink %s loads the parser of the command line alone',
  async command => {
    expect(await loadedBy(COMMAND, ...command.split(' '))).toEqual(['commander', 'leven'])
  },
)

test('sflink sync list loads the client of Temporal, and nothing that only a worker needs', async () => {
  const loaded = await loadedBy(COMMAND, 'sync', 'list')
  expect(loaded).toContain('@temporalio/client')
  const others = ['@temporalio/worker', 'jsforce', '@aws-sdk/client-s3', 'nodemailer', 'fastify', 'pino']
  expect(loaded.filter(name => others.includes(name))).toEqual([])
})

test('a worker loads the clients of S3, mail and traces when its configuration needs them', async () => {
  const loaded = await loadedBy(join(ROOT, 'workers/runWorker.ts'))
  expect(loaded).toContain('@temporalio/worker')
  const later = ['@aws-sdk/client-s3', 'nodemailer', '@opentelemetry/sdk-trace-base', 'fastify', '@swc/core']
  expect(loaded.filter(name => later.includes(name))).toEqual([])
})
