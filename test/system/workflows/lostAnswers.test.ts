// A create through collections whose answer is lost: a found record is a success, an absent one is sent again, an ambiguous one is in doubt.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../../packages/emulator/index.ts'
import { type LoadRig, type RigOrg, startLoadRig } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

const FIELDS = { LastName: 'last', Title: 'title', ReportsToId: 'boss', Ext_Id__c: 'ext' }

/** Loads records given by column. Returns the records in the org, their results, and the number of requests. */
async function create(org: RigOrg, records: readonly Readonly<Record<string, string>>[], given: object = {}) {
  const columns = [...new Set(records.flatMap(record => Object.keys(record)))]
  const before = org.emulator.stats().calls['collectionCreate'] ?? 0
  const { runId, tally } = await rig.load({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { inline: records },
    fields: Object.fromEntries(Object.entries(FIELDS).filter(([, column]) => columns.includes(column))),
    identityFields: ['last'],
    resultColumns: ['id', 'errorcode'],
    engine: 'collections',
    resend: { lostAnswerWait: 0 },
    ...given,
  })
  return {
    runId,
    tally,
    results: await rig.rows(runId, 'results.csv'),
    requests: (org.emulator.stats().calls['collectionCreate'] ?? 0) - before,
    inOrg: await org.records('Contact', 'Id', 'LastName', 'Ext_Id__c'),
  }
}

const loseCreate = (org: RigOrg, fault: Fault, rule: { after?: number; times?: number } = {}) =>
  org.emulator.faults.add({ match: { operation: 'collectionCreate' }, fault, times: 1, ...rule })

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ last: `P${index + 1}`, title: `Title ${index % 3}` }))

const CREATED = { updated: 0, failed: 0, inDoubt: 0 }

describe.concurrent('without a unique External ID', () => {
  test('accepts the records that it finds as created, with their Ids, and sends nothing again', async () => {
    const org = await rig.openOrg()
    loseCreate(org, { type: 'cutAfter' }, { after: 1, times: 1 })
    const { tally, requests, results, inOrg } = await create(org, people(450))
    expect({ tally, requests }).toEqual({ tally: { created: 450, ...CREATED }, requests: 3 })
    const ids = new Map(inOrg.map(record => [record['LastName'], record['Id']]))
    expect(inOrg).toHaveLength(450)
    expect(results.map(({ id }) => id)).toEqual(results.map(({ last }) => ids.get(last)))
  })

  test('sends absent records again, also when that answer is lost too', async () => {
    const org = await rig.openOrg()
    loseCreate(org, { type: 'cutBefore' })
    loseCreate(org, { type: 'cutAfter' }, { after: 1 })
    const { tally, requests, inOrg } = await create(org, people(20))
    expect({ tally, requests, inOrg: inOrg.length }).toEqual({
      tally: { created: 20, ...CREATED },
      requests: 2,
      inOrg: 20,
    })
  })

  test('waits for a request that the org still processes after the client timed out', async () => {
    const org = await rig.openOrg({}, { requestTimeout: 400 })
    loseCreate(org, { type: 'delay', ms: 1_500 })
    const { tally, requests, inOrg } = await create(org, people(20), { resend: { lostAnswerWait: '4s' } })
    expect({ tally, requests, inOrg: inOrg.length }).toEqual({
      tally: { created: 20, ...CREATED },
      requests: 1,
      inOrg: 20,
    })
  })

  test.each([-3_600_000, 3_600_000])("finds its records when the org's clock differs by %i ms", async offset => {
    const org = await rig.openOrg({ clock: () => Date.now() + offset })
    loseCreate(org, { type: 'cutAfter' })
    const { tally, requests, inOrg } = await create(org, people(20))
    expect({ tally, requests, inOrg: inOrg.length }).toEqual({
      tally: { created: 20, ...CREATED },
      requests: 1,
      inOrg: 20,
    })
  })

  test.each(['cutBefore', 'cutAfter'] as const)(
    'reports records with equal ones in another request as in doubt, and never sends them again: %s',
    async type => {
      const org = await rig.openOrg()
      loseCreate(org, { type })
      const { runId, tally, results, requests, inOrg } = await create(
        org,
        Array(201).fill({ last: 'Equal', title: 'Same' }),
      )
      expect({ tally, requests }).toEqual({ tally: { ...CREATED, created: 1, inDoubt: 200 }, requests: 2 })
      expect(inOrg).toHaveLength(type === 'cutAfter' ? 201 : 1)
      expect(results[0]).toMatchObject({ status: 'error', errorcode: 'IN_DOUBT', id: '' })
      expect(results[0]?.['errormessage']).toMatch(/answer .* lost.*check the org before you load it again/)
      expect(await rig.rows(runId, 'in_doubt.csv')).toHaveLength(200)
      expect(await rig.text(runId, 'rejected.csv')).toBe('')
    },
  )
})

describe.concurrent('with a unique External ID mapped', () => {
  const keyed = (count: number) =>
    people(count).map((record, index) => ({ ...record, ext: index === 3 ? '' : `K${index}` }))

  test.each([
    ['cutAfter', 1],
    ['cutBefore', 2],
  ] as const)('finds the records by it after %s', async (type, expected) => {
    const org = await rig.openOrg()
    loseCreate(org, { type })
    const { tally, requests, inOrg, results } = await create(org, keyed(8))
    expect({ tally, requests }).toEqual({ tally: { created: 8, ...CREATED }, requests: expected })
    expect(inOrg.map(record => record['Id']).toSorted()).toEqual(results.map(({ id }) => id).toSorted())
  })
})

test('an update and an upsert whose answers are lost are sent again, and created records are reported as created', async () => {
  let ahead = 0
  const org = await rig.openOrg({ clock: () => Date.now() + ahead })
  const [id = ''] = await org.create('Contact', [{ LastName: 'Known', Ext_Id__c: 'known' }])
  for (const operation of ['collectionUpdate', 'collectionUpsert']) {
    org.emulator.faults.add({ match: { operation }, fault: { type: 'cutAfter' }, times: 1 })
  }
  const common = { connection: org.connection, object: 'Contact', engine: 'collections' }
  const update = {
    operation: 'update',
    source: { inline: [{ id, last: 'Updated' }] },
    fields: { Id: 'id', LastName: 'last' },
  }
  const upserted = [
    { ext: 'known', last: 'Upserted' },
    { ext: 'new', last: 'Upserted' },
  ]
  const fields = { Ext_Id__c: 'ext', LastName: 'last' }
  const upsert = { operation: 'upsert', externalIdField: 'Ext_Id__c', source: { inline: upserted }, fields }
  expect((await rig.load({ ...common, ...update })).tally).toEqual({ created: 0, updated: 1, failed: 0, inDoubt: 0 })
  expect(await org.records('Contact', 'Id', 'LastName')).toEqual([{ Id: id, LastName: 'Updated' }])
  // The org stores creation times in seconds; this one is a minute later.
  ahead = 60_000
  expect((await rig.load({ ...common, ...upsert })).tally).toEqual({ created: 1, updated: 1, failed: 0, inDoubt: 0 })
  expect(await org.records('Contact', 'Ext_Id__c', 'LastName')).toEqual(
    ['known', 'new'].map(Ext_Id__c => ({ Ext_Id__c, LastName: 'Upserted' })),
  )
})
