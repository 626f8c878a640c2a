import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'

const main = new URL('../main.ts', import.meta.url).pathname
function start(...flags: string[]) {
  return spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('the emulator as a process of its own', () => {
  test('prints one line with its URL and credentials, serves, and ends when told to', async () => {
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

  test('says what is wrong with its command line', async () => {
    const emulator = start('--port', 'http')
    const [line] = await Promise.all([emulator.stderr.toArray(), once(emulator, 'exit')])
    expect(Buffer.concat(line).toString()).toContain('Not a whole number: http. Use: node emulator/main.ts --port 8080')
    expect(emulator.exitCode).toBe(1)
  })
})
