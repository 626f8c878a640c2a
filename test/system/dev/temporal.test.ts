import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { expect, inject, test } from 'vitest'
import { TEMPORAL_VERSION } from '../../../cli/up/temporalCommand.ts'
import { findTemporal } from '../../../dev/programs/temporalExecutable.ts'
import { executable } from '../../rig/executable.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

test('uses an address in the environment first', async () => {
  const found = await findTemporal({
    TEMPORAL_ADDRESS: 'temporal.acme.com:7233',
    TEMPORAL_NAMESPACE: 'loads',
    PATH: folder,
  })
  expect(found).toEqual({ kind: 'server', address: 'temporal.acme.com:7233', namespace: 'loads' })
})

test('uses the temporal command on PATH next, if it is the right program', async () => {
  const cache = join(folder, 'salesforce-link', `temporal-${TEMPORAL_VERSION}`)
  await executable(join(cache, 'temporal'), 'temporal version 1.5.1')
  const environment = { PATH: `${folder}:/bin:/usr/bin`, XDG_CACHE_HOME: folder }

  await executable(join(folder, 'temporal'), 'another program')
  expect(await findTemporal(environment)).toEqual({ kind: 'executable', path: join(cache, 'temporal') })

  await executable(join(folder, 'temporal'), 'temporal version 1.9.0')
  expect(await findTemporal(environment)).toEqual({ kind: 'executable', path: join(folder, 'temporal') })
})

test('the server ends with the process that started it, even when that is killed', async () => {
  const script = `import { startTemporalServer } from ${JSON.stringify(new URL('../../../dev/processes/temporalServer.ts', import.meta.url).href)}
    console.log((await startTemporalServer()).address)
    setInterval(() => {}, 1000)`
  const { TEMPORAL_ADDRESS: _, ...environment } = process.env
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { env: environment })
  const [line] = (await once(owner.stdout, 'data')) as [Buffer]
  const port = Number(line.toString().trim().split(':')[1])
  expect(await accepts(port)).toBe(true)
  owner.kill('SIGKILL')
  await expect.poll(() => accepts(port), { timeout: 10_000 }).toBe(false)
})

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    sleep(2_000, false),
  ]).finally(() => socket.destroy())
}

test('every test file uses the shared server of the run', async () => {
  const address = inject('temporalAddress')
  expect(process.env['TEMPORAL_TEST_ADDRESS']).toBe(address)
  const temporalConnection = await Connection.connect({ address })
  await temporalConnection.workflowService.describeNamespace({ namespace: inject('temporalNamespace') })
  await temporalConnection.close()
})
