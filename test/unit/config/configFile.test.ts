// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfiguration } from '../../../config/configFile.ts'
import { ConfigurationError } from '../../../config/configProblem.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sflink-config-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const environment = { SF_CLIENT_ID: 'client-1', SF_CLIENT_SECRET: 'hush-hush', EMPTY: '' }

async function read(text: string | Uint8Array, options: { credentials?: 'optional' } = {}) {
  const file = join(folder, 'sflink.yaml')
  await writeFile(file, text)
  return readConfiguration(file, { environment, ...options })
}

/** The error's lines without the folder. */
async function problems(text: string | Uint8Array): Promise<readonly string[]> {
  const error = await read(text).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConfigurationError)) throw new Error(`No ConfigurationError but ${inspect(error)}`)
  return error.message.replaceAll(`${folder}/`, '').split('\n')
}

const PRODUCTION = `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: \${SF_CLIENT_ID}, clientSecret: \${SF_CLIENT_SECRET} }
`

const NIGHTLY = `syncs:
  nightly:
    connection: production
    object: Contact
    operation: create
    source: { uri: "file:data/contacts.csv" }
    fields: { LastName: last_name }
`

describe('a configuration that can be used', () => {
  test('gives connections with secrets put in, syncs with defaults, and paths from the file on', async () => {
    const configuration = await read(
      `runStore: "file:kept"\ndataDirectories: [in, ../more, s3://bucket/in, "https://h.com/x/"]\n${PRODUCTION}${NIGHTLY}`,
    )
    expect(configuration.runStore).toBe('file:kept')
    expect(configuration.retention).toBeUndefined()
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

  test('has no string form for its secrets', async () => {
    const configuration = await read(PRODUCTION)
    const shown = inspect(configuration, { depth: 9 }) + JSON.stringify([...configuration.connections])
    expect(shown).not.toContain('hush-hush')
  })

  test('takes an API version as text or number', async () => {
    const withVersion = (version: string) => PRODUCTION.replace('    auth', `    apiVersion: ${version}\n    auth`)
    for (const written of ['"67.0"', '67.0', '67']) {
      const { connections } = await read(withVersion(written))
      expect(connections.get('production')?.apiVersion).toBe('67.0')
    }
  })

  test('keeps $${NAME} as the text ${NAME}', async () => {
    const { connections } = await read(PRODUCTION.replace('${SF_CLIENT_ID}', () => '$${SF_CLIENT_ID}'))
    expect(connections.get('production')?.auth).toMatchObject({ clientId: '${SF_CLIENT_ID}' })
  })

  test('expands variables inside quotes and in the middle of a value', async () => {
    const { connections } = await read(PRODUCTION.replace('${SF_CLIENT_ID}', '"a-${SF_CLIENT_ID}-z"'))
    expect(connections.get('production')?.auth).toMatchObject({ clientId: 'a-client-1-z' })
  })

  test('reads the private key from a file beside it', async () => {
    await writeFile(join(folder, 'key.pem'), 'PEM text')
    const auth = '{ flow: jwt_bearer, clientId: x, username: u@acme.com, privateKeyFile: key.pem }'
    const { connections } = await read(`connections:\n  jwt:\n    auth: ${auth}\n`)
    const settings = connections.get('jwt')?.auth
    if (settings?.flow !== 'jwt_bearer') throw new Error('another flow')
    expect(settings.privateKey.reveal()).toBe('PEM text')
  })

  test('lets commands that never log in read it without the credentials', async () => {
    const text = PRODUCTION.replace('${SF_CLIENT_SECRET}', '${NOT_SET}')
    await expect(read(text, { credentials: 'optional' })).resolves.toBeDefined()
    await expect(read(text)).rejects.toThrow('NOT_SET')
  })
})

describe('a configuration file that is no configuration', () => {
  test('is missing', async () => {
    const reading = readConfiguration(join(folder, 'absent.yaml'), { environment })
    await expect(reading).rejects.toThrow(
      `${folder}/absent.yaml: there is no such file; create it, or name another with --config or SFLINK_CONFIG`,
    )
  })

  test('is a directory', async () => {
    await expect(readConfiguration(folder, { environment })).rejects.toThrow('cannot be read (EISDIR)')
  })

  test('is empty', async () => {
    expect(await problems('# nothing yet\n')).toEqual([
      'sflink.yaml: the file is empty; it needs at least connections:, see "A real org" in README.md',
    ])
  })

  test('is not UTF-8', async () => {
    expect(await problems(Uint8Array.of(0x61, 0x3a, 0x20, 0xff, 0xfe))).toEqual([
      'sflink.yaml: is not UTF-8 text; save it as UTF-8, or name another with --config or SFLINK_CONFIG',
    ])
  })

  test('is not YAML', async () => {
    expect((await problems('connections:\n  a: [1, 2\nb: "x\n'))[0]).toMatch(
      /^sflink\.yaml:3:\d+ this is not YAML: .+; mend/,
    )
  })

  test('is plain text', async () => {
    expect(await problems('hello there\n')).toEqual([
      "sflink.yaml:1:1 must be a mapping (keys with values), not 'hello there'",
    ])
  })

  test('has a key twice', async () => {
    expect(await problems(`${PRODUCTION}connections: {}\n`)).toEqual([
      'sflink.yaml:5:1 this key stands here a second time; keep one of the two',
    ])
  })
})

test('the times that runs are kept are milliseconds, and each may be left out', async () => {
  const day = 86_400_000
  expect((await read(`keep: 90d\nkeepUnfinished: 365d\n${PRODUCTION}`)).retention).toEqual({
    completed: 90 * day,
    unfinished: 365 * day,
  })
  expect((await read(`keep: 1d\n${PRODUCTION}`)).retention).toEqual({ completed: day })
})

describe('a mistake in the configuration is named with place, given and allowed', () => {
  test.each([
    [
      'an unknown key at the top',
      `${PRODUCTION}sync: {}\n`,
      /^sflink\.yaml:5:1 sync: unknown key; allowed: runStore, .*, syncs.*; did you mean "syncs"\?$/,
    ],
    [
      'an unknown key of a connection',
      PRODUCTION.replace('loginUrl', 'loginURI'),
      'sflink.yaml:3:5 connections.production.loginURI: unknown key; allowed: loginUrl, instanceUrl, apiVersion, auth, proxy, requestTimeout, stallTimeout, maxConcurrentRequests; did you mean "loginUrl"?',
    ],
    [
      'an unknown key of a sync',
      `${PRODUCTION}${NIGHTLY}    keyfield: Email\n`,
      /^sflink\.yaml:12:5 syncs\.nightly: unknown key "keyfield"; allowed: .*; did you mean "keyField"\?$/,
    ],
    [
      'an operation that is none',
      `${PRODUCTION}${NIGHTLY.replace('create', 'creat')}`,
      /^sflink\.yaml:9:16 syncs\.nightly\.operation: .*create.*update.*upsert.*creat/,
    ],
    [
      'a flow that is none',
      PRODUCTION.replace('client_credentials', 'oauth'),
      "sflink.yaml:4:19 connections.production.auth.flow: 'oauth' is not allowed; use one of client_credentials, jwt_bearer, refresh_token, password, access_token",
    ],
    [
      'no flow',
      PRODUCTION.replace('flow: client_credentials, ', ''),
      'sflink.yaml:4:5 connections.production.auth.flow: is missing; use one of client_credentials, jwt_bearer, refresh_token, password, access_token',
    ],
    [
      'a connection without auth',
      'connections:\n  a:\n    loginUrl: https://acme.my.salesforce.com\n',
      'sflink.yaml:2:3 connections.a.auth: is missing; give a mapping (keys with values)',
    ],
    [
      'a variable that is not set',
      PRODUCTION.replace('SF_CLIENT_ID', 'SF_CLIENT_IDENT'),
      'sflink.yaml:4:49 connections.production.auth.clientId: the environment variable SF_CLIENT_IDENT is not set; set it for this process, or write $${SF_CLIENT_IDENT} for the text itself',
    ],
    [
      'a variable that is set to nothing',
      PRODUCTION.replace('SF_CLIENT_ID', 'EMPTY'),
      "sflink.yaml:4:49 connections.production.auth.clientId: the given value is empty; give the app's Consumer Key",
    ],
    [
      'a variable that can be none',
      PRODUCTION.replace('${SF_CLIENT_ID}', '"${SF CLIENT}"'),
      'sflink.yaml:4:49 connections.production.auth.clientId: ${SF CLIENT} names no environment variable; use letters, digits and _ only, or write $${SF CLIENT} for the text itself',
    ],
    [
      "a proxy that is no address, with a password that isn't shown",
      PRODUCTION.replace('    auth', '    proxy: "socks5://loader:hush-hush@proxy.acme.com:1080"\n    auth'),
      'sflink.yaml:4:12 connections.production.proxy: the given value is no address of a proxy; give the HTTP proxy on the way to the org, like http://user:${PROXY_PASSWORD}@proxy.acme.com:3128, or none; percent-encode special characters of a password',
    ],
    [
      'an address without https',
      PRODUCTION.replace('https://', ''),
      "sflink.yaml:3:15 connections.production.loginUrl: 'acme.my.salesforce.com' is not an address; give one with https://, like https://acme.my.salesforce.com",
    ],
    [
      'the address of the pages',
      PRODUCTION.replace('acme.my.salesforce.com', 'acme.lightning.force.com'),
      "sflink.yaml:3:15 connections.production.loginUrl: 'https://acme.lightning.force.com' is where the pages are, not the API; give My Domain, like https://acme.my.salesforce.com",
    ],
    [
      'client credentials at the general login host',
      PRODUCTION.replace('acme.my', 'login'),
      "sflink.yaml:3:15 connections.production.loginUrl: the flow client_credentials works at the org's My Domain only; give it, like https://acme.my.salesforce.com",
    ],
    [
      'an access token without its org',
      'connections:\n  a:\n    auth: { flow: access_token, accessToken: 00Dabc }\n',
      'sflink.yaml:2:3 connections.a.instanceUrl: the flow access_token does not say where the org is; give it, like https://acme.my.salesforce.com',
    ],
    [
      'an API version with v',
      PRODUCTION.replace('    auth', '    apiVersion: v67.0\n    auth'),
      `sflink.yaml:4:17 connections.production.apiVersion: 'v67.0' is no API version; use latest, or one like "67.0" without v`,
    ],
    [
      'a private key given twice',
      'connections:\n  a:\n    auth: { flow: jwt_bearer, clientId: x, username: u, privateKey: a, privateKeyFile: b }\n',
      'sflink.yaml:3:11 connections.a.auth: the flow jwt_bearer needs the private key once; give either privateKeyFile or privateKey',
    ],
    [
      'a private key file that is not there',
      'connections:\n  a:\n    auth: { flow: jwt_bearer, clientId: x, username: u, privateKeyFile: no.pem }\n',
      'sflink.yaml:3:73 connections.a.auth.privateKeyFile: no.pem: there is no such file; give the PEM file with the private key, relative to this file',
    ],
    [
      'a connection that no sync knows',
      `${PRODUCTION}${NIGHTLY.replace('production', 'prodution')}`,
      `sflink.yaml:7:17 syncs.nightly.connection: 'prodution' is not under connections; use one of production; did you mean "production"?`,
    ],
    [
      'a time to keep runs that is too short',
      `keep: 12h\n${PRODUCTION}`,
      "sflink.yaml:1:7 keep: '12h' is no time to keep runs; use days, at least 1d, like 90d",
    ],
    [
      'a time to keep runs that is none',
      `keepUnfinished: a year\n${PRODUCTION}`,
      "sflink.yaml:1:17 keepUnfinished: 'a year' is no time to keep runs; use days, at least 1d, like 90d",
    ],
    [
      'a run store that is none',
      `runStore: /var/runs\n${PRODUCTION}`,
      "sflink.yaml:1:11 runStore: '/var/runs' is no place for runs; use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix",
    ],
    ...[
      ['s3:/acme/runs', 's3:/acme/runs', 'it is not written as s3://bucket/key'],
      ['s3://Acme_Loads/runs', 's3://Acme_Loads/runs', '"Acme_Loads" is not a valid bucket name'],
      ['s3://acme/a/../runs', 's3://acme/a/../runs', 'it holds "." or ".." as a name'],
      [
        's3://id:hush@acme/runs',
        's3://…@acme/runs',
        'it holds credentials; give them by AWS_ACCESS_KEY_ID or AWS_PROFILE',
      ],
      [
        'file://nas/runs',
        'file://nas/runs',
        'it names the host "nas"; write file:/path for an absolute path, or file:path',
      ],
    ].map(([written, shown, fault]): [string, string, string] => [
      `the run store ${written}`,
      `runStore: ${written}\n${PRODUCTION}`,
      `sflink.yaml:1:11 runStore: '${shown}' is no place for runs: ${fault}; use file: and a directory relative to this file, like file:runs, or s3://bucket/prefix`,
    ]),
    [
      'a bucket that is none for data',
      `dataDirectories: [data, s3://bucket/a/../b]\n${PRODUCTION}`,
      `sflink.yaml:1:25 dataDirectories[1]: 's3://bucket/a/../b' is not a valid data directory: it holds "." or ".." as a name; write it like s3://bucket/prefix`,
    ],
    [
      'a web server that is not encrypted',
      `dataDirectories: ["http://files.acme.com/"]\n${PRODUCTION}`,
      `sflink.yaml:1:19 dataDirectories[0]: 'http://files.acme.com/' is not a valid data directory: http: is not encrypted, and taken from this machine only; write https:; write it like https://files.acme.com/exports/`,
    ],
    [
      'a data directory with a scheme',
      `dataDirectories: ["file:data"]\n${PRODUCTION}`,
      `sflink.yaml:1:19 dataDirectories[0]: 'file:data' is not a valid data directory: write the path without file:, like data`,
    ],
    [
      'a data directory of another kind',
      `dataDirectories: ["sftp://host/data"]\n${PRODUCTION}`,
      /'sftp:\/\/host\/data' is not a valid data directory: the scheme sftp: is not supported; write a directory, s3:\/\/bucket\/prefix or https:\/\/host\/path\//,
    ],
    [
      'no connections',
      'runStore: file:runs\n',
      'sflink.yaml:1:1 connections: is missing; give a mapping (names with values)',
    ],
    [
      'data directories that are no list',
      `dataDirectories: data\n${PRODUCTION}`,
      "sflink.yaml:1:18 dataDirectories: must be a list, not 'data'",
    ],
  ] as const)('%s', async (_, text, expected) => {
    const found = await problems(text)
    expect(found).toHaveLength(1)
    if (typeof expected === 'string') expect(found[0]).toBe(expected)
    else expect(found[0]).toMatch(expected)
  })

  test('all of them at once, in the order of the file', async () => {
    const connections = PRODUCTION.replace('SF_CLIENT_ID', 'NOT_SET').replace('https://', '')
    const found = await problems(`runStores: x\n${connections}${NIGHTLY.replace('create', 'creat')}`)
    expect(found.map(line => line.split(' ')[0])).toEqual([
      'sflink.yaml:1:1',
      'sflink.yaml:4:15',
      'sflink.yaml:5:49',
      'sflink.yaml:10:16',
    ])
  })

  test('without the secret, wherever the mistake is', async () => {
    const secret = 'sEcReT-value'
    const mistakes = [
      PRODUCTION.replace('${SF_CLIENT_SECRET}', `[${secret}]`),
      PRODUCTION.replace('${SF_CLIENT_SECRET}', `{ a: ${secret} }`),
      PRODUCTION.replace('clientSecret', 'clientSecrets').replace('${SF_CLIENT_SECRET}', secret),
      PRODUCTION.replace('${SF_CLIENT_SECRET}', `"${secret}`),
      `connections:\n  a:\n    auth: { flow: access_token, accessToken: ${secret}, accessToken: ${secret} }\n`,
      `connections:\n  a:\n    auth: ${secret}\n`,
      PRODUCTION.replace('https://', `https://user:${secret}@`),
    ]
    for (const text of mistakes) expect((await problems(text)).join('\n')).not.toContain(secret)
  })
})
