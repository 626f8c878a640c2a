// A plan and the run that applies it, through Temporal and against an emulated org.
import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { contactsFrom, fileRig, people, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()
let org: RigOrg

beforeAll(async () => {
  org = await rig.openOrg()
})

const plan = (input: object): Promise<PlanReport> =>
  rig.execute('planRecords', { runId: `plan-${randomUUID()}`, ...input })
const run = (input: object): Promise<RunReport> => rig.execute('syncRecords', input)
const failureOf = async (running: Promise<unknown>): Promise<string> => {
  const error = await running.then(
    () => undefined,
    (failed: Error) => failed,
  )
  return (error?.cause as Error | undefined)?.message ?? 'it did not fail'
}

test('a plan sends nothing, and is applied once under its own id', async () => {
  const spec = contactsFrom(await rig.source(people(3)), org, { identityFields: ['last'], limit: 2 })
  const report = await plan({ spec })
  const { runId, files } = report
  expect(report).toMatchObject({ outcome: 'planned', records: 2, changedFields: [], errors: [] })
  expect(report.verdicts).toEqual({ create: 2, update: 0, unchanged: 0, delete: 0, ambiguous: 0, rejected: 0 })
  expect(report).not.toHaveProperty('changes')
  expect(files.plan).toMatch(/plan\.csv$/)
  expect(await rig.rows(runId, 'plan.csv')).toEqual([
    expect.objectContaining({
      row: '1',
      verdict: 'create',
      operation: 'create',
      id: '',
      last: 'P1',
      'new.LastName': 'P1',
    }),
    expect.objectContaining({
      row: '2',
      verdict: 'create',
      operation: 'create',
      id: '',
      last: 'P2',
      'new.LastName': 'P2',
    }),
  ])
  expect(await org.records('Contact', 'LastName')).toHaveLength(0)

  expect(await failureOf(run({ runId, spec }))).toContain(`Run ${runId}: it is a plan, and nothing of it was sent`)
  expect(await run({ plan: runId })).toMatchObject({ runId, outcome: 'completed', records: 2, tally: { created: 2 } })
  expect(await org.records('Contact', 'LastName')).toHaveLength(2)
  expect(await failureOf(run({ plan: runId }))).toContain(`Plan ${runId}: it was applied on`)
  expect(await org.records('Contact', 'LastName')).toHaveLength(2)
})

test('a run applies the plan of an upsert, except for a record that someone has changed since', async () => {
  const own = await rig.openOrg()
  const external = { Ext_Id__c: 'key', LastName: 'last', Title: 'title' }
  const source = (rows: readonly string[]) => rig.source(`key,last,title\n${rows.join('\n')}\n`)
  const base = { connection: own.connection, object: 'Contact', identityFields: ['key'], fields: external }
  const first = { ...base, operation: 'create', source: { uri: await source(['a,A,CEO', 'b,B,CEO', 'c,C,CEO']) } }
  await rig.load(first)
  const uri = await source(['a,A,CTO', 'b,B,CTO', 'c,C,CEO', 'd,D,CEO'])
  const spec = {
    ...base,
    operation: 'upsert',
    externalIdField: 'Ext_Id__c',
    source: { uri },
    resultColumns: ['errorcode'],
  }
  const { runId, verdicts, changes, changedFields } = await plan({ spec, inlineResults: true })
  expect(verdicts).toEqual({ create: 1, update: 2, unchanged: 1, delete: 0, ambiguous: 0, rejected: 0 })
  expect(changedFields).toEqual([{ field: 'Title', records: 2 }])
  expect(changes?.map(({ row, fields }) => [row, fields[0]])).toEqual([
    [1, { field: 'Title', old: 'CEO', new: 'CTO' }],
    [2, { field: 'Title', old: 'CEO', new: 'CTO' }],
    [4, { field: 'Ext_Id__c', new: 'd' }],
  ])

  const other = { ...base, operation: 'upsert', externalIdField: 'Ext_Id__c' }
  await rig.load({ ...other, source: { uri: await source(['b,B,CFO']) } })
  expect(await run({ plan: runId })).toMatchObject({
    outcome: 'completed_with_rejected',
    tally: { created: 1, updated: 1, unchanged: 1, failed: 1 },
  })
  expect((await rig.rows(runId, 'results.csv')).map(({ key, errorcode }) => [key, errorcode])).toEqual([
    ['a', ''],
    ['b', 'PLAN_STALE'],
    ['c', ''],
    ['d', ''],
  ])
  const titles = await own.records('Contact', 'LastName', 'Title')
  expect(titles.map(({ LastName, Title }) => `${LastName} ${Title}`)).toEqual(['A CTO', 'B CFO', 'C CEO', 'D CEO'])
})

test('a mirror deletes what its plan shows: records of the scope that the source does not have', async () => {
  const own = await rig.openOrg({ seedRecords: false })
  const contact = (key: string, LeadSource: string) => ({ LastName: key, Ext_Id__c: key, LeadSource })
  await own.create('Contact', [
    contact('m1', 'Web'),
    contact('m2', 'Web'),
    contact('m3', 'Web'),
    contact('p1', 'Phone'),
  ])
  const spec = {
    ...{ connection: own.connection, object: 'Contact', operation: 'upsert', externalIdField: 'Ext_Id__c' },
    ...{ source: { uri: await rig.source('key,last\nm1,m1\nnew,New\n') }, identityFields: ['key'] },
    ...{ fields: { Ext_Id__c: 'key', LastName: 'last' }, missing: 'delete', scope: "LeadSource = 'Web'" },
  }
  const keys = async () => (await own.records('Contact', 'Ext_Id__c')).map(record => record['Ext_Id__c'])
  expect(await failureOf(run({ spec }))).toContain(
    'the source does not have 2 of the 3 records in the scope, and maxDeleted allows to delete 0; nothing was sent',
  )
  expect(await keys()).toEqual(['m1', 'm2', 'm3', 'p1'])

  const report = await plan({ spec: { ...spec, maxDeleted: 2 } })
  expect(report).toMatchObject({ records: 4, verdicts: { create: 1, unchanged: 1, delete: 2 } })
  expect(report.missing).toEqual({ action: 'delete', found: 2, inScope: 3 })
  const applied = await run({ plan: report.runId })
  expect(applied).toMatchObject({ records: 4, tally: { created: 1, updated: 0, unchanged: 1, deleted: 2, failed: 0 } })
  expect((await rig.rows(report.runId, 'results.csv')).map(line => [line['status'], line['key']])).toEqual([
    ['true', 'm1'],
    ['true', 'new'],
    ['true', 'm2'],
    ['true', 'm3'],
  ])
  expect(await keys()).toEqual(['m1', 'p1', 'new'])
})
