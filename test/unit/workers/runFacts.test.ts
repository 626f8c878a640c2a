import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRunStores } from '../../../loader/storage/open.ts'
import { rememberedFacts } from '../../../workers/telemetry/runFacts.ts'
import { configurationIn } from '../../rig/rigConfiguration.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
const { syncs } = configurationIn(folder, new Map(), {
  contacts: {
    connection: 'acme',
    object: 'Contact',
    operation: 'create',
    source: { uri: 'file:data/contacts.csv' },
    fields: { LastName: 'last' },
  },
})
const stores = openRunStores('file:runs', folder)
const factsOf = rememberedFacts({ runStore: stores.open, syncNames: [...syncs.keys()], sync: name => syncs.get(name) })

async function start(runId: string, started: object): Promise<void> {
  const facts = {
    workflowId: 'w',
    connection: 'acme',
    operation: 'create',
    startedAt: '2026-11-25T02:00:00',
    ...started,
  }
  await stores.open(runId).write(join('executions', 'e.started.json'), JSON.stringify(facts))
}

test('metrics have the names of the configuration alone, whatever callers give', async () => {
  await start('contacts.a', { sync: 'contacts', object: 'Contact' })
  await start('contacts.b', { object: 'Contact' })
  await start('other', { sync: 'other', object: 'x'.repeat(1_500) })
  expect(await factsOf('contacts.a')).toEqual({ sync: 'contacts', object: 'Contact', connection: 'acme' })
  expect(await factsOf('contacts.b')).toEqual({ sync: '', object: 'Contact', connection: 'acme' })
  expect(await factsOf('other')).toEqual({ sync: '', object: '', connection: 'acme' })
  expect(await factsOf('contacts.unknown')).toEqual({ sync: 'contacts', object: '', connection: '' })
})
