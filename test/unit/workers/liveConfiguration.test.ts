// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { generateKeyPairSync } from 'node:crypto'
import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { readConfiguration } from '../../../config/configuration.ts'
import { createDependencies } from '../../../workers/dependencies.ts'
import { fixedConfiguration, followedConfiguration } from '../../../workers/liveConfiguration.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
const file = join(folder, 'sflink.yaml')
const CONNECTIONS = `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: id, clientSecret: "\${SECRET}" }
`
const SYNC = `syncs:
  nightly: { connection: production, object: Contact, operation: create, source: { uri: "file:data/a.csv" }, fields: { LastName: last } }
`
const KEY = Buffer.alloc(32, 7).toString('base64')

beforeEach(async () => {
  await writeFile(join(folder, '.env'), 'SECRET=first\n')
  await rm(file, { force: true })
  await writeFile(file, CONNECTIONS)
})

async function follow() {
  const log: string[] = []
  const logger = { info: (line: string) => log.push(line), warn: (line: string) => log.push(line) }
  const read = () => readConfiguration(file, { environment: {} })
  const first = await read()
  const live = await followedConfiguration(first, read, logger)
  return { live, log, dependencies: createDependencies(first, undefined, live) }
}

test('a changed file is used by the next step, without a restart', async () => {
  const { live, log, dependencies } = await follow()
  const connection = dependencies.connection('production')
  expect(dependencies.syncNames).toEqual([])
  await live.refresh()
  expect(dependencies.connection('production')).toBe(connection)
  await writeFile(file, `retention: 5d\n${CONNECTIONS}${SYNC}`)
  await live.refresh()
  expect(dependencies.syncNames).toEqual(['nightly'])
  expect(dependencies.sync('nightly')?.object).toBe('Contact')
  expect(dependencies.retention).toEqual({ completed: 5 * 86_400_000 })
  expect(dependencies.connection('production')).not.toBe(connection)
  expect(log).toEqual(['Configuration read again'])
})

test('a changed .env is used too', async () => {
  const { live } = await follow()
  const secret = () => {
    const auth = live.current().connections.get('production')?.auth
    return auth?.flow === 'client_credentials' ? auth.clientSecret.reveal() : undefined
  }
  expect(secret()).toBe('first')
  await writeFile(join(folder, '.env'), 'SECRET=second one\n')
  await live.refresh()
  expect(secret()).toBe('second one')
})

test('a broken file keeps what was read before, until it is correct again', async () => {
  const { live, log, dependencies } = await follow()
  const { readAt } = live.state()
  await writeFile(file, `${CONNECTIONS}syncs: { nightly: { object: Contact } }\n`)
  await live.refresh()
  await live.refresh()
  expect(dependencies.connection('production')).toBeDefined()
  expect(live.state()).toMatchObject({ file, readAt, problem: expect.stringContaining('syncs.nightly.connection') })
  expect(log).toEqual(['Changed configuration is not valid; the worker uses the one that it read before'])
  await writeFile(file, CONNECTIONS + SYNC)
  await live.refresh()
  expect(live.state().problem).toBeUndefined()
  expect(dependencies.syncNames).toEqual(['nightly'])
})

test('a key file that is put in place later is read by the next step', async () => {
  const { live, log, dependencies } = await follow()
  const byKey = CONNECTIONS.replace(
    /auth: .*/,
    'auth: { flow: jwt_bearer, clientId: id, username: u@x.de, privateKeyFile: server.key }',
  )
  await writeFile(file, byKey)
  await live.refresh()
  expect(live.state().problem).toContain('server.key: the file does not exist')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(join(folder, 'server.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await live.refresh()
  expect(live.state().problem).toBeUndefined()
  expect(dependencies.connection('production')).toBeDefined()
  expect(log).toEqual([
    'Changed configuration is not valid; the worker uses the one that it read before',
    'Configuration read again',
  ])
})

test('keys that take effect after a restart are named', async () => {
  const { live, log } = await follow()
  expect(live.state().restartFor).toEqual([])
  await writeFile(file, `runStore: file:other\nencryption: { keys: [{ id: a, key: ${KEY} }] }\n${CONNECTIONS}`)
  await live.refresh()
  expect(live.state().restartFor).toEqual(['runStore', 'encryption'])
  expect(log).toEqual(['Configuration read again', 'Changed keys take effect after a restart of the worker'])
  await rm(file, { force: true })
  await writeFile(file, CONNECTIONS)
  await live.refresh()
  expect(live.state().restartFor).toEqual([])
})

test('steps that begin at the same time read the file once', async () => {
  const { live, log } = await follow()
  await writeFile(file, CONNECTIONS + SYNC)
  await Promise.all([live.refresh(), live.refresh(), live.refresh()])
  expect(log).toEqual(['Configuration read again'])
})

test('a configuration without files stays as it is', async () => {
  const { live } = await follow()
  const fixed = fixedConfiguration(live.current())
  await writeFile(file, 'nonsense')
  await fixed.refresh()
  expect(fixed.current()).toBe(live.current())
  expect(fixed.state()).toMatchObject({ file, restartFor: [] })
})

test('a link to a device without an end keeps the configuration that was read before', async () => {
  const { live } = await follow()
  await rm(file)
  await symlink('/dev/zero', file)
  await live.refresh()
  expect(live.current().connections.has('production')).toBe(true)
  expect(live.state().problem).toContain('is larger than 1 MB')
})
