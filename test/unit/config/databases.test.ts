// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `databases:` of sflink.yaml.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { makeAuthority } from '../../rig/certificates.ts'
import { NIGHTLY, PRODUCTION, test } from './configTest.ts'

const database = (keys: string) => `${PRODUCTION}databases:\n  crm: { ${keys} }\n`
const url = (text: string) => database(`url: "${text}"`)

test('a database has the parts of its URL, decoded, and defaults for its times', async ({ read }) => {
  const { databases } = await read(url('postgresql://lo%40der:p%40ss%2F%23@db.acme.com:5433/crm%20prod'))
  const settings = databases.get('crm')
  expect(settings).toMatchObject({
    ...{ name: 'crm', host: 'db.acme.com', port: 5433, user: 'lo@der', database: 'crm prod', sslMode: 'verify-full' },
    ...{ connectTimeout: 30_000, statementTimeout: 600_000 },
  })
  expect(settings?.password.reveal()).toBe('p@ss/#')
  expect(inspect(databases, { depth: 9 }) + JSON.stringify([...databases])).not.toContain('p@ss')
})

test('the file of a certificate authority is read and followed, and times are set', async ({ folder, read }) => {
  const { crt: path } = await makeAuthority(folder, 'ca')
  const keys = 'url: "postgres://u@[::1]/d", caCertificate: ca.crt, connectTimeout: 5s, statementTimeout: 1h'
  const { databases, files } = await read(database(keys))
  const times = { connectTimeout: 5_000, statementTimeout: 3_600_000 }
  expect(databases.get('crm')).toMatchObject({
    host: '::1',
    port: 5432,
    caCertificate: await readFile(path, 'utf8'),
    ...times,
  })
  expect(files).toContain(path)
})

test.for([
  ['another machine', 'db.acme.com/d', 'verify-full'],
  ['this machine', 'localhost/d', 'disable'],
  ['a mode that is given', 'localhost/d?sslmode=require', 'require'],
  ['a channel that must be bound', 'db.acme.com/d?sslmode=require&channel_binding=require', 'verify-full'],
])('the encryption for %s', async ([, rest, sslMode], { read }) => {
  const { databases } = await read(url(`postgresql://u:p@${rest}`))
  expect(databases.get('crm')).toMatchObject({ sslMode })
})

const LIKE = 'write it like postgresql://user:password@host:5432/database?sslmode=verify-full'

test.for([
  ['another scheme', 'mysql://u:hush@h/d', 'is not a valid URL of a PostgreSQL database'],
  ['a "/" in the password', 'postgresql://u:hush/x@h/d', 'is not a valid URL of a PostgreSQL database'],
  ['a "#" in the password', 'postgresql://u:hush#x@h/d', 'is not a valid URL of a PostgreSQL database'],
  ['a "#" after digits', 'postgresql://u:1#hush@h/d', 'has a special character that is not percent-encoded'],
  ['a "?" after digits', 'postgresql://u:1?hush@h/d', `names no user; ${LIKE}`],
  ['a "?" after an "@"', 'postgresql://u:a@b?hush@h/d', `names no database; ${LIKE}`],
  ['a "%" in the password', 'postgresql://u:hush%@h/d', 'has a special character that is not percent-encoded'],
  ['no user', 'postgresql://h/d', `names no user; ${LIKE}`],
  ['no database', 'postgresql://u:hush@h', `names no database; ${LIKE}`],
  ['several hosts', 'postgresql://u:hush@a:1,b:2/d', 'is not a valid URL of a PostgreSQL database'],
  ['an unknown parameter', 'postgresql://u:hush@h/d?opt=1', 'has the parameter opt; allowed: sslmode, channel_binding'],
  ['a file in the URL', 'postgresql://u:hush@h/d?sslrootcert=a', 'name the file in caCertificate beside the url'],
  ['a mode without protection', 'postgresql://u:hush@h/d?sslmode=prefer', 'which may send everything unencrypted'],
  ['an unknown mode', 'postgresql://u:hush@h/d?sslmode=on', 'one of disable, require, verify-ca, verify-full'],
])('a URL with %s is rejected, and its password is not shown', async ([, text, words], { problems }) => {
  const [line, ...others] = await problems(url(text as string))
  expect(others).toEqual([])
  expect(line).toMatch(/^sflink\.yaml:6:15 databases\.crm\.url: /)
  expect(line).toContain(words)
  expect(line).not.toContain('hush')
})

test.for([
  ['ca.pem', 'ca.pem: the file does not exist; give the PEM file'],
  ['sflink.yaml', 'sflink.yaml has no valid certificate; give the PEM file'],
  ['broken.pem', 'broken.pem has no valid certificate; give the PEM file'],
  ['.', ': it cannot be read (EISDIR); give the PEM file'],
])('a file %s that is no certificate is rejected', async ([file, words], { folder, problems }) => {
  await writeFile(join(folder, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n')
  const [line] = await problems(database(`url: "postgresql://u:p@h/d", caCertificate: ${file}`))
  expect(line).toMatch(/^sflink\.yaml:6:\d+ databases\.crm\.caCertificate: /)
  expect(line).toContain(words)
})

test('a command that reads no database may lack its variable', async ({ read, problems }) => {
  const text = url('${CRM_URL}')
  expect((await problems(text))[0]).toContain('databases.crm.url: the environment variable CRM_URL is not set')
  expect((await read(text, { credentials: 'optional' })).databases.size).toBe(0)
})

const withSource = (source: string) =>
  url('postgresql://u:p@h/d') + NIGHTLY.replace('{ uri: "file:data/contacts.csv" }', source)

test('a sync reads a table or a query of a database', async ({ read }) => {
  for (const what of ['table: public.contacts', 'query: "SELECT 1"']) {
    const { syncs } = await read(withSource(`{ uri: "database:crm", ${what} }`))
    expect(syncs.get('nightly')?.source).toMatchObject({ uri: 'database:crm' })
  }
})

test.for([
  [
    '{ uri: "database:crn", table: t }',
    'source.uri: "crn" is not under databases; use one of crm; did you mean "crm"?',
  ],
  ['{ uri: "database:", table: t }', 'it names no database. Write it like database:crm'],
  ['{ uri: "database:{x}", table: t }', 'it names no database. Write it like database:crm'],
  ['{ uri: "database:crm" }', 'source: names a database and nothing in it; give query or table'],
  ['{ uri: "database:crm", query: SELECT 1, table: t }', 'source.table: is given beside query; leave out one of them'],
  ['{ uri: "database:crm", table: "a.b.c" }', 'expected the name of a table, such as contacts or public.contacts'],
  ['{ uri: "database:crm", table: t, format: csv }', 'source.format: is for files; leave it out'],
  [
    '{ uri: "database:crm", table: t, delimiter: ";" }',
    'source.delimiter: is for csv, and the source is read as postgresql; leave it out',
  ],
  [
    '{ uri: "file:data/a.csv", query: SELECT 1 }',
    'source.query: is for postgresql, and the source is read as csv; leave it out, or give the uri of a database, like database:crm',
  ],
])('the source %s is rejected', async ([source, words], { problems }) => {
  const lines = await problems(withSource(source as string))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(words)
})

test('a sync needs the section', async ({ problems }) => {
  const text = PRODUCTION + NIGHTLY.replace('{ uri: "file:data/contacts.csv" }', '{ uri: "database:crm", table: t }')
  expect((await problems(text))[0]).toContain('"crm" is not under databases; add it there, with its url')
})
