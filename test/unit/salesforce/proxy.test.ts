import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { proxyChoice } from '../../../config/connectionSettings.ts'
import { EnvironmentError } from '../../../config/problems.ts'
import { UnreachableError } from '../../../loader/salesforce/errors.ts'
import { makeAuthority } from '../../rig/certificates.ts'
import { listening } from '../../rig/listening.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { connectToEmulator, fileEmulator } from './authSettings.ts'
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from './connectProxy.ts'

const folder = temporaryFolder()
const PASSWORD = 'p@ss word'
const CREDENTIALS = `loader:${PASSWORD}`
const GIVEN = `loader:${encodeURIComponent(PASSWORD)}`

const emulator = await fileEmulator({ seedRecords: false })
const proxies: ConnectProxy[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(proxies.splice(0).map(proxy => proxy.close()))
})

async function startProxy(options?: ConnectProxyOptions): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options)
  proxies.push(proxy)
  return proxy
}

const emulatorPort = () => Number(new URL(emulator.url).port)

async function failure(proxy: string): Promise<UnreachableError> {
  const connection = connectToEmulator(emulator, { proxyFor: proxyChoice(proxy) })
  const error = await connection.identity().catch((thrown: unknown) => thrown)
  if (!(error instanceof UnreachableError)) throw new Error(`No UnreachableError but ${inspect(error)}`)
  expect(inspect(error) + JSON.stringify(error)).not.toMatch(/p@ss|p%40ss|bG9hZGVy/)
  return error
}

test('uses the proxy of a connection, with its credentials, for logins, requests and uploads', async () => {
  const proxy = await startProxy({ credentials: CREDENTIALS })
  const connection = connectToEmulator(emulator, { proxyFor: proxyChoice(`http://${GIVEN}@127.0.0.1:${proxy.port}`) })
  await expect(connection.createRecords('Contact', [{ LastName: 'Frank' }])).resolves.toMatchObject([{ success: true }])
  const reads = [connection.describe('Contact'), connection.describe('Account'), connection.objects()]
  expect(await Promise.all(reads)).toHaveLength(3)
  expect(new Set(proxy.targets)).toEqual(new Set([new URL(emulator.url).host]))
  // Sockets are reused: fewer tunnels than requests.
  expect(proxy.targets.length).toBeLessThanOrEqual(3)
})

test('uses the proxy of the environment, except for NO_PROXY and an org on this machine', async () => {
  const proxy = await startProxy({ leadsTo: emulatorPort() })
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`)
  vi.stubEnv('NO_PROXY', 'other.example.invalid')
  const through = { loginUrl: 'http://acme.example.invalid', proxyFor: proxyChoice(undefined) }
  await expect(connectToEmulator(emulator, through).identity()).resolves.toBeDefined()
  expect(proxy.targets).toEqual(['acme.example.invalid:80'])
  const direct = { loginUrl: 'http://other.example.invalid', proxyFor: proxyChoice(undefined) }
  await expect(connectToEmulator(emulator, direct).identity()).rejects.toThrow(
    /other\.example\.invalid cannot be reached/,
  )
  const none = { loginUrl: 'http://acme.example.invalid', proxyFor: proxyChoice('none') }
  await expect(connectToEmulator(emulator, none).identity()).rejects.toThrow(/acme\.example\.invalid cannot be reached/)
  expect(proxy.targets).toHaveLength(1)
})

test('reports that the proxy rejects the credentials, and prints none', async () => {
  const proxy = await startProxy({ credentials: 'loader:another' })
  const { message, code } = await failure(`http://${GIVEN}@127.0.0.1:${proxy.port}`)
  expect(code).toBe('PROXY_407')
  expect(message).toBe(
    `Login of connection emulated failed: ${new URL(emulator.url).host} cannot be reached: the proxy 127.0.0.1:${proxy.port} ` +
      'answered 407 Proxy Authentication Required (PROXY_407); nothing was sent (POST /services/oauth2/token). ' +
      "Check user and password in the connection's proxy, or in HTTPS_PROXY.",
  )
  expect(proxy.targets).toHaveLength(1)
})

test('reports that the proxy does not allow connections to this host', async () => {
  const proxy = await startProxy({ rejects: '403 Forbidden' })
  const { message } = await failure(`http://127.0.0.1:${proxy.port}`)
  expect(message).toMatch(
    /answered 403 Forbidden \(PROXY_403\); nothing was sent .+ Let an admin of the proxy allow CONNECT/,
  )
})

test('reports a proxy that cannot be reached, and a server that is not a proxy', async () => {
  // Nothing listens on port 1.
  const [silent, noProxy] = await Promise.all([failure(`http://${GIVEN}@127.0.0.1:1`), failure(emulator.url)])
  expect(silent.message).toMatch(
    /the proxy 127\.0\.0\.1:1: the connection was refused \(ECONNREFUSED\); nothing was sent .+\. Check the connection's proxy, or HTTPS_PROXY, and that the proxy runs/,
  )
  expect(noProxy.message).toMatch(/cannot be reached: the proxy 127\.0\.0\.1:\d+.+ Check the connection's proxy/)
})

test('rejects an invalid proxy URL of the environment, in one line without its password', () => {
  vi.stubEnv('HTTPS_PROXY', `socks5://${GIVEN}@proxy.acme.com:1080`)
  const choose = () => proxyChoice(undefined)(new URL('https://acme.my.salesforce.com'))
  expect(choose).toThrow(EnvironmentError)
  expect(choose).toThrow(
    /^The proxy of the environment for acme\.my\.salesforce\.com cannot be used: it is not an http: or https: URL of a proxy\. Set HTTPS_PROXY like [^\n]+$/,
  )
  expect(choose).not.toThrow(/p%40ss/)
})

test('keeps TLS between this process and the org, through the tunnel', async () => {
  const { key, crt } = await makeAuthority(folder, 'acme.example.invalid')
  const names: unknown[] = []
  const org = createServer({ key: readFileSync(key), cert: readFileSync(crt) }, (_request, answer) => answer.end())
  org.on('tlsClientError', () => undefined)
  org.on('secureConnection', socket => names.push(socket.servername))
  const { port: leadsTo, close } = await listening(org)
  const proxy = await startProxy({ leadsTo })
  const settings = { loginUrl: 'https://acme.example.invalid', proxyFor: proxyChoice(`http://127.0.0.1:${proxy.port}`) }
  const untrusted = await connectToEmulator(emulator, settings)
    .identity()
    .catch((thrown: unknown) => thrown)
  expect(untrusted).toBeInstanceOf(UnreachableError)
  expect(String(untrusted)).toMatch(
    /does not trust its certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/,
  )
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  await expect(connectToEmulator(emulator, settings).identity()).rejects.toThrow('answered with an empty body')
  expect(names).toContain('acme.example.invalid')
  expect(proxy.targets[0]).toBe('acme.example.invalid:443')
  await close()
})
