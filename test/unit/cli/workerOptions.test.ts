// One-line errors of the commands around the worker.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { inProcess } from '../../rig/inProcess.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
beforeAll(async () => {
  const auth = '{ flow: client_credentials, clientId: x, clientSecret: y }'
  await writeFile(
    join(folder, 'sflink.yaml'),
    `connections:\n  org: { loginUrl: "https://acme.my.salesforce.com", auth: ${auth} }\n`,
  )
  await writeFile(join(folder, 'empty.toml'), '')
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
  const environment = { TEMPORAL_CONFIG_FILE: join(folder, 'empty.toml') }
  const { code, stderr } = await inProcess(args, { cwd: folder, environment })
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})
