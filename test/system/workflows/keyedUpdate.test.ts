// An update by a key field of more records than lists are cheaper for: the org is read once for the whole run.
import { expect, test } from 'vitest'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

const RECORDS = 20_000

/** The source of the create, or of the update, which has the keys in another order and in another case. */
function csv(title: string, keyOf: (index: number) => string): string {
  const rows = Array.from({ length: RECORDS }, (_, index) => `${keyOf(index)},Keyed,${title}\n`)
  return `key,last,title\n${rows.join('')}`
}

test('an update of 20,000 records by their key reads the org by one query job, before anything is sent', async () => {
  const org = await rig.openOrg()
  const spec = {
    connection: org.connection,
    object: 'Contact',
    engine: 'bulk',
    fields: { Email: 'key', LastName: 'last', Title: 'title' },
    identityFields: ['key'],
    resultColumns: ['id', 'errorcode'],
    chunk: { bulkRecords: 7_000 },
  }
  const created = csv('Before', index => `k${index}@key.example`)
  await rig.load({ ...spec, operation: 'create', source: { uri: await rig.source(created) } })
  const before = { ...org.emulator.stats().calls }
  const updated = csv('After', index => `K${RECORDS - index}@key.example`)
  const source = { uri: await rig.source(updated) }
  const run = await rig.start({ ...spec, operation: 'update', keyField: 'Email', source })
  const steps = new Set<string>()
  const ended = run.report()
  for (let done = false; !done; ) {
    const { stage, step } = await run.handle.query<SyncProgress>('progress')
    if (stage === 'matching') steps.add(step?.what ?? '')
    done = stage === 'done'
  }
  const { tally, outcome } = await ended
  // The first key of the update, K20000, has no record.
  expect({ tally, outcome }).toEqual({
    tally: { created: 0, updated: RECORDS - 1, deleted: 0, unchanged: 0, failed: 1, inDoubt: 0 },
    outcome: 'completed_with_rejected',
  })
  expect([...steps]).toEqual([`finds the records of 20,000 keys in the org`])
  const calls = (operation: string) => (org.emulator.stats().calls[operation] ?? 0) - (before[operation] ?? 0)
  expect(calls('queryJobCreate')).toBe(1)
  expect(calls('queryJobResults')).toBe(1)
  const results = await rig.rows(run.runId, 'results.csv')
  expect(results[0]).toMatchObject({ status: 'error', key: 'K20000@key.example', errorcode: 'KEY_NOT_FOUND' })
  const ids = new Map((await org.records('Contact', 'Id', 'Email', 'Title')).map(one => [one['Email'], one]))
  for (const { status, key = '', id } of results.slice(1)) {
    expect({ status, ...ids.get(key.toLowerCase()) }).toMatchObject({ status: 'true', Id: id, Title: 'After' })
  }
  expect(ids.get('k0@key.example')).toMatchObject({ Title: 'Before' })
})
