import { expect, test } from 'vitest'
import { removeRun } from '../../../loader/runs/pruneRuns.ts'
import { RunIdError } from '../../../loader/storage/errors.ts'
import { openRunStores } from '../../../loader/storage/open.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const stores = openRunStores('file:runs', temporaryFolder())
const remove = (runId: string) => removeRun(stores, runId, async () => false)

test.each(['..', '../..', '.tokens', '.syncs', 'a/../b', 'runs/contacts.x'])(
  '%s is no run id to remove',
  async runId => {
    await expect(remove(runId)).rejects.toThrow(RunIdError)
  },
)

test.each(['removed-runs', 'Removed-Runs', 'contacts.calls-2026-11-19'])(
  'the folder %s stays, which proves what was sent',
  async runId => {
    await stores.open(runId).write('x.json', '{}')
    expect(await remove(runId)).toBe('reserved')
    expect(await stores.open(runId).readText('x.json')).toBe('{}')
  },
)
