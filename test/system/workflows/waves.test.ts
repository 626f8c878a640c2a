// Accounts whose parents are rows of the same source.
import { expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { eventTexts } from '../../rig/eventTexts.ts'
import { fileRig, QUICK, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

const FIELDS = { Name: 'name', ParentId: { sync: 'self', by: 'ref', from: 'parent_ref' } } as const
const CSV = `ref,name,parent_ref
3,Team,2
2,Division,1
1,Group,
5,Lost,9
6,Under lost,5
7,Ring A,8
8,Ring B,7
`

const specOf = async ({ connection }: RigOrg, given: object) => ({
  connection,
  object: 'Account',
  source: { uri: await rig.source(CSV) },
  identityFields: ['ref'],
  resultColumns: ['id', 'errorcode'],
  ...QUICK,
  ...given,
})

/** The name of the parent of each account; null without one. */
async function parentsIn(org: RigOrg) {
  const accounts = await org.records('Account', 'Id', 'Name', 'ParentId')
  const names = new Map(accounts.map(one => [one['Id'], one['Name']]))
  return Object.fromEntries(accounts.map(one => [one['Name'], names.get(one['ParentId']) ?? null]))
}

const CODES = { 5: 'PARENT_NOT_FOUND', 6: 'PARENT_REJECTED', 7: 'PARENT_IN_RING', 8: 'PARENT_IN_RING' }

test.each(ENGINES)('accounts are created after their parents, planned and taken back: %s', async engine => {
  const org = await rig.openOrg()
  const spec = await specOf(org, { operation: 'create', fields: FIELDS, engine })
  const runId = `planned-${engine}`
  const plan = await rig.execute<PlanReport>('planRecords', { spec, runId })
  expect(plan.verdicts).toMatchObject({ create: 3, rejected: 4 })
  const planned = await rig.rows(runId, 'plan.csv')
  expect(planned.map(line => line['new.ParentId'])).toEqual(['row 2', 'row 3', '', '', '', '', ''])
  const report = await rig.execute<RunReport>('syncRecords', { plan: runId })
  expect(report.tally).toMatchObject({ created: 3, failed: 4 })
  expect(await parentsIn(org)).toEqual({ Group: null, Division: 'Group', Team: 'Division' })
  const failed = (await rig.rows(runId, 'results.csv')).filter(({ status }) => status === 'error')
  expect(Object.fromEntries(failed.map(({ ref = '', errorcode }) => [ref, errorcode]))).toEqual(CODES)
  const undo = await rig.execute<RunReport>('syncRecords', { undoOf: runId })
  expect(undo.tally).toMatchObject({ deleted: 3, failed: 0 })
  expect(await parentsIn(org)).toEqual({})
})

test.each(ENGINES)('a retry gives accounts the Ids of parents that the run before has created: %s', async engine => {
  const org = await rig.openOrg()
  org.emulator.faults.add({ fault: { type: 'lockRows', match: { field: 'Name', value: 'Division' } } })
  const resend = { maxAttempts: 1 }
  const runId = `retried-${engine}`
  const spec = await specOf(org, { operation: 'create', fields: FIELDS, engine, resend })
  const first = await rig.start(spec, { runId })
  expect((await first.report()).tally).toMatchObject({ created: 1, failed: 6 })
  const events = (await eventTexts(first.handle)).join('\n')
  expect(events).toContain('wave 2 of 3: find the parents of 2 records among those loaded')
  expect(events).toContain('wave 3 of 3: find the parents of 1 record among those loaded')
  expect(events).toMatch(/chunk \d of 3, wave 2: /)
  const [team] = await rig.rows(runId, 'results.csv')
  expect(team?.['errormessage']).toMatch(/^its parent, row 2, was rejected: UNABLE_TO_LOCK_ROW: /)
  org.emulator.faults.clear()
  const again = await rig.execute<RunReport>('syncRecords', { retryOf: runId })
  expect(again.tally).toMatchObject({ created: 2, failed: 4 })
  expect(await parentsIn(org)).toEqual({ Group: null, Division: 'Group', Team: 'Division' })
})

test.each(ENGINES)(
  'parents by External ID come before their children, whether in the source or in the org: %s',
  async engine => {
    const org = await rig.openOrg()
    await org.create('Account', [
      { Name: 'In the org', Ext_Id__c: '9' },
      { Name: 'Old Group', Ext_Id__c: '1' },
    ])
    const fields = { Name: 'name', Ext_Id__c: 'ref', 'Parent.Ext_Id__c': 'parent_ref' }
    const given = { operation: 'upsert', externalIdField: 'Ext_Id__c', fields, engine, undo: true, send: 'changed' }
    const { tally } = await rig.load(await specOf(org, given))
    expect(tally).toMatchObject({ created: 4, updated: 1, failed: 2 })
    expect(await parentsIn(org)).toEqual({
      ...{ Group: null, Division: 'Group', Team: 'Division' },
      ...{ 'In the org': null, Lost: 'In the org', 'Under lost': 'Lost' },
    })
  },
)
