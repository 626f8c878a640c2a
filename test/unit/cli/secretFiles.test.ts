import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkSecretFiles } from '../../../cli/doctor/machineChecks.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test.skipIf(process.platform === 'win32')('a file with secrets that others may read is reported', async () => {
  const [file, env, key] = ['sflink.yaml', '.env', 'server.key'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [file, env, key]) await writeFile(path, 'x', { mode: 0o644 })
  await chmod(key, 0o600)
  expect(await checkSecretFiles({ file, files: [file, env, key, join(folder, 'absent')] })).toEqual([
    {
      check: 'Secrets',
      state: 'warning',
      message: `${env} can be read by other users of this machine; run: chmod 600 ${env}`,
    },
  ])
  await chmod(env, 0o600)
  expect(await checkSecretFiles({ file, files: [file, env, key] })).toEqual([])
})
