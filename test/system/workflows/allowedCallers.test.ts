// With `allow:` callers run the syncs that it names, and replace the keys that it names.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ObjectsAnswer } from '../../../packages/client/contract/inspection.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncRecordsInput } from '../../../packages/client/contract/syncRecords.ts'
import { fileRig, people } from '../../rig/loadRig.ts'

const inOrg = { connection: 'org-1', operation: 'create', fields: { LastName: 'last' } } as const
const source = { uri: 'file:data/people.csv' }
const rig = await fileRig({
  syncs: {
    contacts: { ...inOrg, object: 'Contact', source },
    leads: { ...inOrg, object: 'Lead', source, fields: { LastName: 'last', Company: 'last' } },
    sandbox: { ...inOrg, object: 'Account', connection: 'org-2', source, fields: { Name: 'last' } },
  },
  places: { allow: { syncs: ['contacts', 'leads'], overrides: ['source'] } },
})
const org = await rig.openOrg()
await rig.openOrg()
await rig.source(people(2), 'people.csv')

const run = (input: SyncRecordsInput): Promise<RunReport> => rig.execute('syncRecords', input)
const rejected = (message: string) => ({
  cause: { type: 'RunRejectedError', message: expect.stringContaining(message) },
})

test('a caller runs a sync, as it is or with another source', async () => {
  expect((await run({ sync: 'contacts' })).tally.created).toBe(2)
  expect((await run({ sync: 'contacts', spec: { source: { inline: [{ last: 'Doe' }] } } })).tally.created).toBe(1)
})

test('a caller loads nothing else', async () => {
  const whole = { ...inOrg, object: 'Account', source }
  await expect(run({ spec: whole })).rejects.toMatchObject(
    rejected(
      'The load: callers may run syncs of the configuration only, by name: contacts, leads (allow in sflink.yaml)',
    ),
  )
  await expect(run({ sync: 'my-own', spec: whole })).rejects.toMatchObject(
    rejected('Sync my-own: callers may not run it'),
  )
  await expect(run({ sync: 'sandbox' })).rejects.toMatchObject(
    rejected('allowed: contacts, leads (allow in sflink.yaml)'),
  )
  await expect(run({ sync: 'contacts', spec: { connection: 'org-2' } })).rejects.toMatchObject(
    rejected('Sync contacts: a run may not replace connection; allowed: source'),
  )
  await expect(
    run({ sync: 'contacts', spec: { object: 'Lead', fields: { LastName: 'last', Company: 'last' }, maxRejected: 5 } }),
  ).rejects.toMatchObject(rejected('a run may not replace object, fields, maxRejected'))
  expect(org.emulator.stats().created['Account']).toBeUndefined()
})

test('a caller inspects the connections and objects of those syncs', async () => {
  const { objects } = await rig.execute<ObjectsAnswer>('listObjects', { connection: 'org-1' })
  expect(objects.map(({ name }) => name).toSorted()).toEqual(['Contact', 'Lead'])
  await rig.execute('describeObject', { connection: 'org-1', object: 'contact' })
  await expect(rig.execute('describeObject', { connection: 'org-1', object: 'User' })).rejects.toMatchObject(
    rejected('The object User in org-1: no sync uses it that callers may run (allow in sflink.yaml)'),
  )
  for (const type of ['testConnection', 'fetchVersions', 'listObjects'] as const) {
    await expect(rig.execute(type, { connection: 'org-2' })).rejects.toMatchObject(rejected('The connection org-2'))
  }
  await expect(rig.execute('checkSync', { sync: 'sandbox' })).rejects.toMatchObject(rejected('Sync sandbox'))
})

test('a service adds records to a sync whose source may be replaced, and to no other', async () => {
  const add = async (sync: string) => {
    const workflowId = `receive/${sync}-${randomUUID()}`
    const { taskQueue } = rig
    const handle = await rig.client.workflow.start('receiveRecords', { taskQueue, workflowId, args: [{ sync }] })
    const args: [object] = [{ id: '1', records: [{ last: 'Added' }] }]
    return handle.executeUpdate('addRecords', { args }).finally(() => handle.terminate())
  }
  expect(await add('leads')).toMatchObject({ results: [{ outcome: 'created' }] })
  await expect(add('sandbox')).rejects.toMatchObject(rejected('Sync sandbox: callers may not run it'))
})
