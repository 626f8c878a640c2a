// The published package: the size of its installation, and whether its types compile in a user's project.
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** Megabytes of node_modules after `npm install`. */
const MAX_INSTALLED = 60
/** Milliseconds; the registry may be slow. */
const INSTALL_TIME = 240_000

const PROGRAM = `import { addRecords, connect, encryptionKey, RunFailedError, runSync, startSync } from 'salesforce-link-client'
const client = await connect({ keys: [encryptionKey('2026', 'a'.repeat(64))] })
const { tally } = await runSync(client, { sync: 'contacts', label: '1', records: [{ last_name: 'Silva' }] })
const created: number = tally.created
// @ts-expect-error a number is not a string: the types are not any
const text: string = tally.created
const { result } = await startSync(client, { sync: 'contacts', label: '2', spec: { operation: 'create', maxRejected: null } })
await result().catch((error: unknown) => { if (error instanceof RunFailedError) console.log(error.kind) })
// @ts-expect-error the operation does not exist
await startSync(client, { sync: 'contacts', label: '3', spec: { operation: 'merge' } })
console.log(created, text, (await addRecords(client, { sync: 'contacts', id: 'a', records: [{ n: 1 }] })).results[0]?.id)
`

const folder = temporaryFolder()
beforeAll(async () => {
  const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(ROOT, 'packages/client'),
    preferLocal: true,
    localDir: ROOT,
  })
  expect(packed.exitCode).toBe(0)
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? ''
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await writeFile(join(folder, 'program.ts'), PROGRAM)
  const options = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await execa('npm', ['install', ...options, `./${tarball}`], { cwd: folder })
}, INSTALL_TIME)

test(`installs less than ${MAX_INSTALLED} MB, and no worker`, async () => {
  const names = await readdir(join(folder, 'node_modules', '@temporalio'))
  expect(names.sort()).toEqual(['client', 'common', 'envconfig', 'proto'])
  expect((await bytesIn(join(folder, 'node_modules'))) / 1e6).toBeLessThan(MAX_INSTALLED)
})

test('runs in plain Node', async () => {
  const { stdout } = await execa(
    'node',
    ['-p', "import('salesforce-link-client').then(m => console.log(m.TASK_QUEUE)), 1"],
    {
      cwd: folder,
    },
  )
  expect(stdout).toContain('salesforce-link')
})

test.each([true, false])(
  'its types compile under strict, skipLibCheck: %s',
  async skipLibCheck => {
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const { stdout } = await execa('tsc', ['-p', folder], { preferLocal: true, localDir: ROOT, reject: false })
    expect(stdout).toBe('')
  },
  60_000,
)

async function bytesIn(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ name, parentPath }) => (await stat(join(parentPath, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
