import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'

const bin = new URL('../bin/salesforce-emulator.mjs', import.meta.url).pathname

function start(...flags: string[]) {
  return spawn(process.execPath, [bin, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('the emulator as a separate process', () => {
  test('prints one line with its URL and credentials, serves, and ends on SIGTERM', async () => {
    const emulator = start('--processing-delay', '5')
    const [line] = (await once(createInterface(emulator.stdout), 'line')) as [string]
    const ready = JSON.parse(line.slice(line.indexOf('{'))) as Record<string, string>
    expect(line).toMatch(/^Emulated Salesforce org \{"url":"http:\/\/127\.0\.0\.1:\d+"/)
    const answer = await fetch(`${ready['url']}/services/data/v67.0/limits`, {
      headers: { authorization: `Bearer ${ready['accessToken']}` },
    })
    expect(answer.status).toBe(200)
    const credentials = (await (await fetch(`${ready['url']}/emulator/credentials`)).json()) as Record<string, string>
    expect(credentials['privateKey']).toContain('BEGIN PRIVATE KEY')
    emulator.kill('SIGTERM')
    expect(await once(emulator, 'exit')).toEqual([0, null])
  })

  test('starts without records, and with the certificate of an app', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
    const certificate = join(folder, 'app.pem')
    await writeFile(
      certificate,
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
    )
    const emulator = start('--no-records', '--certificate', certificate, '--seed', '7', '--host', 'localhost')
    const [line] = (await once(createInterface(emulator.stdout), 'line')) as [string]
    const { url } = JSON.parse(line.slice(line.indexOf('{'))) as { url: string }
    expect(url).toMatch(/^http:\/\/localhost:\d+$/)
    expect(await (await fetch(`${url}/emulator/records/Contact?count=true`)).json()).toEqual({ count: 0 })
    emulator.kill('SIGTERM')
    await once(emulator, 'exit')
    await rm(folder, { recursive: true })
  })

  test('starts with an app that rotates its refresh tokens', async () => {
    const emulator = start('--rotate-refresh-tokens', '--external-client-app', '--no-records')
    const [line] = (await once(createInterface(emulator.stdout), 'line')) as [string]
    const { url, clientId, refreshToken } = JSON.parse(line.slice(line.indexOf('{'))) as Record<string, string>
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId ?? '',
      refresh_token: refreshToken ?? '',
    })
    const refresh = async () => (await fetch(`${url}/services/oauth2/token`, { method: 'POST', body })).json()
    expect(await refresh()).toMatchObject({ refresh_token: expect.stringMatching(/^5Aep861/) })
    expect(await refresh()).toMatchObject({ error_description: 'expired access/refresh token' })
    emulator.kill('SIGTERM')
    await once(emulator, 'exit')
  })

  test.each([
    [['--port', 'http'], "--port is 'http'; give a whole number from 0 to 65535"],
    [['--port', '65536'], "--port is '65536'; give a whole number from 0 to 65535"],
    [['--processing-delay=-1'], "--processing-delay is '-1'; give a whole number from 0 to"],
    [['--speed', 'slow'], "--speed is 'slow'; give full or salesforce"],
    [['--sed', '1'], "Unknown option '--sed'"],
    [['8080'], "Unexpected argument '8080'"],
    [
      ['--certificate', '/nowhere.pem'],
      '--certificate /nowhere.pem is not a readable PEM certificate or public key: ENOENT',
    ],
  ])('rejects %j', async (flags, message) => {
    const emulator = start(...flags)
    const [stderr] = await Promise.all([text(emulator.stderr), once(emulator, 'exit')])
    expect(stderr).toContain(message)
    expect(stderr).toContain('See salesforce-emulator --help')
    expect(emulator.exitCode).toBe(2)
  })

  test('reports an address that is not available', async () => {
    const emulator = start('--host', '192.0.2.1')
    const [stderr] = await Promise.all([text(emulator.stderr), once(emulator, 'exit')])
    expect(stderr).toMatch(/^The emulator cannot listen: .*192\.0\.2\.1.*Give another --port or --host\n$/)
    expect(emulator.exitCode).toBe(1)
  })

  test.each([
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['--help', /^Usage: salesforce-emulator \[options\]\n[\s\S]*--port NUMBER[\s\S]*--no-records/],
  ])('prints %s', async (flag, output) => {
    const emulator = start(flag)
    const [stdout] = await Promise.all([text(emulator.stdout), once(emulator, 'exit')])
    expect(stdout).toMatch(output)
    expect(emulator.exitCode).toBe(0)
  })
})
