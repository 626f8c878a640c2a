import { expect, test } from 'vitest'
import { recallRun } from '../../../loader/calls/admitCalls.ts'
import { keepCallList } from '../../../loader/calls/callClaims.ts'
import { overriddenSpec, parseSyncSpec } from '../../../loader/spec/parseSyncSpec.ts'
import { openFileRunStores } from '../../../loader/storage/fileRunStore.ts'
import { specOf } from '../../rig/describes.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const root = temporaryFolder()

test('the records of calls are a part of a source: what the org has besides is not missing', async () => {
  const stores = openFileRunStores(root)
  const records = [{ last: 'Doe', key: 'k1' }]
  await keepCallList(stores.open('run'), { calls: [{ id: 'c1', records }] })
  const mirror = specOf({
    ...{ operation: 'upsert', externalIdField: 'Ext_Id__c', fields: { LastName: 'last', Ext_Id__c: 'key' } },
    ...{ missing: 'delete', scope: "LeadSource = 'Web'", maxDeleted: 5, maxRejected: 0 },
  })
  const { spec } = await recallRun({ runStore: stores.open }, { sync: 'people', runId: 'run' })
  const parsed = parseSyncSpec(overriddenSpec(mirror, spec))
  expect(parsed).toMatchObject({ ok: true, spec: { source: { inline: records }, missing: 'ignore', maxDeleted: 0 } })
  expect(parsed).not.toHaveProperty('spec.scope')
  expect(parsed).not.toHaveProperty('spec.maxRejected')
})
