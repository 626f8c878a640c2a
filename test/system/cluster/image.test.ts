// Checks of the Dockerfile that need no container engine: its build runs here, and the result is started.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { cp, symlink } from 'node:fs/promises'
import { delimiter, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { validate } from 'dockerfile-utils'
import { expect, inject, test } from 'vitest'
import { composeService } from '../../../dev/cluster/composeFile.ts'
import { ROOT } from '../../../dev/cluster/place.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
const { scripts, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
  devDependencies: Record<string, string>
}
/** The files and folders that .dockerignore includes. */
const context = [...readFileSync(join(ROOT, '.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm)].map(
  ([, name = '']) => name,
)

const wordsAfter = (instruction: string): readonly string[] =>
  JSON.parse(new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1] ?? '[]')

const entrypoint = wordsAfter('ENTRYPOINT')
const command = wordsAfter('CMD')
const healthCheck = /HEALTHCHECK[^[]*CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? ''

test('the Dockerfile passes its linter', () => {
  expect(validate(dockerfile)).toEqual([])
  expect(validate(`${dockerfile}\nHEALTHCHEK NONE\n`)).not.toEqual([])
})

test('it builds and runs on the Node that the project is developed with', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  const base = `node:${devDependencies['node']}-bookworm-slim`
  expect(bases).toEqual([base, base])
})

test('process 1 is Node, runs without root, and the health check uses the port of the worker', () => {
  expect(entrypoint).toEqual(['node', '/app/bin/sflink.mjs'])
  expect(dockerfile.lastIndexOf('USER 1000:1000')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'))
  const listens = command[command.indexOf('--health') + 1]
  expect(healthCheck).toContain(`http://${listens}/readyz`)
  const secrets = { POSTGRES_PASSWORD: 'p', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 's' }
  expect(composeService('worker', secrets).command).toContain(listens)
})

test('.dockerignore includes every folder that the build compiles, and no file that may contain a secret', () => {
  const { exclude } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.build.json'), 'utf8')) as { exclude: string[] }
  const files = globSync('*/**/*.ts', { cwd: ROOT, exclude: [...exclude, '.*'] })
  const folders = [...new Set(files.map(file => file.split(sep)[0]))]
  expect(folders).toEqual(expect.arrayContaining(['cli', 'loader', 'packages', 'workflows']))
  // Add a missing folder to .dockerignore.
  expect(context).toEqual(expect.arrayContaining(folders))
  for (const name of ['.env', 'sflink.yaml', 'runs', 'data', 'node_modules', '.git'])
    expect(context).not.toContain(name)
})

const folder = temporaryFolder()

test('the built command answers, becomes healthy, and ends at SIGTERM', async () => {
  const [build, app] = [join(folder, 'build'), join(folder, 'app')]
  for (const name of context)
    await cp(join(ROOT, name), join(build, name), { recursive: true, force: true }).catch(() => {})
  await symlink(join(ROOT, 'node_modules'), join(build, 'node_modules'))
  const environment = {
    ...process.env,
    PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  }
  // The bundles for encrypting and tracing workers contain the same code.
  const steps = scripts['build']?.split(' && ').filter(step => !/--(encodes-failures|traced)/.test(step)) ?? []
  await promisify(execFile)('sh', ['-ec', steps.join('\n')], { cwd: build, env: environment })
  for (const [, name = ''] of dockerfile.matchAll(/^COPY --from=build \/app\/(?!ca-cert|node_modules)(\S+)/gm)) {
    await cp(join(build, name), join(app, name), { recursive: true })
  }
  await symlink(join(ROOT, 'node_modules'), join(app, 'node_modules'))
  const program = join(app, 'bin', 'sflink.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--version'], { cwd: folder })
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  await runsWell(program)
})

async function runsWell(program: string): Promise<void> {
  const listens = `127.0.0.1:${await freePort()}`
  const args = [...command.slice(0, -1), listens, '--config', join(ROOT, 'dev', 'cluster', 'sflink.yaml')]
  const org = { SF_LOGIN_URL: 'http://127.0.0.1:1', SF_CLIENT_ID: 'id', SF_CLIENT_SECRET: 'secret' }
  const address = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: inject('temporalNamespace') }
  const worker = spawn(process.execPath, [program, ...args], {
    ...{
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], TMPDIR: folder, SFLINK_LOG: 'error', ...org, ...address },
    },
  })
  const ended = once(worker, 'exit')
  const [, ...check] = JSON.parse(healthCheck.replace(/127\.0\.0\.1:\d+/, listens)) as string[]
  const isHealthy = () =>
    promisify(execFile)(process.execPath, check).then(
      () => true,
      () => false,
    )
  await expect.poll(isHealthy, { timeout: 30_000, interval: 200 }).toBe(true)
  worker.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(await isHealthy()).toBe(false)
}
