// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openConfigFile } from '../../../cli/configFile.ts'
import { openSecretsFile } from '../../../cli/secretsFile.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const root = temporaryFolder()
let file = ''
let count = 0

beforeEach(async () => {
  count += 1
  const folder = join(root, String(count))
  await mkdir(folder)
  file = join(folder, 'sflink.yaml')
})

const CONNECTION = 'instanceUrl: https://acme.my.salesforce.com\nauth: { flow: access_token, accessToken: "${TOKEN}" }'
const SYNC = `connection: acme
object: Contact
operation: create
source: { uri: "file:data/a.csv" }
fields:
  LastName: name   # same name`

const VALID = `connections:
  acme:
    instanceUrl: https://acme.my.salesforce.com
    auth: { flow: access_token, accessToken: x }   # by hand
`

test('creates a file with a connection and a sync', async () => {
  const config = await openConfigFile(file)
  expect(config.exists).toBe(false)
  config.add('connections', 'acme', CONNECTION)
  config.add('syncs', 'contacts', SYNC)
  config.addDataDirectory('exports')
  await config.save()
  const text = await readFile(file, 'utf8')
  expect(text).toContain('  contacts:\n    connection: acme\n')
  expect(text).toContain('      LastName: name   # same name\n')
  expect(text).toContain('dataDirectories: ["data", "exports"]\n')
  expect((await openConfigFile(file)).names('syncs')).toEqual(['contacts'])
  expect(await readdir(join(file, '..'))).toEqual(['sflink.yaml'])
})

test('shows the additions with the lines around them, and keeps the rights of the file', async () => {
  await writeFile(file, `${VALID}runStore: file:runs\n`)
  await chmod(file, 0o640)
  const config = await openConfigFile(file)
  config.add('connections', 'other', CONNECTION)
  expect(config.changes()).toBe(`  …
      instanceUrl: https://acme.my.salesforce.com
      auth: { flow: access_token, accessToken: x }   # by hand
+
+   other:
+     instanceUrl: https://acme.my.salesforce.com
+     auth: { flow: access_token, accessToken: "\${TOKEN}" }
  runStore: file:runs`)
  await config.save()
  expect((await stat(file)).mode & 0o777).toBe(0o640)
})

test('writes the file that a link leads to', async () => {
  const real = join(file, '..', 'real.yaml')
  await writeFile(real, VALID)
  await symlink(real, file)
  const config = await openConfigFile(file)
  config.add('syncs', 'contacts', SYNC)
  await config.save()
  expect(await readFile(real, 'utf8')).toContain('contacts:')
})

test('never replaces an entry, and proposes another name', async () => {
  await writeFile(file, VALID)
  const config = await openConfigFile(file)
  expect(config.freeName('connections', 'acme')).toBe('acme-2')
  expect(() => config.add('connections', 'acme', CONNECTION)).toThrow(
    /sflink\.yaml has acme under connections; give another name, such as acme-2$/,
  )
})

test('rejects a file with errors, with the line of each', async () => {
  await writeFile(file, `${VALID}syncs:\n  a: { connection: acme, object: 1 }\n`)
  await expect(openConfigFile(file)).rejects.toThrow(/sflink\.yaml:6:\d+ syncs\.a\.object: /)
  await writeFile(file, 'syncs:\n  a: [\n')
  await expect(openConfigFile(file)).rejects.toThrow(/sflink\.yaml:\d+:\d+ is not valid YAML: /)
})

test('accepts a file without connections, but no other error in it', async () => {
  await writeFile(file, '# nothing yet\n')
  expect((await openConfigFile(file)).exists).toBe(true)
  await writeFile(file, 'runStore: file:runs\nconnections:\n')
  expect((await openConfigFile(file)).names('connections')).toEqual([])
  await writeFile(file, 'runStore: here\n')
  await expect(openConfigFile(file)).rejects.toThrow(/^[^\n]*:1:11 runStore: [^\n]*$/)
})

test('writes nothing that is not valid, and nothing over the change of another program', async () => {
  await writeFile(file, VALID)
  const wrong = await openConfigFile(file)
  wrong.add('syncs', 'a', 'connection: nowhere')
  await expect(wrong.save()).rejects.toThrow(/syncs\.a/)
  const late = await openConfigFile(file)
  late.add('syncs', 'a', SYNC)
  await writeFile(file, `${VALID}# mine\n`)
  await expect(late.save()).rejects.toThrow(/was changed by another program meanwhile; nothing was written/)
  expect(await readFile(file, 'utf8')).toBe(`${VALID}# mine\n`)
})

test('adds secrets to .env, readable by its owner only, and keeps its lines', async () => {
  const env = join(file, '..', '.env')
  await writeFile(env, 'A=1 # one\nTOKEN=old', { mode: 0o600 })
  const secrets = await openSecretsFile(file)
  expect(secrets.add('TOKEN', `it's "new"`)).toBe('TOKEN_2')
  expect(secrets.add('TOKEN', 'old')).toBe('TOKEN')
  expect(secrets.add('SECRET', '00D!x$y#z')).toBe('SECRET')
  await secrets.save()
  expect(await readFile(env, 'utf8')).toBe("A=1 # one\nTOKEN=old\nTOKEN_2=`it's \"new\"`\nSECRET='00D!x$y#z'\n")
})

test('creates .env with the mode 0600', async () => {
  const secrets = await openSecretsFile(file)
  secrets.add('TOKEN', 'x')
  await secrets.save()
  expect((await stat(join(file, '..', '.env'))).mode & 0o777).toBe(0o600)
})

test('writes no secret into a file that other users may read', async () => {
  const env = join(file, '..', '.env')
  await writeFile(env, 'A=1\n')
  await chmod(env, 0o644)
  const secrets = await openSecretsFile(file)
  expect(() => secrets.add('TOKEN', 'x')).toThrow(/\.env may be read by other users \(mode 644\).*chmod 600/)
})
