import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeAll, expect, test, vi } from 'vitest'
import { lineOfError } from '../../../cli/commandError.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { RunFailedError } from '../../../packages/client/errors.ts'
import { inProcess } from '../../rig/inProcess.ts'
import { listening } from '../../rig/listening.ts'
import { sflink } from '../../rig/sflink.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await writeFile(join(folder, 'empty.toml'), '')
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
  mirror:
    connection: production
    object: Contact
    operation: update
    keyField: Email
    source: { uri: "file:data/contacts.csv" }
    fields: { LastName: last_name, Email: email }
    missing: delete
    scope: "LeadSource = 'Web'"
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
    /^There is no sync 'nightli' in .*sflink\.yaml: its syncs are nightly, mirror; did you mean "nightly"\?$/,
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
  expect(await usageError('sync', 'run', 'nightly', '--source', 's3:/acme/contacts.csv')).toMatch(
    /^The source s3:\/acme\/contacts\.csv can't be opened: it is not written as s3:\/\/bucket\/key\. Write it like s3:/,
  )
})

test('reports in one line that Temporal is not reachable', async () => {
  const address = `127.0.0.1:${await freePort()}`
  const { code, stderr } = await inProcess(['connection', 'test', 'production'], {
    cwd: folder,
    environment: { TEMPORAL_ADDRESS: address },
  })
  expect(code).toBe(4)
  expect(stderr).toMatch(new RegExp(`^Temporal cannot be reached at ${address}: .*TEMPORAL_ADDRESS\n$`))
})

test('reports an address that is not available to the emulator with its remedy', async () => {
  const taken = await listening(createServer())
  const { code, stderr } = await inProcess(['emulator', '--port', String(taken.port)], { cwd: folder })
  await taken.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(
    new RegExp(`^The emulator cannot listen on 127\\.0\\.0\\.1:${taken.port}: .*\\. Give another --port or --host\n$`),
  )
})

test('an invalid port is a usage error', async () => {
  expect(await usageError('emulator', '--port', 'x')).toBe("--port is 'x'; give a number from 0 to 65535")
})

test.each([
  [['worker', '--slots', '0'], "--slots is '0'; give a whole number from 1 to 100"],
  [['worker', '--grace', 'soon'], "--grace is 'soon'; give a time such as 30s or 2m"],
  [
    ['worker', '--health', 'x:y'],
    "--health is 'x:y'; give an address and port such as 127.0.0.1:8090, or a port alone",
  ],
  [['worker', '--build-id', 'a'], 'Worker Versioning needs both --deployment and --build-id; give both or neither'],
  [['worker', '--role', 'boss'], 'Allowed choices are all, workflow, load.'],
  [['codec-server'], 'has no encryption.keys: there is nothing to decrypt. Add the keys that the workers have'],
  [['sync', 'status', 'x'], 'empty.toml holds no profile. Give it a table [profile.default], or delete it'],
] as const)('%s', async (args, message) => {
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'empty.toml'))
  expect(await usageError(...args)).toContain(message)
})

test('a bug is one line that says how to see where it was thrown', () => {
  const bug = new TypeError('x is not a function\nand more')
  expect(lineOfError(bug)).toEqual({
    line: 'sflink has a bug: TypeError: x is not a function. Report it with the output of the same command after: export SFLINK_LOG=debug',
    exitCode: 1,
  })
  expect(lineOfError(bug, true).line).toContain('usage.test.ts:')
})

test('an error of the client package prints no stack of Temporal or of the worker', () => {
  const cause = new Error('Workflow execution failed', { cause: new Error('at /srv/worker/loader/x.ts') })
  const error = new RunFailedError(
    { workflowId: 'w', type: 'LoginRejectedError', kind: 'rejected' },
    'Login failed',
    cause,
  )
  expect(inspect(error)).toMatch(/^RunFailedError: Login failed\n/)
  expect(inspect(error)).not.toContain('/srv/worker')
  expect(error.cause).toBe(cause)
})

test.each([
  [['snyc', 'run'], 'unknown command \'snyc\'; did you mean "sync"? sflink --help lists the commands'],
  [['sync', 'rnu', 'nightly'], 'unknown command \'rnu\'; did you mean "run"? sflink sync --help lists the commands'],
  [
    ['run', 'nightly'],
    'unknown command \'run\'; did you mean "sflink sync run" or "sflink flow run"? sflink --help lists the commands',
  ],
  [['connection', 'production', 'test'], "unknown command 'production'. sflink connection --help lists the commands"],
  [['sync', 'run'], 'Usage: sflink sync run [options] <name> | --plan <run>; sflink sync run --help explains each'],
  [
    ['describe', 'production'],
    'Usage: sflink describe [options] <name> <object> [field]; sflink describe --help explains each',
  ],
  [['sync', 'run', 'nightly', '--config', '.'], 'is a directory; name the file in it, or name another with --config'],
] as const)('the mistake %j is answered with what is right', async (args, message) => {
  expect(await usageError(...args)).toContain(message)
})

test('a person looks at the plan of a mirror before it is applied', async () => {
  const { isTTY } = process.stdin
  try {
    process.stdin.isTTY = true
    expect(await usageError('sync', 'run', 'mirror', '--set', 'maxDeleted=5')).toBe(
      'Sync mirror deletes the records of its scope that the source does not have. Look at them first: sflink sync plan mirror --set maxDeleted=5, ' +
        'and then apply that plan: sflink sync run --plan RUN',
    )
  } finally {
    process.stdin.isTTY = isTTY
  }
})
