import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { inMemoryTokenFiles, TokenFileError, withNewestToken } from '../../../loader/salesforce/auth/rotatingToken.ts'
import { LoginRejectedError } from '../../../loader/salesforce/errors.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import { DEFAULT_APP, type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { connectToEmulator } from './authSettings.ts'

const folder = temporaryFolder()
let stores = 0
let emulator: Emulator | undefined
afterEach(async () => {
  vi.useRealTimers()
  await emulator?.close()
})

/** An org that replaces refresh tokens, and workers that share a run store. */
async function rotatingOrg() {
  stores += 1
  const directory = join(folder, String(stores))
  const org = await startEmulator({ apps: [{ ...DEFAULT_APP, rotatesRefreshTokens: true }], seedRecords: false })
  emulator = org
  const { clientId, clientSecret, refreshToken } = org.credentials
  const worker = () =>
    connectToEmulator(org, {
      auth: {
        flow: 'refresh_token',
        clientId,
        clientSecret: new Secret(clientSecret),
        refreshToken: new Secret(refreshToken),
      },
      openTokenFiles: openRunStores(`file:${directory}`, '/').open,
    })
  const files = () => readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return {
    org,
    worker,
    files,
    contents: () => files().map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')),
  }
}

test('renews a session with the token that replaced the first one', async () => {
  const { org, worker } = await rotatingOrg()
  const connection = worker()
  await connection.objects()
  org.expireSessions()
  await expect(connection.describe('Contact')).resolves.toMatchObject({ name: 'Contact' })
})

test('a fresh worker uses the newest token, although the configuration has the first', async () => {
  const { worker } = await rotatingOrg()
  for (let count = 0; count < 4; count += 1) {
    await expect(worker().identity()).resolves.toMatchObject({ userId: expect.stringMatching(/^005/) })
  }
})

test('workers that log in at the same moment use each token once', async () => {
  const { worker, files } = await rotatingOrg()
  const workers = Array.from({ length: 4 }, () => worker())
  for (const identity of await Promise.all(workers.map(one => one.identity()))) expect(identity.userId).toMatch(/^005/)
  for (const one of workers) await expect(one.describe('Contact')).resolves.toMatchObject({ name: 'Contact' })
  expect(files().map(({ name }) => name)).toEqual(['4.token.json'])
})

test('stores the token encrypted: neither it nor the first one is in a file', async () => {
  const { org, worker, contents } = await rotatingOrg()
  await worker().identity()
  expect(contents()).toHaveLength(1)
  expect(contents().join()).not.toContain(org.credentials.refreshToken)
  expect(contents().join()).not.toContain('5Aep861')
})

test('takes over the claim of a worker that stopped, after the time of a login', async () => {
  const { worker, files } = await rotatingOrg()
  await worker().identity()
  const [{ parentPath = '' } = {}] = files()
  writeFileSync(join(parentPath, '1.claim1'), 'of a worker that was killed')
  vi.useFakeTimers({ toFake: ['performance'] })
  const waiting = worker().identity()
  await new Promise(resolve => setTimeout(resolve, 600))
  expect(files().map(({ name }) => name)).toEqual(['1.claim1', '1.token.json'])
  vi.advanceTimersByTime(91_000)
  await expect(waiting).resolves.toMatchObject({ userId: expect.stringMatching(/^005/) })
  expect(files().map(({ name }) => name)).toEqual(['2.token.json'])
})

test('begins a new series with a token that was authorised anew, and another for each token', async () => {
  const files = inMemoryTokenFiles()
  const used: string[] = []
  const logIn = (configured: string) =>
    withNewestToken(new Secret(configured), files, async token => {
      used.push(token.reveal())
      const refreshToken = new Secret(`${token.reveal()}+`)
      return { accessToken: new Secret('t'), instanceUrl: 'https://acme.my.salesforce.com', refreshToken }
    })
  for (const configured of ['first', 'first', 'second', 'second', 'first']) await logIn(configured)
  expect(used).toEqual(['first', 'first+', 'second', 'second+', 'first++'])
})

test('keeps no file for an org that does not replace tokens, nor after a rejected login', async () => {
  const files = inMemoryTokenFiles()
  const opened: string[] = []
  const logIn = (fails: boolean) =>
    withNewestToken(
      new Secret('same'),
      series => {
        opened.push(series)
        return files(series)
      },
      async () => {
        if (fails) throw new Error('not today')
        return { accessToken: new Secret('t'), instanceUrl: 'https://acme.my.salesforce.com' }
      },
    )
  await expect(logIn(true)).rejects.toThrow('not today')
  await logIn(false)
  expect(await files(opened[0] ?? '').list('')).toEqual([])
})

test('names rotation as the likely cause when the token was used elsewhere', async () => {
  const { org, worker } = await rotatingOrg()
  await worker().identity()
  const elsewhere = connectToEmulator(org, {
    auth: {
      flow: 'refresh_token',
      clientId: org.credentials.clientId,
      refreshToken: new Secret(org.credentials.refreshToken),
    },
  })
  await expect(elsewhere.identity()).rejects.toThrow(/With refresh token rotation each use replaces it/)
  await expect(worker().identity()).rejects.toBeInstanceOf(LoginRejectedError)
})

test('rejects a token file that was changed', async () => {
  const { worker, files } = await rotatingOrg()
  await worker().identity()
  const [{ parentPath = '', name = '' } = {}] = files()
  const path = join(parentPath, name)
  const stored = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...stored, data: 'AAAA' }))
  await expect(worker().identity()).rejects.toBeInstanceOf(TokenFileError)
})
