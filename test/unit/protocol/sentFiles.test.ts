// Files through HTTP: what the org and the network answer to their requests. The org is the emulator.

import { expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { createSalesforceConnection } from '../../../loader/salesforce/connection.ts'
import type { Fault } from '../../../packages/emulator/index.ts'
import { startFaultyProxy } from '../../rig/faultyProxy.ts'
import { orgOf } from '../../rig/rigOrg.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { CONTENT, loadFiles, row } from './emulatedFiles.ts'
import { rowsOf, writeFiles } from './fileWorld.ts'

const folder = temporaryFolder()
const emulator = await fileEmulator({ seedRecords: false })
const org = orgOf('emulated', emulator)
/** Its first session stays valid. */
const behindProxy = await fileEmulator({ seedRecords: false })

let cases = 0

const busy = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }]

test.each<Fault>([
  { type: 'cutBefore' },
  { type: 'cutAfter' },
  { type: 'cutBody', afterBytes: 10 },
  { type: 'expireSession' },
  { type: 'limitReached' },
  { type: 'status', status: 503, body: busy },
  { type: 'status', status: 502, html: '<html>Bad gateway</html>' },
  { type: 'lockRows', share: 1 },
])('each file is created once after $type', async fault => {
  cases += 1
  const names = ['a', 'b', 'c'].map(name => `${name}${cases}.txt`)
  emulator.faults.add({ match: { operation: 'create' }, fault, times: 1 })
  const results = await loadFiles(
    connectToEmulator(emulator),
    new Map(),
    names.map(name => row(name, `content of ${name}`)),
  )
  expect(results).toMatchObject(names.map(name => ({ name, outcome: 'created' })))
  const versions = await org.records('ContentVersion', 'Id', 'PathOnClient')
  const own = versions.filter(({ PathOnClient }) => names.includes(String(PathOnClient)))
  const inOrg = own.map(({ Id, PathOnClient }) => `${PathOnClient} ${Id}`)
  expect(inOrg.toSorted()).toEqual(results.map(({ id, name }) => `${name} ${id}`))
})

test('an upload that is cut is sent again at once, without a search', async () => {
  const proxy = await startFaultyProxy(behindProxy.url)
  try {
    proxy.fail({ method: 'POST', path: /sobjects/, fault: { cutRequestAfter: 1_000_000 } })
    const accessToken = new Secret(behindProxy.credentials.accessToken)
    const auth = { flow: 'access_token', accessToken } as const
    const connection = createSalesforceConnection({ name: 'cut', instanceUrl: proxy.url, auth, apiVersion: 'latest' })
    writeFiles(folder, { 'large.bin': 'x'.repeat(20_000_000), 'next.txt': 'next' })
    const parts = { fields: { VersionData: { file: 'path' } }, identityFields: ['path'] }
    const rows = rowsOf(folder, 'large.bin', 'next.txt')
    const resend = { lostAnswerWait: 3_600_000 }
    const results = await loadFiles(connection, new Map(), rows, { ...parts, resend }, folder)
    expect(results).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }])
    const paths = proxy.requests.filter(request => /sobjects\/ContentVersion$|query/.test(request))
    expect(paths.filter(request => request.startsWith('POST'))).toHaveLength(3)
    expect(paths.filter(request => request.includes('Checksum'))).toEqual([])
  } finally {
    await proxy.close()
  }
  const versions = await orgOf('cut', behindProxy).records('ContentVersion', 'PathOnClient')
  expect(versions.filter(({ PathOnClient }) => PathOnClient === 'large.bin')).toHaveLength(1)
})

test('the reason of the org is the result of the row, and the others are created', async () => {
  const rows = [
    { ...row('good.txt', 'good'), place: '' },
    { ...row('bad.txt', 'bad'), place: '001000000000000AAA' },
  ]
  const fields = { ...CONTENT, FirstPublishLocationId: 'place' }
  const results = await loadFiles(connectToEmulator(emulator), new Map(), rows, { fields })
  expect(results).toMatchObject([
    { name: 'good.txt', outcome: 'created' },
    { name: 'bad.txt', outcome: 'failed', errorcode: expect.stringMatching(/^[A-Z_]+$/) },
  ])
})

test('a file whose title the org has already is left out, if the sync keeps existing records', async () => {
  const connection = connectToEmulator(emulator)
  const keep = { keyField: 'Title', existing: 'keep' } as const
  await loadFiles(connection, new Map(), [row('kept.txt', 'first')])
  const results = await loadFiles(connection, new Map(), [row('kept.txt', 'second'), row('new.txt', 'new')], keep)
  expect(results).toMatchObject([
    { name: 'kept.txt', outcome: 'unchanged' },
    { name: 'new.txt', outcome: 'created' },
  ])
})
