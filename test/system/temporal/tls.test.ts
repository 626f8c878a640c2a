// Connections to Temporal with TLS, client certificates and API keys, and the messages when they fail.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { unreachableLine } from '../../../packages/client/unreachable.ts'
import { type Certificate, makeAuthority, makeCertificate } from '../../rig/certificates.ts'
import { sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { startTlsProxy, type TlsProxy, type TlsProxyOptions } from './tlsProxy.ts'

type Name = 'authority' | 'stranger' | 'server' | 'expired' | 'elsewhere' | 'client' | 'oldClient' | 'strangeClient'

const folder = temporaryFolder()
let made: Readonly<Record<Name, Certificate>>
const proxies: TlsProxy[] = []

beforeAll(async () => {
  const [authority, stranger] = await Promise.all([
    makeAuthority(folder, 'authority'),
    makeAuthority(folder, 'stranger'),
  ])
  const sign = (name: Name, options: { subjectAltName?: string; days?: number } = {}, by = authority) =>
    makeCertificate(folder, name, { authority: by, ...options })
  const subjectAltName = 'DNS:localhost'
  made = {
    authority,
    stranger,
    // In sequence: openssl counts serial numbers in a file.
    server: await sign('server', { subjectAltName }),
    expired: await sign('expired', { subjectAltName, days: -1 }),
    elsewhere: await sign('elsewhere', { subjectAltName: 'DNS:temporal.acme.test' }),
    client: await sign('client'),
    oldClient: await sign('oldClient', { days: -1 }),
    strangeClient: await sign('strangeClient', {}, stranger),
  }
  await writeFile(
    join(folder, 'sflink.yaml'),
    'connections:\n  org: { loginUrl: "https://acme.my.salesforce.com", auth: { flow: client_credentials, clientId: x, clientSecret: y } }\n',
  )
})
afterAll(async () => {
  await Promise.all(proxies.map(proxy => proxy.close()))
})

/** The environment of a process that connects through a proxy with these options. */
async function through(options: Partial<TlsProxyOptions>, settings: Readonly<Record<string, string>>) {
  const proxy = await startTlsProxy({ target: inject('temporalAddress'), certificate: made.server, ...options })
  proxies.push(proxy)
  const { crt } = made.authority
  const TEMPORAL_ADDRESS = `localhost:${proxy.port}`
  return {
    TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE: inject('temporalNamespace'),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: crt,
    TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml'),
    ...settings,
  }
}

const clientCertificate = (name: Name) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: made[name].crt,
  TEMPORAL_TLS_CLIENT_KEY_PATH: made[name].key,
})

function settingsIn(environment: Readonly<Record<string, string>> & { readonly TEMPORAL_ADDRESS: string }) {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: environment })
  return { address: environment.TEMPORAL_ADDRESS, namespace: 'default', isNamed: true, connectionOptions }
}

const run = (args: readonly string[], environment: Readonly<Record<string, string>>, interrupt = false) =>
  sflink(args, {
    cwd: folder,
    environment,
    ...(interrupt ? { interruptAt: { text: '"Worker started"', signal: 'SIGTERM' } } : {}),
  })

/** A query that proves the connection: the run does not exist. */
const askTemporal = (environment: Readonly<Record<string, string>>) =>
  run(['sync', 'status', 'no-such-run'], environment)

const startWorker = (environment: Readonly<Record<string, string>>) =>
  run(['worker', '--role', 'load'], environment, true)

test.concurrent('command and worker connect by a client certificate that the profile names', async () => {
  const environment = await through({ clientAuthority: made.authority }, { TEMPORAL_PROFILE: 'mtls' })
  const { crt, key } = made.client
  await writeFile(
    environment.TEMPORAL_CONFIG_FILE,
    `[profile.mtls.tls]\nclient_cert_path = "${crt}"\nclient_key_path = "${key}"\n`,
  )
  const [asked, worker] = await Promise.all([askTemporal(environment), startWorker(environment)])
  expect(asked.stderr).toContain('no-such-run')
  expect(asked.stderr).not.toContain('cannot be reached')
  expect(worker).toMatchObject({ code: 0, stderr: expect.stringContaining('"Worker stopped"') })
})

test.concurrent('command and worker connect by an API key, and the key is not shown', async () => {
  const environment = await through({ apiKey: 'right-key' }, { TEMPORAL_API_KEY: 'right-key' })
  const [asked, worker] = await Promise.all([askTemporal(environment), startWorker(environment)])
  expect(asked.stderr).not.toContain('cannot be reached')
  expect(worker.code).toBe(0)
  for (const { stderr } of [asked, worker]) expect(stderr).not.toContain('right-key')
})

type Rejected = {
  readonly way: string
  readonly proxy?: () => Partial<TlsProxyOptions>
  readonly settings?: () => Readonly<Record<string, string>>
  readonly message: string | RegExp
}

const REJECTED: readonly Rejected[] = [
  {
    way: 'an expired certificate',
    proxy: () => ({ certificate: made.expired }),
    message: "the server's certificate has expired. Renew it on the server; nothing needs to change here",
  },
  {
    way: 'an unknown authority',
    settings: () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: made.stranger.crt }),
    message:
      "the server's certificate is signed by an unknown authority. Name the authority's certificate by TEMPORAL_TLS_SERVER_CA_CERT_PATH",
  },
  {
    way: 'another host name',
    proxy: () => ({ certificate: made.elsewhere }),
    message:
      "the server's certificate is not for localhost. Set TEMPORAL_ADDRESS to the name it is for, or TEMPORAL_TLS_SERVER_NAME when that name does not lead there",
  },
  {
    way: 'no client certificate',
    proxy: () => ({ clientAuthority: made.authority }),
    message:
      'the server asks for a client certificate (mTLS). Name one by TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
  },
  {
    way: 'an expired client certificate',
    proxy: () => ({ clientAuthority: made.authority }),
    settings: () => clientCertificate('oldClient'),
    message:
      /the client certificate \(CN=oldClient\) expired on \d{4}-\d\d-\d\d\. Renew it and name the new one by TEMPORAL_TLS_CLIENT_CERT_PATH/,
  },
  {
    way: 'a client certificate of an unknown authority',
    proxy: () => ({ clientAuthority: made.authority }),
    settings: () => clientCertificate('strangeClient'),
    message: 'the server rejects the client certificate. Name one signed by an authority that the server knows',
  },
  {
    way: 'a key that does not match the certificate',
    proxy: () => ({ clientAuthority: made.authority }),
    settings: () => ({ ...clientCertificate('client'), TEMPORAL_TLS_CLIENT_KEY_PATH: made.server.key }),
    message: 'the client certificate and its key do not belong together. Check TEMPORAL_TLS_CLIENT_CERT_PATH',
  },
  {
    way: 'a wrong API key',
    proxy: () => ({ apiKey: 'right-key' }),
    settings: () => ({ TEMPORAL_API_KEY: 'wrong-key' }),
    message: 'it rejects these credentials. Check TEMPORAL_API_KEY (or api_key of the profile)',
  },
  {
    way: 'no TLS to a server that requires it',
    settings: () => ({ TEMPORAL_TLS: 'false' }),
    message: 'it accepts TLS connections only. Set TEMPORAL_TLS=true, with TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  },
  {
    way: 'TLS to a server without it',
    settings: () => ({ TEMPORAL_ADDRESS: inject('temporalAddress').replace('127.0.0.1', 'localhost') }),
    message: 'it does not speak TLS. Unset TEMPORAL_TLS and the other TLS settings, or set another TEMPORAL_ADDRESS',
  },
]

test.concurrent.each(REJECTED)('$way is reported in one line with its remedy', async ({ proxy, settings, message }) => {
  const environment = await through(proxy?.() ?? {}, settings?.() ?? {})
  const connected = settingsIn(environment)
  const answer = await NativeConnection.connect(connected.connectionOptions).then(
    () => 'connected',
    (error: Error) => error.message,
  )
  const line = await unreachableLine(connected, answer)
  expect(answer).not.toBe('connected')
  expect(line).toMatch(message)
  expect(line).toMatch(LINE)
  expect(line).not.toMatch(/right-key|wrong-key/)
})

const LINE = /^Temporal cannot be reached at (localhost|127\.0\.0\.1):\d+: [^\n]+$/

test.concurrent('the command and the worker print this message', async () => {
  const environment = await through({ apiKey: 'right-key' }, { TEMPORAL_API_KEY: 'wrong-key' })
  const [asked, worker] = await Promise.all([askTemporal(environment), startWorker(environment)])
  for (const [{ code, stderr }, wanted] of [
    [asked, 4],
    [worker, 2],
  ] as const) {
    expect(stderr.trimEnd()).toMatch(LINE)
    expect(stderr).toContain('it rejects these credentials. Check TEMPORAL_API_KEY')
    expect(stderr).not.toContain('wrong-key')
    expect(code).toBe(wanted)
  }
})
