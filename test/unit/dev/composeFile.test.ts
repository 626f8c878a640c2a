// Checks of docker-compose.yml that need no container engine. `npm run cluster` runs the services.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { DCLinter } from 'dclint'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../../../cli/program.ts'
import { readConfiguration } from '../../../config/configuration.ts'
import { COMPOSE_FILE, composeService, movedTo } from '../../../dev/cluster/composeFile.ts'
import { ROOT } from '../../../dev/cluster/place.ts'
import { clusterSource } from '../../../dev/cluster/source.ts'
import { contactBlocks } from '../../../dev/contacts.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

type Service = {
  readonly image: string
  readonly build?: object
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly command?: readonly string[]
  readonly profiles?: readonly string[]
}

const folder = temporaryFolder()
const text = readFileSync(COMPOSE_FILE, 'utf8')
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> }
const names = Object.keys(services)
const ours = names.filter(name => services[name]?.image === 'salesforce-link:local')
const SECRETS = { POSTGRES_PASSWORD: 'p', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 's' }

/** Violations of the Compose specification's schema and of the linter's rules; rules of style are off. */
function problemsOf(file: string): readonly string[] {
  const style = [
    'no-quotes-in-volumes',
    'require-quotes-in-ports',
    'service-dependencies-alphabetical-order',
    'service-keys-order',
    'services-alphabetical-order',
    'service-ports-alphabetical-order',
    'service-environment-alphabetical-order',
    'top-level-properties-order',
  ]
  const rules = Object.fromEntries(style.map(name => [name, 0 as const]))
  const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] })
  const found: readonly { readonly messages: readonly { readonly message: string }[] }[] = linter.lintFiles(
    [file],
    false,
  )
  return found.flatMap(({ messages }) => messages.map(({ message }) => message))
}

test('the file follows the Compose specification', async () => {
  expect(problemsOf(COMPOSE_FILE)).toEqual([])
  const broken = join(folder, 'docker-compose.yml')
  await writeFile(broken, text.replace('shm_size:', 'shm_sizes:'))
  expect(problemsOf(broken).join()).toContain('/services/postgres')
})

test.each(names)('%s has a pinned image, no unneeded privileges, and listens on loopback only', name => {
  const { image, user, read_only, cap_drop, ports } = services[name] as Service
  expect(image).toMatch(ours.includes(name) ? /:local$/ : /:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/)
  // Only the job that changes the ownership of a new volume runs as root.
  expect(user).toMatch(name === 's3-buckets' ? /^0:0$/ : /^(1000:1000|postgres)$/)
  expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] })
  for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
})

test('one service builds the image of all Salesforce Link services', () => {
  expect(ours.filter(name => services[name]?.build !== undefined)).toEqual(['worker'])
  expect(ours).toEqual(['search-attributes', 'worker', 'emulator', 'demo'])
})

test('every mounted file exists', () => {
  const mounted = names.flatMap(name => services[name]?.volumes ?? []).filter(volume => volume.startsWith('.'))
  expect(mounted.length).toBeGreaterThan(4)
  for (const volume of mounted) expect(existsSync(join(ROOT, volume.split(':')[0] ?? ''))).toBe(true)
})

test.each(ours)('the command of %s exists with its options', name => {
  const { command } = composeService(name, SECRETS)
  const program = createProgram()
  expect(commandFor(program, command)?.parseOptions([...command]).unknown).toEqual([])
})

/** The command that commander selects for the arguments. */
function commandFor(program: Command, args: readonly string[]): Command | undefined {
  const [name, ...rest] = args
  const found = program.commands.find(command => command.name() === name)
  return found === undefined || found.commands.length === 0 ? found : commandFor(found, rest)
}

test('the configuration that is mounted is valid in the environment of the workers, and has the sync of the demo', async () => {
  const { environment } = composeService('worker', SECRETS)
  const { syncs, connections, runStore } = await readConfiguration(join(ROOT, 'dev', 'cluster', 'sflink.yaml'), {
    environment,
  })
  expect([...connections.keys()]).toEqual(['org'])
  expect(composeService('demo', SECRETS).command).toEqual(['sync', 'run', [...syncs.keys()][0]])
  expect(runStore).toBe('s3://sflink/runs')
})

test('the code reads every SFLINK variable', () => {
  const code = globSync('{workers,cli,config,loader}/**/*.ts', { cwd: ROOT }).map(file =>
    readFileSync(join(ROOT, file), 'utf8'),
  )
  const set = [...text.matchAll(/^ +((?:SFLINK)_\w+):/gm)].map(([, name = '']) => name)
  expect(set).not.toEqual([])
  for (const name of set) expect(code.join()).toContain(`'${name}'`)
})

test('dev/cluster/example.env has the variables that the file reads, and no others', () => {
  const example = readFileSync(join(ROOT, 'dev', 'cluster', 'example.env'), 'utf8')
  const documented = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name)
  const read = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  expect([...new Set(documented)].sort()).toEqual([...new Set(read)].sort())
  expect(() => composeService('worker', {})).toThrow(
    'docker-compose.yml needs S3_ACCESS_KEY_ID: set it in .env, see dev/cluster/example.env',
  )
})

test('movedTo changes variables of a service, and rejects others', () => {
  const schema = composeService('temporal-schema', SECRETS)
  expect(movedTo(schema, { SQL_PORT: '15432' })).toMatchObject({ SQL_PORT: '15432', SQL_PASSWORD: 'p' })
  expect(() => movedTo(schema, { SQL_HOTS: 'x' })).toThrow('gives temporalio/admin-tools:1.32.0 no SQL_HOTS')
  expect(() => composeService('wroker', SECRETS)).toThrow("no service 'wroker'")
})

test('the source of the demo profile equals the first records of the cluster source', () => {
  expect(readFileSync(join(ROOT, 'dev', 'cluster', 'contacts.csv'), 'utf8')).toBe(
    [...contactBlocks(clusterSource(12))].join(''),
  )
})
