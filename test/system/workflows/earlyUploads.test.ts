// Chunks that are uploaded while the source is still read.
import { expect, test } from 'vitest'
import { contactsFrom, fileRig, people } from '../../rig/loadRig.ts'

const rig = await fileRig()

const bulk = { engine: 'bulk', chunk: { bulkRecords: 20 }, identityFields: ['last'] }

test('are uploaded once, and each record is created once', async () => {
  const org = await rig.openOrg()
  const { runId, report } = await rig.start(contactsFrom(await rig.source(people(100)), org, bulk))
  expect(await report()).toMatchObject({ tally: { created: 100 } })
  const staged = JSON.parse(await rig.text(runId, 'staged.json')) as { chunks: { uploaded?: object }[] }
  expect(staged.chunks.filter(({ uploaded }) => uploaded !== undefined).length).toBeGreaterThan(0)
  const { jobs, calls } = org.emulator.stats()
  expect({ jobs, uploads: calls['ingestUpload'] }).toEqual({ jobs: { JobComplete: 5 }, uploads: 5 })
  expect(await org.records('Contact')).toHaveLength(100)
  expect((await rig.rows(runId, 'results.csv')).map(({ last }) => last)).toEqual(
    Array.from({ length: 100 }, (_, index) => `P${index + 1}`),
  )
})

test('have their jobs aborted when a later row fails the checks, and the failure says so', async () => {
  const org = await rig.openOrg()
  const source = await rig.source(`${people(100)}${'x'.repeat(81)}\n`)
  const { handle, report } = await rig.start(contactsFrom(source, org, { ...bulk, maxRejected: 0 }))
  await expect(report()).rejects.toThrow()
  const { failure } = (await handle.fetchHistory()).events?.at(-1)?.workflowExecutionFailedEventAttributes ?? {}
  expect(failure?.message).toMatch(
    /1 of 101 records can't be sent, maxRejected allows 0; .* Chunks were uploaded to \d ingest jobs while the source was read; Salesforce processed nothing of them, and they were aborted$/,
  )
  const { jobs, created } = org.emulator.stats()
  expect({ states: Object.keys(jobs), created }).toEqual({ states: ['Aborted'], created: {} })
})
