// Requests through collections whose answers are lost, against an org with a clock and a database of its own.
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../packages/emulator/index.ts'
import { fileRig, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

/** Creates people whose first request meets the fault. Returns the tally and the number of requests. */
async function create(org: RigOrg, fault: Fault, fields: object = {}, lostAnswerWait: number | string = 0) {
  org.emulator.faults.add({ match: { operation: 'collectionCreate' }, fault, times: 1 })
  const people = Array.from({ length: 20 }, (_, index) => ({
    ...{ last: `P${index + 1}`, title: `Title ${index % 3}`, ext: index === 3 ? '' : `K${index}` },
  }))
  const { runId, tally } = await rig.load({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { inline: people },
    fields: { LastName: 'last', Title: 'title', ...fields },
    resultColumns: ['id'],
    engine: 'collections',
    resend: { lostAnswerWait },
  })
  const ids = (await rig.rows(runId, 'results.csv')).map(({ id }) => id)
  const inOrg = (await org.records('Contact', 'Id')).map(record => record['Id'])
  expect(inOrg.toSorted()).toEqual(ids.toSorted())
  return { tally, requests: org.emulator.stats().calls['collectionCreate'] }
}

const CREATED = { created: 20, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

describe.concurrent('without a unique External ID', () => {
  test('waits for a request that the org still processes after the client timed out', async () => {
    const org = await rig.openOrg({}, { requestTimeout: 400 })
    expect(await create(org, { type: 'delay', ms: 1_500 }, {}, '4s')).toEqual({ tally: CREATED, requests: 1 })
  })

  test.each([-3_600_000, 3_600_000])("finds its records when the org's clock differs by %i ms", async offset => {
    const org = await rig.openOrg({ clock: () => Date.now() + offset })
    expect(await create(org, { type: 'cutAfter' })).toEqual({ tally: CREATED, requests: 1 })
  })
})

describe.concurrent('with a unique External ID mapped', () => {
  test.each([
    ['cutAfter', 1],
    ['cutBefore', 2],
  ] as const)('finds the records by it after %s', async (type, requests) => {
    const org = await rig.openOrg()
    expect(await create(org, { type }, { Ext_Id__c: 'ext' })).toEqual({ tally: CREATED, requests })
  })
})

test('an upsert whose answer is lost is sent again, and created records are reported as created', async () => {
  let ahead = 0
  const org = await rig.openOrg({ clock: () => Date.now() + ahead })
  await org.create('Contact', [{ LastName: 'Known', Ext_Id__c: 'known' }])
  org.emulator.faults.add({ match: { operation: 'collectionUpsert' }, fault: { type: 'cutAfter' }, times: 1 })
  // The org stores creation times in seconds; this one is a minute later.
  ahead = 60_000
  const { tally } = await rig.load({
    connection: org.connection,
    object: 'Contact',
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    source: { inline: ['known', 'new'].map(ext => ({ ext, last: 'Upserted' })) },
    fields: { Ext_Id__c: 'ext', LastName: 'last' },
    engine: 'collections',
  })
  expect(tally).toEqual({ created: 1, updated: 1, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 })
})
