// Parents that `sflink init` finds in the org and in other syncs of the file, and files.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { connectionTo, type InitRig, initRig } from './initRig.ts'

const root = temporaryFolder()
let org: Emulator
let rig: InitRig

beforeAll(async () => {
  org = await startEmulator()
})

afterAll(() => org.close())

beforeEach(async () => {
  rig = await initRig(root)
})

async function createRecords(type: string, ...given: readonly object[]): Promise<void> {
  const records = given.map(record => ({ attributes: { type }, ...record }))
  await fetch(`${org.url}/services/data/v60.0/composite/sobjects`, {
    method: 'POST',
    headers: { authorization: `Bearer ${org.credentials.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ records }),
  })
}

test('takes a lookup by name if the org has the names once, and leaves it to a person otherwise', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const name = `Acme ${Date.now()}`
  const names = [name, `${name} North`, `${name} South`, `${name} South`]
  await createRecords('Account', ...names.map(Name => ({ Name })))
  const csv = (...companies: readonly string[]) =>
    `Last Name,Company\n${companies.map((company, index) => `Miller ${index},${company}`).join('\n')}\n`
  const taken = await rig.file('data/taken.csv', csv(name, `${name} north`, name))
  const said = await rig.init(taken, { yes: true, object: 'Contact' })
  await rig.init(await rig.file('data/left.csv', csv(name, `${name} South`)), { yes: true, object: 'Contact' })
  const text = await rig.read('sflink.yaml')
  const { syncs } = parse(text)
  expect(syncs.taken.fields).toEqual({
    LastName: 'Last Name',
    AccountId: { lookup: 'Account', by: 'Name', from: 'Company' },
  })
  expect(text).toContain('# the org has 2 of the first 2 values')
  expect(said.at(-2)).toContain('3 can be sent:\n  note: the parents of AccountId are looked up by sflink sync plan')
  expect(syncs.left.fields).toEqual({ LastName: 'Last Name' })
  expect(text).toContain('# AccountId: { lookup: Account, by: Name, from: Company }   # ? may be the Account Name')
})

test('takes none of two columns whose values are accounts, and none of two fields for one address', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const name = `Bolt ${Date.now()}`
  await createRecords('Account', { Name: name }, { Name: `${name} Inc` })
  const companies = await rig.file('data/a.csv', `Last Name,Company,Account\nLee,${name},${name} Inc\n`)
  await rig.init(companies, { yes: true, object: 'Contact' })
  const Email = `${Date.now()}@acme.com`
  await createRecords('Contact', { LastName: 'Lee', Email })
  await createRecords('Lead', { LastName: 'Lee', Company: 'Acme', Email })
  const members = await rig.file('data/b.csv', `Status,E-Mail\nSent,${Email}\n`)
  await rig.init(members, { yes: true, object: 'CampaignMember', operation: 'create' })
  const { a, b } = parse(await rig.read('sflink.yaml')).syncs
  expect([a.fields, b.fields]).toEqual([{ LastName: 'Last Name' }, { Status: 'Status' }])
})

test('proposes the run of another sync of the file that loads the parents', async () => {
  const accounts = `syncs:
  accounts:
    connection: acme
    object: Account
    operation: create
    source: { uri: "file:data/accounts.csv" }
    fields: { Name: name }
    identityFields: [ref]
`
  await rig.file('sflink.yaml', connectionTo(org) + accounts)
  const source = await rig.file('data/contacts.csv', 'Last Name,account_ref\nMiller,A1\nLee,A2\n')
  await rig.init(source, { yes: true, object: 'Contact' })
  const text = await rig.read('sflink.yaml')
  expect(text).toContain(
    '# AccountId: { sync: accounts, by: ref, from: account_ref }   # ? the sync accounts loads Account; put both into one flow',
  )
  expect(parse(text).syncs.contacts.fields).toEqual({ LastName: 'Last Name' })
})

test('takes a column with paths of files as their content', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const source = await rig.file('data/files.csv', 'Title,Path\nOffer,offer.pdf\nContract,contract.pdf\n')
  await rig.file('data/offer.pdf', 'content')
  const said = await rig.init(source, { yes: true, object: 'ContentVersion' })
  expect(parse(await rig.read('sflink.yaml')).syncs.files.fields).toEqual({
    Title: 'Title',
    VersionData: { file: 'Path' },
  })
  expect(said.at(-2)).toMatch(/^Checked the first 2 records as a run does: 2 can be sent/)
})
