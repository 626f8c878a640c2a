// The import table of CONTRIBUTING.md holds: Biome refuses a file that crosses a boundary.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const CROSSINGS: readonly (readonly [string, string])[] = [
  ['workflows', 'node:fs'],
  ['workflows', '../salesforce/connection.ts'],
  ['workflows', '../store/fileRunStore.ts'],
  ['workflows', '../sources/open.ts'],
  ['workflows', '@temporalio/client'],
  ['workflows', 'zod'],
  ['workflows', '../sync/scheduleSchema.ts'],
  ['activities', 'croner'],
  ['activities', '../workers/config.ts'],
  ['activities', '../cli/main.ts'],
  ['activities', '../emulator/index.ts'],
  ['activities', '@temporalio/workflow'],
  ['salesforce', '@temporalio/activity'],
  ['salesforce', '../sync/plan.ts'],
  ['salesforce', '../store/open.ts'],
  ['sync', '../salesforce/connection.ts'],
  ['sync', '../store/open.ts'],
  ['sync', 'node:fs'],
  ['sources', '../salesforce/describe.ts'],
  ['sources', '../activities/staging.ts'],
  ['store', '../activities/staging.ts'],
  ['store', 'jsforce'],
  ['store', '../sources/open.ts'],
  ['sources', '../store/open.ts'],
  ['places', '../store/open.ts'],
  ['places', '../sources/open.ts'],
  ['places', '../sync/spec.ts'],
  ['workflows', '../places/s3Uri.ts'],
  ['sync', '../places/s3Uri.ts'],
  ['notifications', '../workers/config.ts'],
  ['notifications', '../salesforce/connection.ts'],
  ['notifications', '@temporalio/activity'],
  ['salesforce', '../notifications/notifier.ts'],
  ['workers', '../cli/main.ts'],
  ['workers', '../emulator/index.ts'],
  ['cli', '../salesforce/connection.ts'],
  ['cli', '../cluster/stage.ts'],
  ['cli', '../activities/createActivities.ts'],
  ['client', '../workers/config.ts'],
  ['client', 'zod'],
  ['client', '@temporalio/worker'],
  ['emulator', '../salesforce/describe.ts'],
  ['emulator', '../sync/spec.ts'],
  ['emulator', 'jsforce'],
]

const ALLOWED: readonly (readonly [string, string])[] = [
  ['workflows', '@temporalio/workflow'],
  ['workflows', './contract.ts'],
  ['workflows', '../sync/tally.ts'],
  ['activities', '../salesforce/errors.ts'],
  ['activities', '@temporalio/activity'],
  ['salesforce', 'node:http'],
  ['sync', 'papaparse'],
  ['sync', 'croner'],
  ['sources', 'node:fs'],
  ['store', 'node:fs'],
  ['store', '../places/s3Uri.ts'],
  ['sources', '../places/s3Uri.ts'],
  ['places', '@aws-sdk/client-s3'],
  ['workers', '../activities/createActivities.ts'],
  ['cli', 'commander'],
  ['client', '../workflows/contract.ts'],
  ['client', '@temporalio/client'],
  ['emulator', 'fastify'],
]

let folder: string
let refused: ReadonlySet<string>

const pathOf = (from: string, imported: string) => `${from}/${imported.replaceAll(/\W/g, '_')}.ts`

/** One file for each case, in a folder that has nothing of the project but its configuration of Biome. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'salesforce-link-boundaries-'))
  await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const [from, imported] of [...CROSSINGS, ...ALLOWED]) {
    const path = join(folder, pathOf(from, imported))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `import { something } from '${imported}'\n\nsomething()\n`)
  }
  refused = new Set(await restrictedImports())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Paths of the files in which Biome finds an import that may not be. */
function restrictedImports(): Promise<readonly string[]> {
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--only=style/noRestrictedImports',
    '--reporter=github',
    '--max-diagnostics=none',
    '.',
  ]
  return new Promise(resolve => {
    execFile(biome, args, { cwd: folder }, (_, stdout) => {
      resolve([...stdout.matchAll(/^::error .*?file=([^,]+),/gm)].map(([, path = '']) => relative(folder, path)))
    })
  })
}

test.each(CROSSINGS)('lint refuses %s importing %s', (from, imported) => {
  expect(refused).toContain(pathOf(from, imported))
})

test.each(ALLOWED)('lint lets %s import %s', (from, imported) => {
  expect(refused).not.toContain(pathOf(from, imported))
})
