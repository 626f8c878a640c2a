import { expect, test } from 'vitest'
import { CallClaims, keepCallList } from '../../../loader/calls/callClaims.ts'
import { markRemoved } from '../../../loader/runs/removedRuns.ts'
import { openFileRunStores } from '../../../loader/storage/fileRunStore.ts'
import type { RunStores } from '../../../loader/storage/runStore.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const root = temporaryFolder()

const call = { id: 'c1', records: [{ last: 'Doe' }] }
const asking = (stores: RunStores, runId: string) => new CallClaims(stores, { sync: 'calls', runId, at: 0 })

test('a call whose run is removed while it is repeated cannot be claimed again', async () => {
  const stores = openFileRunStores(root)
  const first = asking(stores, 'first')
  await first.claim(call, (await first.placeOf(call)) as Parameters<CallClaims['claim']>[1])
  await keepCallList(stores.open('first'), { calls: [call] })
  expect(await asking(stores, 'second').placeOf(call)).toMatchObject({ kind: 'placed', runId: 'first' })
  // The run is removed as soon as its claim has been read.
  const vanishing: RunStores = {
    ...stores,
    open: runId => {
      const store = stores.open(runId)
      if (runId !== 'first') return store
      const readText: typeof store.readText = async path => {
        await markRemoved(stores, 'first', {})
        await stores.removeRun('first')
        return store.readText(path)
      }
      return new Proxy(store, {
        get: (target, key) => {
          if (key === 'readText') return readText
          const value: unknown = Reflect.get(target, key)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
  expect(await asking(vanishing, 'third').placeOf(call)).toEqual({ kind: 'removed', runId: 'first' })
})
