// Files through HTTP: what the org and the network answer to their requests. The org is the emulator.

import { expect, test } from 'vitest'
import type { Fault } from '../../../packages/emulator/index.ts'
import { orgOf } from '../../rig/rigOrg.ts'
import { connectToEmulator, fileEmulator } from '../salesforce/authSettings.ts'
import { CONTENT, loadFiles, row } from './emulatedFiles.ts'

const emulator = await fileEmulator({ seedRecords: false })
const org = orgOf('emulated', emulator)

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
