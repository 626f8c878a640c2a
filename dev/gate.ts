// The whole gate: every check and all tests, also after one has failed, and one line at the end with the counts.
// `npm test -- unit` runs the unit tests alone; other arguments are passed to vitest after the checks: `npm test -- test/system/cli`.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { findS3 } from './programs/s3Executable.ts'
import { findTemporal } from './programs/temporalExecutable.ts'
import { countTests, type Tally } from './tally.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
}

/** Resolves to the exit code; a command that a signal ended counts as failed. */
async function run(command: string, args: readonly string[] = []): Promise<number> {
  const options = { cwd: root, env: environment, stdio: 'inherit', shell: args.length === 0, reject: false } as const
  return (await execa(command, args, options)).exitCode ?? 1
}

const CHECKS = ['types', 'lint', 'boundaries', 'knip'] as const

/** Runs the script of package.json of this name, so that each check is defined once. */
async function check(name: (typeof CHECKS)[number]): Promise<Tally> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const command = scripts[name]
  if (command === undefined) throw new Error(`package.json has no script "${name}".`)
  const failed = (await run(command)) !== 0
  console.log(`${failed ? '✗' : '✓'} ${name}`)
  return { passed: failed ? 0 : 1, failed: failed ? 1 : 0 }
}

async function tests(args: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-link-gate-'))
  try {
    const report = join(folder, 'tests.json')
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await run(process.execPath, [vitest, 'run', ...reporters, ...args])
    return countTests(await readFile(report, 'utf8').catch(() => undefined), code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function wholeGate(args: readonly string[]): Promise<readonly Tally[]> {
  // Built during the checks, where they must be built. When a build fails, its tests report why.
  const servers = Promise.allSettled([findTemporal(environment), findS3(environment)])
  const tallies: Tally[] = []
  for (const name of CHECKS) tallies.push(await check(name))
  // Tests beside a compiler are slow, and some would run out of time.
  await servers
  return [...tallies, await tests(args)]
}

const [first, ...others] = process.argv.slice(2)
const tallies =
  first === 'unit' ? [await tests(['--project', 'unit', ...others])] : await wholeGate(process.argv.slice(2))
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
