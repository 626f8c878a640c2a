import { execFile } from 'node:child_process'
import { chmod, copyFile, lstat, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
// A small project: the real one may be in use.
let project: string

beforeEach(async () => {
  project = await mkdtemp(join(folder, 'project-'))
  await Promise.all(['dev', 'node_modules', 'bin'].map(name => mkdir(join(project, name))))
  await copyFile(fileURLToPath(new URL('../../../dev/install.mjs', import.meta.url)), join(project, 'dev/install.mjs'))
  await symlink(process.execPath, join(project, 'bin/node'))
  await lock('package-lock.json', '1.2.3')
  await file(
    'bin/npm',
    '#!/bin/sh\necho "npm was called: $*" >&2\necho "npm error code ENOTFOUND" >&2\nexit 1\n',
    0o755,
  )
})

async function file(path: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(project, path)), { recursive: true })
  await writeFile(join(project, path), content)
  await chmod(join(project, path), mode)
}

function lock(path: string, version: string): Promise<void> {
  const optional = { 'node_modules/other-platform': { version: '9.9.9', optional: true } }
  const packages = { '': {}, 'node_modules/x': { version }, ...(path === 'package-lock.json' ? optional : {}) }
  return file(path, JSON.stringify({ packages }))
}

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

function install(args: readonly string[], path = join(project, 'bin')): Promise<Ran> {
  return new Promise(resolve => {
    const script = join(project, 'dev/install.mjs')
    execFile(process.execPath, [script, ...args], { env: { PATH: path } }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('with all packages installed it only runs the script, with its arguments and its exit code', async () => {
  await lock('node_modules/.package-lock.json', '1.2.3')
  await file('say.mjs', 'console.log(process.argv.slice(2).join()); process.exitCode = 3\n')
  expect(await install([join(project, 'say.mjs'), '--keep', 'x'])).toEqual({
    code: 3,
    stdout: '--keep,x\n',
    stderr: '',
  })
  expect((await lstat(join(project, 'node_modules/.bin/sflink'))).isSymbolicLink()).toBe(true)
})

test('a package of another version makes it install; without a network one line reports it', async () => {
  await lock('node_modules/.package-lock.json', '1.0.0')
  const { code, stderr } = await install([])
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^Installing packages \(once, about a minute\) … 0 s\nInstalling packages failed: npm cannot reach its registry \(ENOTFOUND\)\. .*\n$/,
  )
})

test('a failure of npm is reported with its messages', async () => {
  await file(
    'bin/npm',
    '#!/bin/sh\necho "npm error code EUSAGE" >&2\necho "npm error lock out of step" >&2\nexit 1\n',
    0o755,
  )
  const { stderr } = await install([])
  expect(stderr).toContain(
    'Installing packages failed: code EUSAGE; lock out of step. Run `npm ci` to see the whole output.',
  )
})

test('without npm the error names what to install', async () => {
  const { code, stderr } = await install([], '/nowhere')
  expect(code).toBe(1)
  expect(stderr).toContain('npm is not on PATH: install Node 24 with npm')
})
