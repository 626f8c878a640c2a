import { expect, test } from 'vitest'
import { runLabel, runNameOf, syncOfRun, workflowIdOf } from '../../../packages/client/contract/names.ts'

const started = workflowIdOf('nightly', runLabel(new Date('2026-11-25T09:30:12.345Z'), '4f1a'))

test.each([
  [started, 'nightly.2026-11-25T093012-4f1a'],
  ['sync/nightly/scheduled-2026-11-25T01:00:00Z', 'nightly.scheduled-2026-11-25T010000Z'],
  ['sync/a_b-c/v1.2', 'a_b-c.v1.2'],
])('%s and %s name the same run', (workflowId, runId) => {
  expect(runNameOf(workflowId)).toEqual({ runId, workflowId })
  expect(runNameOf(runId)).toEqual({ runId, workflowId })
  expect(syncOfRun(runId)).toBe(workflowId.split('/')[1])
})

test.each(['signup-4711', 'sync/a/b/c', 'sync/../b', '01890a5d-ac96-774b-bcce-b302099a8057'])(
  '%s is a run id by itself',
  either => expect(runNameOf(either)).toEqual({ runId: either, workflowId: either }),
)
