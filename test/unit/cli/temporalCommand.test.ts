import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TEMPORAL_VERSION, temporalCommand } from '../../../cli/up/temporalCommand.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test('up uses the temporal command on PATH, else the one in the cache', async () => {
  const [path, cache] = [join(folder, 'bin'), join(folder, 'salesforce-link', `temporal-${TEMPORAL_VERSION}`)]
  const environment = { PATH: `${path}:/bin:/usr/bin`, XDG_CACHE_HOME: folder }
  await executable(join(cache, 'temporal'), 'temporal version 1.5.1')
  expect(await temporalCommand(environment)).toBe(join(cache, 'temporal'))
  await executable(join(path, 'temporal'), 'temporal version 1.9.0')
  expect(await temporalCommand(environment)).toBe(join(path, 'temporal'))
})

test('without a command and without a way to download it, the error has the reason and the remedy', async () => {
  // Behind a proxy, where nothing listens.
  const environment = { PATH: folder, XDG_CACHE_HOME: join(folder, 'empty'), HTTPS_PROXY: 'http://127.0.0.1:1' }
  await expect(temporalCommand(environment)).rejects.toThrow(
    /^No Temporal server can be started: temporal is not on PATH, and its download from https:\/\/temporal\.download failed \(.*[Cc]onnection refused.*\)\. Install the Temporal CLI \(https:\/\/docs\.temporal\.io\/cli\), or set TEMPORAL_ADDRESS to a server that runs, then run the command again$/,
  )
})
