// An org that never answers holds no slot of a worker beyond the workflow that asks it, and never all of them.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../../loader/http/secret.ts'
import { contactsFrom, type LoadRig, people, startLoadRig, until } from '../../rig/loadRig.ts'

const SLOTS = 4

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

function silentOrg(): string {
  const address = silent.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return rig.addConnection({
    loginUrl: `http://127.0.0.1:${address.port}`,
    auth: { flow: 'client_credentials', clientId: 'a', clientSecret: new Secret('b') },
  })
}

test('steps that wait for one org leave slots for the loads of others', async () => {
  const org = await rig.openOrg()
  const connection = silentOrg()
  const before = asked
  const inline = { source: { inline: [{ last_name: 'Silva' }] }, fields: { LastName: 'last_name' } }
  const waiting = await Promise.all(
    Array.from({ length: 3 * SLOTS }, () =>
      rig.start({ connection, object: 'Contact', operation: 'create', ...inline }),
    ),
  )
  await until(
    async () => asked,
    count => count > before,
  )
  const load = await rig.start(contactsFrom(await rig.source(people(2)), org))
  expect((await load.report()).tally.created).toBe(2)
  for (const { handle } of waiting) {
    expect((await handle.describe()).status.name).toBe('RUNNING')
    await handle.terminate()
  }
}, 40_000)

test.each(['terminated', 'cancelled'] as const)(
  'a slot is free soon after the workflow was %s',
  async how => {
    const org = await rig.openOrg()
    const connection = silentOrg()
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
