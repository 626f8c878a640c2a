// A source gives the same records and the same results.csv through either engine.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../../packages/client/contract/operations.ts'
import { type LoadRig, startLoadRig, withoutTimes } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

type Loaded = { readonly results: string; readonly rejected: string; readonly records: readonly unknown[] }

test('2,000 contacts, some with errors that only Salesforce detects', async () => {
  const uri = await rig.source(contacts(2_000))
  const load = async (engine: Engine): Promise<Loaded> => {
    const org = await rig.openOrg()
    await org.create('Account', [{ Name: 'Acme', Ext_Id__c: 'ACME' }])
    const fields = {
      LastName: 'last',
      FirstName: 'first',
      Email: 'email',
      Ext_Id__c: 'ext',
      'Account.Ext_Id__c': 'account',
      ReportsToId: 'boss',
      Segment__c: 'segment',
      Score__c: 'score',
      Last_Seen__c: 'seen',
      Description: 'note',
    }
    const source = { uri }
    const { connection } = org
    const spec = { connection, object: 'Contact', operation: 'create', source, fields, engine, identityFields: ['ext'] }
    const { runId, tally } = await rig.load({ ...spec, chunk: { bulkRecords: 800 }, resultColumns: ['errorcode'] })
    expect(tally).toEqual({ created: 1_940, updated: 0, failed: 60, inDoubt: 0 })
    const names = Object.keys(fields).map(name => (name === 'Account.Ext_Id__c' ? 'AccountId' : name))
    const records = await org.records('Contact', ...names)
    expect(records).toHaveLength(1_940)
    return {
      results: withoutTimes(await rig.text(runId, 'results.csv')),
      rejected: await rig.text(runId, 'rejected.csv'),
      records: records.toSorted((a, b) => (String(a['Ext_Id__c']) < String(b['Ext_Id__c']) ? -1 : 1)),
    }
  }
  const [bulk, collections] = [await load('bulk'), await load('collections')]
  expect(bulk.results.split('\n')).toHaveLength(2_002)
  expect(bulk.results).toBe(collections.results)
  expect(bulk.rejected).toBe(collections.rejected)
  expect(bulk.records).toEqual(collections.records)
})

/** Every hundredth row has an invalid reference, an invalid picklist value, or the key of an earlier row. */
function contacts(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const wrong = index % 100
    const ext = wrong === 1 && index > 100 ? `E${index - 100}` : `E${index}`
    const account = wrong === 2 ? 'NOWHERE' : 'ACME'
    const segment = wrong === 3 ? 'Aristocracy' : 'Enterprise'
    return [
      `"Last, ${index % 7}"`,
      index % 5 === 0 ? '' : `First ${index}`,
      `Person${index}@Example.COM`,
      wrong === 1 ? 'E1' : ext,
      account,
      wrong === 4 && index === 4 ? '003000000000000AAA' : '',
      segment,
      `${index}.125`,
      '2026-01-02T03:04:05.678+02:00',
      '"two\nlines, and ""quotes"""',
    ].join(',')
  })
  return ['last,first,email,ext,account,boss,segment,score,seen,note', ...lines, ''].join('\n')
}
