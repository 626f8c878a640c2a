import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../dev/processes/freePort.ts'
import { inProcess } from '../../rig/inProcess.ts'
import { sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await writeFile(
    join(folder, 'sflink.yaml'),
    `connections:
  production:
    loginUrl: https://acme.my.salesforce.com
    auth: { flow: client_credentials, clientId: x, clientSecret: \${NOT_SET} }
syncs:
  nightly:
    connection: production
    object: Contact
    operation: create
    source: { uri: "file:data/contacts-{date}.csv" }
    fields: { LastName: last_name }
`,
  )
})

async function usageError(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await inProcess(args, { cwd: folder })
  expect(stdout).toBe('')
  expect(code).toBe(2)
  return stderr.trimEnd()
}

test('help lists every command and exits 0', async () => {
  const { code, stdout } = await inProcess(['--help'], { cwd: folder })
  expect(code).toBe(0)
  for (const command of ['connection', 'objects', 'describe', 'sync', 'schedule', 'worker', 'emulator']) {
    expect(stdout).toContain(`  ${command}`)
  }
  expect(stdout).toMatch(/Loads:\n {2}sync.*Orgs:\n {2}connection.*Set-up and processes:\n {2}doctor/s)
})

test('an unknown command and a missing argument are usage errors', async () => {
  expect(await usageError('sink')).toContain("unknown command 'sink'")
  expect(await usageError('sync', 'run')).toContain("missing required argument 'name'")
})

test('reports a missing configuration with its remedy', async () => {
  expect(await usageError('sync', 'run', 'nightly', '--config', 'other.yaml')).toBe(
    'other.yaml: the file does not exist; create it, or name another with --config or SFLINK_CONFIG',
  )
})

test('reports an error in the configuration with its line', async () => {
  await writeFile(join(folder, 'wrong.yaml'), 'connection: {}\n')
  const message = await usageError('sync', 'run', 'nightly', '--config', 'wrong.yaml')
  expect(message).toMatch(/^wrong\.yaml:1:1 unknown key "connection"; allowed: .*; did you mean "connections"\?$/)
})

test('the worker rejects a configuration whose variables are not set', async () => {
  // A separate process: the worker restarts itself with flags for its heap.
  const { code, stderr } = await sflink(['worker'], { cwd: folder })
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /^sflink\.yaml:4:\d+ connections\.production\.auth\.clientSecret: the environment variable NOT_SET is not set; /,
  )
})

test('reports an unknown sync with the known ones', async () => {
  expect(await usageError('sync', 'run', 'nightli')).toMatch(
    /^There is no sync 'nightli' in .*sflink\.yaml: its syncs are nightly; did you mean "nightly"\?$/,
  )
})

test('reports a placeholder of the source without a value', async () => {
  expect(await usageError('sync', 'run', 'nightly')).toBe(
    'The source of the sync nightly leaves {date} open. Give it: --set date=…, or a time: --scheduled-time …',
  )
})

test('reports an option that does not fit the sync like an error in the configuration', async () => {
  const run = ['sync', 'run', 'nightly', '--set', 'date=2026-11-25']
  expect(await usageError(...run, '--set', 'operation=creat')).toMatch(/operation: .*create, update, upsert/)
  expect(await usageError(...run, '--set', 'maxReject=10')).toMatch(
    /^The sync nightly with these options: unknown key "maxReject"/,
  )
  expect(await usageError(...run, '--set', 'maxRejected')).toMatch(/^--set is 'maxRejected'; write it as key=value/)
})

test('reports an invalid source URI before a run is started', async () => {
  const run = (source: string) => usageError('sync', 'run', 'nightly', '--source', source)
  expect(await run('data/contacts.csv')).toBe(
    "The source data/contacts.csv can't be opened: its uri can't be used: it has no scheme; write file: before the path. Write file:data/contacts.csv.",
  )
  expect(await run('sftp://host/contacts.csv')).toMatch(
    /the scheme sftp: is not supported; allowed: file:, s3: and https:/,
  )
  expect(await run('s3:/acme/contacts.csv')).toMatch(/it is not written as s3:\/\/bucket\/key\. Write s3:/)
  expect(await run('http://files.acme.com/contacts.csv')).toMatch(/http: is not encrypted .* Write https:/)
})

test('reports in one line that Temporal is not reachable', async () => {
  const address = `127.0.0.1:${await freePort()}`
  const { code, stderr } = await inProcess(['connection', 'test', 'production'], {
    cwd: folder,
    environment: { TEMPORAL_ADDRESS: address },
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`^Temporal cannot be reached at ${address}: .*TEMPORAL_ADDRESS\n$`))
})

test('reports an address that is not available to the emulator with its remedy', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await inProcess(['emulator', '--port', String(port)], { cwd: folder })
  taken.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(
    new RegExp(`^The emulator cannot listen on 127\\.0\\.0\\.1:${port}: .*\\. Give another --port or --host\n$`),
  )
})

test('an invalid port is a usage error', async () => {
  expect(await usageError('emulator', '--port', 'x')).toBe("--port is 'x'; give a number from 0 to 65535")
})
