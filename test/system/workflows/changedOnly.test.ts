// send: changed: on the second night the org holds what the source has, so that nothing is sent.
import { expect, test } from 'vitest'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

const RECORDS = 20_000
const CHANGED = 200

/** Every hundredth record has the title; the addresses are in another case than the org stores them. */
function csv(title: string): string {
  const rows = Array.from({ length: RECORDS }, (_, index) => {
    return `K${index}@Key.example,Keyed ${index},${index % 100 === 0 ? title : 'Same'},${index % 7}.50\n`
  })
  return `key,last,title,score\n${rows.join('')}`
}

test('a sync with send: changed sends one percent on one night, and nothing on the next', async () => {
  const org = await rig.openOrg()
  const spec = {
    connection: org.connection,
    object: 'Contact',
    engine: 'bulk',
    fields: { Email: 'key', LastName: 'last', Title: 'title', Score__c: 'score' },
    identityFields: ['key'],
    resultColumns: ['id', 'errorcode'],
    chunk: { bulkRecords: 3_000 },
  }
  await rig.load({ ...spec, operation: 'create', source: { uri: await rig.source(csv('Before')) } })
  const callsOf = () => Object.values(org.emulator.stats().calls).reduce((sum, calls) => sum + calls, 0)
  const jobs = () => org.emulator.stats().calls['ingestCreate'] ?? 0
  const night = { ...spec, operation: 'update', keyField: 'Email', send: 'changed', undo: true }
  const source = { uri: await rig.source(csv('After')) }

  const before = { calls: callsOf(), jobs: jobs() }
  const first = await rig.load({ ...night, source })
  expect(first.tally).toMatchObject({ updated: CHANGED, unchanged: RECORDS - CHANGED, failed: 0 })
  // The records of seven chunks go into one job.
  expect(jobs() - before.jobs).toBe(1)
  expect(callsOf() - before.calls).toBeLessThanOrEqual(30)
  const titles = await org.records('Contact', 'Email', 'Title')
  expect(titles.filter(({ Title }) => Title === 'After')).toHaveLength(CHANGED)
  const results = await rig.rows(first.runId, 'results.csv')
  expect(results).toHaveLength(RECORDS)
  expect(results.every(({ status, id, errorcode }) => status === 'true' && id !== '' && errorcode === '')).toBe(true)
  const kept = await rig.rows(first.runId, 'before/00001.csv')
  expect(kept).toHaveLength(30)
  expect(kept[0]).toMatchObject({ row: '1', Id: results[0]?.['id'], LastName: 'Keyed 0', Title: 'Before' })

  const between = { calls: callsOf(), jobs: jobs() }
  const run = await rig.start({ ...night, source })
  const second = await run.report()
  expect(second).toMatchObject({ outcome: 'completed', tally: { updated: 0, unchanged: RECORDS, failed: 0 } })
  expect(jobs()).toBe(between.jobs)
  expect(callsOf() - between.calls).toBeLessThanOrEqual(12)
  const progress = await run.handle.query<SyncProgress>('progress')
  expect(progress).toMatchObject({ stage: 'done', records: RECORDS, settled: RECORDS, unchanged: RECORDS })
})
