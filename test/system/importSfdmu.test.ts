// Objects of SFDMU, imported and run in the order of their flow: parents in the same file, and accounts of one name.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfiguration } from '../../config/configuration.ts'
import { inProcess } from '../rig/inProcess.ts'
import { fileRig, QUICK } from '../rig/loadRig.ts'

const rig = await fileRig()

const OBJECTS = [
  { query: 'SELECT LastName, AccountId FROM Contact', operation: 'Insert' },
  { query: 'SELECT Name, Type, ParentId FROM Account', operation: 'Insert', externalId: 'Name;Type' },
]

const FILES = {
  'export.json': JSON.stringify({ objects: OBJECTS }),
  'Account.csv': 'Name,Type,Parent.$$Name$Type\nAcme,Partner,Acme;Customer\nAcme,Customer,\n',
  'Contact.csv': 'LastName,Account.$$Name$Type\nDoe,Acme;Customer\nLee,Acme;Partner\nRoe,Acme\n',
}

test('composite keys find parents of the same file, and those that the sync before has inserted', async () => {
  const { connection, emulator, records } = await rig.openOrg()
  const folder = join(rig.folder, 'data/sfdmu')
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  const imported = await inProcess(['import', 'data/sfdmu', '--login-url', emulator.url], { cwd: rig.folder })
  expect(imported).toMatchObject({ code: 0, stderr: '' })
  const { clientId, clientSecret } = emulator.credentials
  const { syncs, flows } = await readConfiguration(join(rig.folder, 'sflink.yaml'), {
    environment: { SF_CLIENT_ID: clientId, SF_CLIENT_SECRET: clientSecret },
  })
  expect(flows.get('sfdmu')).toEqual({ syncs: ['Account', 'Contact'] })
  const accounts = await rig.load({ ...syncs.get('Account'), ...QUICK, connection }, { runId: 'Account.first' })
  expect(accounts.tally).toMatchObject({ created: 2, failed: 0 })
  const parentRuns = { Account: accounts.runId }
  const contacts = await rig.load({ ...syncs.get('Contact'), ...QUICK, connection, parentRuns })
  expect(contacts.tally).toMatchObject({ created: 2, failed: 1 })
  const stored = await records('Account', 'Id', 'Type', 'ParentId')
  const idOf = (type: string) => stored.find(({ Type }) => Type === type)?.['Id']
  expect(stored.find(({ Type }) => Type === 'Partner')).toMatchObject({ ParentId: idOf('Customer') })
  expect(await records('Contact', 'LastName', 'AccountId')).toMatchObject([
    { LastName: 'Doe', AccountId: idOf('Customer') },
    { LastName: 'Lee', AccountId: idOf('Partner') },
  ])
  const rows = await rig.rows(contacts.runId, 'results.csv')
  expect(rows[2]?.['errormessage']).toContain('column Account.Type is blank')
})
