// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript

import { once } from 'node:events'
import { chmod, readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_USER, type Emulator, startEmulator } from '../../../packages/emulator/index.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { connectionTo, type InitRig, initRig } from './initRig.ts'

const root = temporaryFolder()
let org: Emulator
let rig: InitRig

beforeAll(async () => {
  const users = [{ ...DEFAULT_USER, access: { Campaign: { create: false, update: false } } }]
  org = await startEmulator({ users })
})

afterAll(() => org.close())

beforeEach(async () => {
  rig = await initRig(root)
})

const CONTACTS = `Kd.-Nr.;Anrede;Vorname;Name;E-Mail-Adresse;Geburtsdatum;account_code
1;Herr;Jürgen;Müller;j.mueller@firma.de;31.01.1980;A1
2;Frau;Anja;Schäfer;a.schaefer@firma.de;05.12.1975;A1
3;Herr;Uwe;Groß;uwe@gross;;A1
`

test('adds a sync to the file, with its comments kept, and checks the first records', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const said = await rig.init(await rig.file('data/contacts.csv', CONTACTS), { yes: true })
  const text = await rig.read('sflink.yaml')
  expect(text.startsWith(connectionTo(org))).toBe(true)
  expect(parse(text).syncs).toEqual({
    contacts: {
      connection: 'acme',
      object: 'Contact',
      operation: 'upsert',
      externalIdField: 'Email',
      source: { uri: 'file:data/contacts.csv' },
      fields: { FirstName: 'Vorname', LastName: 'Name', Email: 'E-Mail-Adresse', Birthdate: 'Geburtsdatum' },
      formats: { dates: ['dd.MM.yyyy'] },
      identityFields: ['E-Mail-Adresse'],
    },
  })
  expect(said.at(-2)).toContain(
    'Checked the first 3 records as a run does: 2 can be sent:\n  row 3: Email: invalid email address',
  )
  expect(said.at(-1)).toMatch(/^Next: .*sflink sync plan contacts/)
})

test('asks for the org, tests the connection at once, and keeps secrets in .env', async () => {
  const { url, credentials } = org
  const said = await rig.init(
    await rig.file('data/contacts.csv', CONTACTS),
    {},
    {
      'URL of the org': url,
      'How to log in': 'client id',
      'Consumer Key': credentials.clientId,
      'Consumer Secret': ['mistaken', credentials.clientSecret],
      'Which object': 'Contact',
      'Column "Anrede"': 'Salutation, translated',
      'Column "account_code"': 'Account.Ext_Id__c',
      'What happens': 'create',
      'Write this': 'yes',
    },
  )
  expect(said.find(text => text.includes('Try again'))).toContain("Check clientSecret: it is the app's Consumer Secret")
  const { connections, syncs } = parse(await rig.read('sflink.yaml'))
  expect(connections.production).toEqual({
    loginUrl: url,
    auth: { flow: 'client_credentials', clientId: '${SF_CLIENT_ID}', clientSecret: '${SF_CLIENT_SECRET}' },
  })
  const Salutation = { column: 'Anrede', values: { Herr: 'Mr.', Frau: 'Ms.' } }
  expect(syncs.contacts.fields).toMatchObject({ Salutation, 'Account.Ext_Id__c': 'account_code' })
  expect(await rig.read('.env')).toBe(
    `SF_CLIENT_ID='${credentials.clientId}'\nSF_CLIENT_SECRET='${credentials.clientSecret}'\n`,
  )
  expect((await stat(join(rig.folder, '.env'))).mode & 0o777).toBe(0o600)
})

test('offers a field to one column only', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const source = await rig.file(
    'data/a.csv',
    'Last Name,Email,Email 2,Telefon,Rufnummer\nMiller,a@b.de,c@d.de,030 11111,030 22222\n',
  )
  const answers = {
    'Which object': 'Contact',
    'Column "Telefon"': 'Phone',
    'What happens': 'upsert',
    'Write this': 'yes',
  }
  await rig.init(source, {}, answers)
  const { fields } = parse(await rig.read('sflink.yaml')).syncs.a
  expect(fields).toEqual({ LastName: 'Last Name', Email: 'Email', Phone: 'Telefon' })
})

test('asks for the order of day and month, the time zone, and the column of a required field', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const source = await rig.file(
    'data/a.csv',
    'Wer,Birthdate,Last Seen\nMiller,01/02/1980,2024-01-31 10:00\nLee,03/04/1975,\n',
  )
  const answers = {
    'Which object': 'Contact',
    'The dates of column "Birthdate"': 'MM/dd/yyyy',
    'The times of column "Last Seen"': 'another',
    'Time zone': 'Europe/Berlin',
    'What happens': 'create',
    'LastName is required': '"Wer"',
    'Write this': 'yes',
  }
  const said = await rig.init(source, {}, answers)
  const { fields, formats } = parse(await rig.read('sflink.yaml')).syncs.a
  expect(fields).toEqual({ LastName: 'Wer', Birthdate: 'Birthdate', Last_Seen__c: 'Last Seen' })
  expect(formats).toEqual({ dates: ['MM/dd/yyyy'], timeZone: 'Europe/Berlin' })
  expect(said.at(-2)).toContain('2 can be sent')
})

test('writes nothing when a person says no', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const asked = rig.init(
    await rig.file('data/a.csv', 'Name\nAcme\n'),
    {},
    {
      'Which object': 'Account',
      'What happens': 'create',
      'Write this': 'no',
    },
  )
  await expect(asked).rejects.toThrow('Nothing was written')
  expect(await rig.read('sflink.yaml')).toBe(connectionTo(org))
})

test('finds the key of a parent in the org', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const { url, credentials } = org
  await fetch(`${url}/services/data/v60.0/sobjects/Account`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credentials.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ Name: 'Acme', Ext_Id__c: 'K-77' }),
  })
  await rig.init(await rig.file('data/c.csv', 'Last Name,account_code\nMiller,K-77\nLee,K-77\n'), { object: 'Contact' })
  expect(await rig.read('sflink.yaml')).toMatch(
    / Account\.Ext_Id__c: account_code +# the org has 1 of the first 1 values\n/,
  )
})

test('allows a file outside of the data directories, that file alone', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  await rig.init(await rig.file('my list.csv', 'Last Name\nMiller\n'), { object: 'Contact' })
  const { dataDirectories, syncs } = parse(await rig.read('sflink.yaml'))
  expect(dataDirectories).toEqual(['data', 'my list.csv'])
  expect(syncs['my-list'].source).toEqual({ uri: 'file:my%20list.csv' })
})

test('keeps an address that may have a signature in .env, and allows its directory', async () => {
  await rig.file('sflink.yaml', connectionTo(org))
  const server = createServer((_, answer) => answer.end('Last Name\nMiller\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/exports/`
  await rig.init(`${url}people.csv?sig=a/b`, { object: 'Contact' })
  server.close()
  const text = await rig.read('sflink.yaml')
  expect(parse(text)).toMatchObject({
    dataDirectories: ['data', url],
    syncs: { people: { source: { uri: '${SOURCE_URL}' } } },
  })
  expect(text).not.toContain('sig=')
  expect(await rig.read('.env')).toBe(`SOURCE_URL='${url}people.csv?sig=a/b'\n`)
})

type Broken = readonly [title: string, csv: string, options: Parameters<InitRig['init']>[1], message: RegExp]

test.each<Broken>([
  [
    'a file with a header only',
    'Last Name,Email\n',
    {},
    /a\.csv has a header and no record .*give a file with records$/,
  ],
  [
    'a file without a header',
    'Ann,Miller,ann@acme.com\n',
    {},
    /a\.csv has no header: its first line is "Ann, Miller, .*add a line/,
  ],
  ['an empty file', '', {}, /a\.csv.* is empty/],
  [
    'an object that the user may not write',
    'Name\nx\n',
    { object: 'Campaign' },
    /may neither create nor update records of Campaign; give it that permission/,
  ],
  ['an object that is not there', 'Name\nx\n', { object: 'Contakt' }, /Contakt.*did you mean "Contact"/],
  [
    'columns that fit no field',
    'foo,bar\n1,2\n',
    { object: 'Contact' },
    /No column of .*a\.csv \(header "foo", "bar"\) certainly fills a field of Contact; give another with --object/,
  ],
  [
    'columns that fit several objects',
    'First Name,Last Name,Email\nA,B,a@b.de\n',
    {},
    /so the object is not certain: give --object/,
  ],
  [
    'a key that no column fills',
    'Last Name\nMiller\n',
    { object: 'Contact', key: 'Email' },
    /--key is Email, which no column certainly fills; give one of LastName/,
  ],
  [
    'an operation without a key',
    'Last Name\nMiller\n',
    { object: 'Contact', operation: 'upsert' },
    /No column certainly fills a field by which upsert finds records/,
  ],
  [
    'a name that the file has',
    'Last Name\nMiller\n',
    { object: 'Contact', name: 'taken' },
    /has a sync taken already; give another with --name, such as taken-2/,
  ],
  ['a name that no sync may have', 'Last Name\nMiller\n', { name: 'my sync' }, /"my sync" is not a name of a sync/],
  [
    'an unknown connection',
    'Last Name\nMiller\n',
    { connection: 'acne' },
    /has no connection acne; give one of acme.*did you mean "acme"/,
  ],
  [
    'an unknown key of the source',
    'Last Name\nMiller\n',
    { set: ['sheets=x'] },
    /The source .* with these options: .*sheets/,
  ],
])('rejects %s, and writes nothing', async (_, csv, options, message) => {
  const before = `${connectionTo(org)}syncs:
  taken: { connection: acme, object: Contact, operation: create, source: { uri: "file:x.csv" }, fields: { LastName: n } }
`
  await rig.file('sflink.yaml', before)
  await expect(rig.init(await rig.file('data/a.csv', csv), options)).rejects.toThrow(message)
  expect(await rig.read('sflink.yaml')).toBe(before)
})

test('rejects a token that has expired, with the remedy', async () => {
  await rig.file('sflink.yaml', connectionTo(org).replace(/accessToken: ".*"/, 'accessToken: "00D5f000001pHvs!stale"'))
  await expect(rig.init(await rig.file('data/a.csv', 'Name\nx\n'))).rejects.toThrow(/acme.*token/i)
})

test('rejects a file with errors with their lines, and a .env that others may read', async () => {
  const source = await rig.file('data/a.csv', 'Name\nx\n')
  await rig.file('sflink.yaml', `${connectionTo(org)}runStore: here\n`)
  await expect(rig.init(source)).rejects.toThrow(/sflink\.yaml:6:11 runStore: /)
  await rig.file('sflink.yaml', connectionTo(org))
  await chmod(await rig.file('.env', 'A=1\n'), 0o644)
  await expect(rig.init(source, { instanceUrl: org.url })).rejects.toThrow(
    /\.env may be read by other users .*chmod 600/,
  )
  expect(await readdir(rig.folder)).toEqual(['.env', 'data', 'sflink.yaml'])
})

test('without a person, names the option for what is missing', async () => {
  const source = await rig.file('data/a.csv', 'Name\nx\n')
  await expect(rig.init(source, { yes: true })).rejects.toThrow(
    /URL of the org, as in the browser: give --instance-url/,
  )
  await expect(rig.init(source, { instanceUrl: 'https://acme.lightning.force.com/x' })).rejects.toThrow(
    /give it as SF_ACCESS_TOKEN in the environment, or --client-id/,
  )
  await expect(rig.init(join(rig.folder, 'none.csv'))).rejects.toThrow(/There is no file .*none\.csv/)
  expect(await readdir(rig.folder)).toEqual(['data'])
})
