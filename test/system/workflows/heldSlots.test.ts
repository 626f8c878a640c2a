// An org that never answers holds no slot of a worker beyond the workflow that asks it.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { contactsFrom, type LoadRig, people, startLoadRig, until } from '../../rig/loadRig.ts'

const SLOTS = 2

let rig: LoadRig
let asked = 0
// Accepts every connection and says nothing.
const silent = createServer(() => {
  asked += 1
})

beforeAll(async () => {
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  rig = await startLoadRig({ workers: 'elsewhere' })
  await rig.work({ slots: SLOTS })
})
afterAll(async () => {
  await rig.close()
  silent.close()
})

test.each(['terminated', 'cancelled'] as const)(
  'a slot is free soon after the workflow was %s',
  async how => {
    const org = await rig.openOrg()
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('not listening')
    const connection = rig.addConnection({
      loginUrl: `http://127.0.0.1:${address.port}`,
      auth: { flow: 'client_credentials', clientId: 'a', clientSecret: new Secret('b') },
    })
    const before = asked
    const types = ['testConnection', 'describeObject', 'listObjects', 'fetchVersions']
    const handles = await Promise.all(
      types.map(type => {
        const args = [type === 'describeObject' ? { connection, object: 'Contact' } : { connection }]
        return rig.client.workflow.start(type, { taskQueue: rig.taskQueue, workflowId: `held-${randomUUID()}`, args })
      }),
    )
    await until(
      async () => asked,
      count => count > before,
    )
    await Promise.all(handles.map(handle => (how === 'terminated' ? handle.terminate() : handle.cancel())))
    const load = await rig.start(contactsFrom(await rig.source(people(2)), org))
    expect((await load.report()).tally.created).toBe(2)
  },
  40_000,
)
