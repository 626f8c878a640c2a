// A payload that is too large for Temporal is reported in one line, before it is sent.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { startSync } from '../../../packages/client/index.ts'
import { resultProblem } from '../../../workers/failureInterceptor.ts'
import { contactsFrom, fileRig } from '../../rig/loadRig.ts'

const rig = await fileRig()

test('a load with too many inline records is rejected, and no workflow is started', async () => {
  const label = randomUUID()
  const records = [{ last: 'B'.repeat(2_100_000) }]
  await expect(
    startSync(rig.client, { sync: 'signups', label, records }, { taskQueue: rig.taskQueue }),
  ).rejects.toThrow(
    /^The input of sync\/signups\/\S+ takes 21000\d\d bytes as JSON; allowed are 1000000\. Put the records into a file and give its uri, or make several loads$/,
  )
  await expect(rig.client.workflow.getHandle(`sync/signups/${label}`).describe()).rejects.toThrow(/not found/)
})

test('a report that is too large for Temporal fails once, after the load, and names the location of the results', async () => {
  const org = await rig.openOrg()
  const note = 'n'.repeat(12_000)
  const rows = Array.from({ length: 180 }, (_, index) => `P${index},${note}`)
  const load = await rig.start(
    contactsFrom(await rig.source(`last,note\n${rows.join('\n')}\n`), org, { identityFields: ['note'] }),
    { inlineResults: true },
  )
  await expect(load.report()).rejects.toMatchObject({
    cause: {
      type: 'AnswerTooLargeError',
      message: expect.stringMatching(
        /^The answer of aggregateResults has 2\d{6} bytes, more than the 1900000 that Temporal's history accepts\. The records are loaded, and their results are in results\.csv of the run\. Set inlineResults to false, or fewer identityFields$/,
      ),
    },
  })
  expect(await org.records('Contact', 'LastName')).toHaveLength(180)
  expect(await rig.rows(load.runId, 'results.csv')).toHaveLength(180)
})

test('a source with too many chunks for a history is reported with the settings that reduce them', () => {
  const chunks = Array.from({ length: 20_000 }, (_, index) => ({
    chunk: index,
    operation: 'create',
    firstRow: index,
    records: 1,
  }))
  expect(resultProblem('stageSource', { records: 20_000, rejected: 0, engine: 'collections', chunks })).toMatch(
    /^The answer of stageSource has \d+ bytes, .* Make chunks larger, so that there are fewer: chunk\.bulkRecords, chunk\.bulkBytes, chunk\.collectionsRecords$/,
  )
  expect(
    resultProblem('stageSource', { records: 1, rejected: 0, engine: 'bulk', chunks: chunks.slice(0, 10_000) }),
  ).toBe(undefined)
})
