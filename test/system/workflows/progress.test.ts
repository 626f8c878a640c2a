// The answer of the query `progress` while several chunks are in progress.
import { expect, test } from 'vitest'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { contactsFrom, fileRig, until } from '../../rig/loadRig.ts'

const rig = await fileRig({ workers: 'elsewhere' })

/** `EventType` of Temporal's API: a workflow task started, an activity completed. */
const TASK_STARTED = 6
const ACTIVITY_COMPLETED = 12

test('two chunks that end at the same moment are both counted', async () => {
  await rig.work({ role: 'load' })
  const first = await rig.work({ role: 'workflow' })
  const org = await rig.openOrg()
  org.emulator.faults.add({ match: { operation: 'collectionCreate' }, fault: { type: 'delay', ms: 1_000 } })
  const names = Array.from({ length: 40 }, (_, index) => `P${index + 1}`)
  const { handle, report } = await rig.start(
    contactsFrom(await rig.source(`last\n${names.join('\n')}\n`), org, {
      engine: 'collections',
      chunk: { collectionsRecords: 20 },
      concurrency: 2,
    }),
  )
  const pending = async () => (await handle.describe()).raw.pendingActivities ?? []
  await until(
    pending,
    activities => activities.filter(({ activityType }) => activityType?.name === 'sendChunk').length === 2,
  )
  // Without a workflow worker both completions accumulate, and the next worker gets them in one task.
  first.stop()
  await first.stopped
  await until(pending, activities => activities.length === 0)
  await rig.work({ role: 'workflow' })
  expect(await report()).toMatchObject({ tally: { created: 40 } })
  const progress = await handle.query<SyncProgress>('progress')
  expect(progress).toMatchObject({ stage: 'done', settled: 40, created: 40, chunks: 2, chunksDone: 2 })
  const { events } = await handle.fetchHistory()
  const kinds = (events ?? []).map(({ eventType }) => Number(eventType))
  const turns = kinds.filter(kind => kind === TASK_STARTED || kind === ACTIVITY_COMPLETED).join()
  expect(turns, 'both ended before the next task').toContain([ACTIVITY_COMPLETED, ACTIVITY_COMPLETED].join())
})
