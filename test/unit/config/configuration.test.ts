// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect } from 'vitest'
import { readConfiguration } from '../../../config/configuration.ts'
import { environment, NIGHTLY, PRODUCTION, test } from './configTest.ts'

describe('a valid configuration', () => {
  test('reads connections with secrets expanded, syncs with defaults, and paths relative to the file', async ({
    folder,
    read,
  }) => {
    const configuration = await read(
      `runStore: "file:kept"\ndataDirectories: [in, ../more, s3://bucket/in, "https://h.com/x/"]\n${PRODUCTION}${NIGHTLY}`,
    )
    expect(configuration.runStore).toBe('file:kept')
    expect(configuration.retention).toBeUndefined()
    expect(configuration.maxSourceBytes).toBe(20_000_000_000)
    expect((await read(`maxSourceBytes: 1000000\n${PRODUCTION}`)).maxSourceBytes).toBe(1_000_000)
    expect(configuration.dataDirectories).toEqual([
      join(folder, 'in'),
      join(folder, '../more'),
      's3://bucket/in',
      'https://h.com/x/',
    ])
    const connection = configuration.connections.get('production')
    expect(connection).toMatchObject({ name: 'production', apiVersion: 'latest', auth: { clientId: 'client-1' } })
    if (connection?.auth.flow !== 'client_credentials') throw new Error('another flow')
    expect(connection.auth.clientSecret.reveal()).toBe('hush-hush')
    expect(configuration.syncs.get('nightly')).toMatchObject({ object: 'Contact', blank: 'ignore' })
  })

  test('has no string form for its secrets', async ({ read }) => {
    const configuration = await read(PRODUCTION)
    const shown = inspect(configuration, { depth: 9 }) + JSON.stringify([...configuration.connections])
    expect(shown).not.toContain('hush-hush')
  })

  test('accepts an API version as text or number', async ({ read }) => {
    const withVersion = (version: string) => PRODUCTION.replace('    auth', `    apiVersion: ${version}\n    auth`)
    for (const written of ['"67.0"', '67.0', '67']) {
      const { connections } = await read(withVersion(written))
      expect(connections.get('production')?.apiVersion).toBe('67.0')
    }
  })

  test('keeps texts of a sync as they are written, also where YAML reads a number or another word', async ({
    read,
  }) => {
    const values = '{ 01: 007, 1.50: 1.50, yes: TRUE, null: "" }'
    const { syncs } = await read(
      `${PRODUCTION}syncs:
  coded:
    connection: production
    object: Contact
    operation: create
    source: { inline: [{ last: 0049 }] }
    fields: { LastName: last, Code__c: { column: last, values: ${values}, unlisted: { value: 00 } }, Zip__c: { value: 00501 } }
`,
    )
    expect(syncs.get('coded')).toMatchObject({
      source: { inline: [{ last: '0049' }] },
      fields: {
        Code__c: { values: { '01': '007', '1.50': '1.50', yes: 'TRUE', null: '' }, unlisted: { value: '00' } },
        Zip__c: { value: '00501' },
      },
    })
  })

  test('keeps $${NAME} as the text ${NAME}', async ({ read }) => {
    const { connections } = await read(PRODUCTION.replace('${SF_CLIENT_ID}', () => '$${SF_CLIENT_ID}'))
    expect(connections.get('production')?.auth).toMatchObject({ clientId: '${SF_CLIENT_ID}' })
  })

  test('expands variables inside quotes and in the middle of a value', async ({ read }) => {
    const { connections } = await read(PRODUCTION.replace('${SF_CLIENT_ID}', '"a-${SF_CLIENT_ID}-z"'))
    expect(connections.get('production')?.auth).toMatchObject({ clientId: 'a-client-1-z' })
  })

  test('reads the private key from a file beside it', async ({ folder, read }) => {
    await writeFile(join(folder, 'key.pem'), 'PEM text')
    const auth = '{ flow: jwt_bearer, clientId: x, username: u@acme.com, privateKeyFile: key.pem }'
    const { connections } = await read(`connections:\n  jwt:\n    auth: ${auth}\n`)
    const settings = connections.get('jwt')?.auth
    if (settings?.flow !== 'jwt_bearer') throw new Error('another flow')
    expect(settings.privateKey.reveal()).toBe('PEM text')
  })

  test('can be read without the credentials by commands that do not log in', async ({ read }) => {
    const text = PRODUCTION.replace('${SF_CLIENT_SECRET}', '${NOT_SET}')
    await expect(read(text, { credentials: 'optional' })).resolves.toBeDefined()
    await expect(read(text)).rejects.toThrow('NOT_SET')
  })
})

test('callers may load anything, or with allow the syncs of the file with no key replaced', async ({ read }) => {
  expect(await read(`${PRODUCTION}${NIGHTLY}`)).not.toHaveProperty('allow')
  expect((await read(`allow: {}\n${PRODUCTION}${NIGHTLY}`)).allow).toEqual({ syncs: ['nightly'], overrides: [] })
  const some = await read(`allow: { syncs: [], overrides: [source] }\n${PRODUCTION}${NIGHTLY}`)
  expect(some.allow).toEqual({ syncs: [], overrides: ['source'] })
})

test('retention times are milliseconds, and each may be left out', async ({ read }) => {
  const day = 86_400_000
  expect((await read(`retention: 90d\nretentionUnfinished: 365d\n${PRODUCTION}`)).retention).toEqual({
    completed: 90 * day,
    unfinished: 365 * day,
  })
  expect((await read(`retention: 1d\n${PRODUCTION}`)).retention).toEqual({ completed: day })
})

describe('a file that cannot be read as configuration is reported when it', () => {
  test('is missing', async ({ folder }) => {
    const reading = readConfiguration(join(folder, 'absent.yaml'), { environment })
    await expect(reading).rejects.toThrow(
      `${folder}/absent.yaml: the file does not exist; create it by sflink init (sflink emulator prints one for an org to try), or name another with --config or SFLINK_CONFIG`,
    )
  })

  test('is a directory', async ({ folder }) => {
    await expect(readConfiguration(folder, { environment })).rejects.toThrow(
      'is a directory; name the file in it, or name another with --config',
    )
  })

  test('is empty', async ({ problems }) => {
    expect(await problems('# nothing yet\n')).toEqual([
      'sflink.yaml: the file is empty; it needs at least connections:, see "A real org" in README.md',
    ])
  })

  test('is not UTF-8', async ({ problems }) => {
    expect(await problems(Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe))).toEqual([
      'sflink.yaml: is not UTF-8 text; save it as UTF-8, or name another with --config or SFLINK_CONFIG',
    ])
  })

  test('is not YAML', async ({ problems }) => {
    expect(await problems('connections:\n  a: [1, 2\nb: "x\n')).toEqual([
      'sflink.yaml:3:1 is not valid YAML: a { or [ before this is not closed; add the } or ]',
    ])
  })

  test('is plain text', async ({ problems }) => {
    expect(await problems('hello there\n')).toEqual([
      'sflink.yaml:1:1 expected a mapping such as { connections: … }; given "hello there"',
    ])
  })

  test('has a key twice', async ({ problems }) => {
    expect(await problems(`${PRODUCTION}connections: {}\n`)).toEqual([
      'sflink.yaml:5:1 duplicate key connections; remove one',
    ])
  })
})
