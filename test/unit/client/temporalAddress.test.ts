// An address that leads to no Temporal server: one line, at once.
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { EXIT } from '../../../cli/commandError.ts'
import { withKeys } from '../../../cli/temporal.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { connect } from '../../../packages/client/connect.ts'
import { listening } from '../../rig/listening.ts'

afterEach(() => vi.unstubAllEnvs())

async function rejectionAt(address: string): Promise<{ readonly message: string; readonly name: string }> {
  vi.stubEnv('TEMPORAL_ADDRESS', address)
  vi.stubEnv('TEMPORAL_CONFIG_FILE', '/tmp/sflink-there-is-no-profile.toml')
  return connect().then(
    () => ({ name: 'none', message: 'connected' }),
    (error: Error) => error,
  )
}

async function rejectionOf(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket))
  const { port, close } = await listening(server)
  const { message } = await rejectionAt(`127.0.0.1:${port}`)
  for (const socket of sockets) socket.destroy()
  await close()
  return message.replace(String(port), 'PORT')
}

const OTHER =
  "Temporal cannot be reached at 127.0.0.1:PORT: something other than Temporal answers there. Set TEMPORAL_ADDRESS to its gRPC port, usually 7233; 8233 and 8080 are ports of Temporal's UI"

test('nothing listens at the address', async () => {
  const port = await freePort()
  const before = Date.now()
  const { message } = await rejectionAt(`127.0.0.1:${port}`)
  expect(message).toBe(
    `Temporal cannot be reached at 127.0.0.1:${port}: nothing listens there. Start it (on one machine: sflink up), or set TEMPORAL_ADDRESS`,
  )
  expect(Date.now() - before).toBeLessThan(3_000)
})

test("a web server, such as Temporal's UI, answers", async () => {
  expect(await rejectionOf(createHttpServer((_, answer) => answer.end('<html>Temporal</html>')))).toBe(OTHER)
})

test('a server answers that greets its clients', async () => {
  expect(await rejectionOf(createServer(socket => socket.write('SSH-2.0-OpenSSH_9.6\r\n')))).toBe(OTHER)
})

test('a server closes each connection', async () => {
  expect(await rejectionOf(createServer(socket => socket.end()))).toBe(OTHER)
})

test('a server takes connections and says nothing', async () => {
  expect(await rejectionOf(createServer(() => {}))).toBe(OTHER)
})

test.each([
  [
    'http://127.0.0.1:7233',
    'the address "http://127.0.0.1:7233" is a URL; write it as host:port, such as 127.0.0.1:7233',
  ],
  [
    'https://acme.tmprl.cloud/x',
    'the address "https://acme.tmprl.cloud/x" is a URL; write it as host:port, such as acme.tmprl.cloud:7233',
  ],
  ['127.0.0.1', 'the address "127.0.0.1" is not host:port, such as 127.0.0.1:7233 or [::1]:7233'],
  ['localhost:0', 'the address "localhost:0" is not host:port'],
  ['localhost:72333', 'the address "localhost:72333" is not host:port'],
  ['::1:7233', 'the address "::1:7233" is not host:port'],
  ['localhost:7233/', 'the address "localhost:7233/" is not host:port'],
  ['https://me:hush@acme:7233', 'the address has an @; write it as host:port'],
])('the address %s is rejected before anything is sent', async (address, words) => {
  const { name, message } = await rejectionAt(address)
  expect(name).toBe('TemporalSettingsError')
  expect(message).toContain(words)
  expect(message).not.toContain('hush')
})

test('a proxy that answers each call with a page of its own', async () => {
  const server = createHttp2Server((_, response) => response.writeHead(404).end('<html>'))
  const { port, close } = await listening(server)
  vi.stubEnv('TEMPORAL_ADDRESS', `127.0.0.1:${port}`)
  const answer = withKeys([], ({ client }) => client.workflow.getHandle('sync/a/1').describe())
  await expect(answer).rejects.toMatchObject({
    message: OTHER.replace('PORT', String(port)),
    exitCode: EXIT.noTemporal,
  })
  await close()
})
