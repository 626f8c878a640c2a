// More concurrent chunks than concurrent requests of the connection: no deadlock.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LoadRig, QUICK, startLoadRig } from '../../rig/loadRig.ts'

const RECORDS = 400

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

test('forty concurrent chunks through Bulk API settle every record, some rejected in each', async () => {
  const org = await rig.openOrg()
  const names = Array.from({ length: RECORDS }, (_, index) => (index % 10 === 0 ? 'Locked' : `P${index + 1}`))
  const match = { field: 'LastName', value: 'Locked' }
  org.emulator.faults.add({ match: { method: 'JOB' }, fault: { type: 'lockRows', match } })
  const { runId, tally } = await rig.load({
    ...QUICK,
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(`last\n${names.join('\n')}\n`) },
    fields: { LastName: 'last' },
    identityFields: ['last'],
    engine: 'bulk',
    chunk: { bulkRecords: 10 },
    concurrency: 40,
    resend: { maxAttempts: 1, delay: 20, lostAnswerWait: 0 },
  })
  expect(tally).toEqual({ created: 360, updated: 0, failed: 40, inDoubt: 0 })
  const results = await rig.rows(runId, 'results.csv')
  expect(results.map(({ last }) => last)).toEqual(names)
})
