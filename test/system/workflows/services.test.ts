// Requests of a service or an operator to the workflows: inline results, progress, connection tests, and invalid input.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type {
  ConnectionTest,
  DescribeObjectAnswer,
  ObjectsAnswer,
  VersionsAnswer,
} from '../../../packages/client/contract/inspection.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { DEFAULT_USER } from '../../../packages/emulator/index.ts'
import { contactsFrom, fileRig, people } from '../../rig/loadRig.ts'

const rig = await fileRig()

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

test('a load of records given inline returns the result of every record', async () => {
  const org = await rig.openOrg()
  const inline = [
    { number: 'a', last: 'Doe' },
    { number: 'b', last: null },
  ]
  const given = { source: { inline }, identityFields: ['number'] }
  const { results } = await rig.load(contactsFrom('', org, given))
  const [doe] = await org.records('Contact', 'Id')
  const created = { operation: 'create', outcome: 'created', errorCode: '', errorMessage: '', timestamp: TIME }
  const errorMessage = 'Required fields are missing: [LastName]'
  const failed = { ...created, outcome: 'failed', errorCode: 'REQUIRED_FIELD_MISSING', errorMessage }
  expect(results).toEqual([
    { ...created, row: 1, id: doe?.['Id'], identity: ['a'] },
    { ...failed, row: 2, id: '', identity: ['b'] },
  ])
})

test('a file can have inline results too', async () => {
  const spec = contactsFrom(await rig.source(people(2)), await rig.openOrg())
  expect((await rig.load(spec, { inlineResults: true })).results).toHaveLength(2)
  expect(await rig.load(spec)).not.toHaveProperty('results')
})

test('the progress grows from stage to stage, and ends with every record settled', async () => {
  const org = await rig.openOrg()
  org.emulator.faults.add({ fault: { type: 'delay', ms: 60 } })
  const rows = Array.from({ length: 100 }, (_, index) => (index % 10 === 3 ? '""\n' : `P${index}\n`))
  const given = { engine: 'collections', chunk: { collectionsRecords: 15 }, concurrency: 2 }
  const load = await rig.start(contactsFrom(await rig.source(`last\n${rows.join('')}`), org, given))
  const seen: SyncProgress[] = []
  const ask = () => load.handle.query<SyncProgress>('progress')
  const ended = load.report()
  for (let done = false; !done; ) {
    seen.push(await ask())
    done = seen.at(-1)?.stage === 'done'
  }
  await ended
  const stages = ['connecting', 'planning', 'staging', 'sending', 'aggregating', 'done']
  const places = seen.map(({ stage }) => stages.indexOf(stage))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(new Set(places).size).toBeGreaterThanOrEqual(4)
  const settled = seen.map(progress => progress.settled)
  expect(settled).toEqual(settled.toSorted((a, b) => a - b))
  expect(new Set(settled).size).toBeGreaterThan(3)
  for (const progress of seen) {
    const { created, updated, deleted, unchanged, failed, inDoubt } = progress
    expect(progress.settled).toBe(created + updated + deleted + unchanged + failed + inDoubt)
  }
  expect(seen[0]).toMatchObject({ runId: load.runId, records: 0, settled: 0, chunks: 0 })
  const records = { records: 100, settled: 100, created: 90, failed: 10, inDoubt: 0 }
  expect(await ask()).toMatchObject({ stage: 'done', ...records, chunks: 6, chunksDone: 6 })
})

test('a connection is tested by a query, and reports its org and user', async () => {
  const { connection, emulator } = await rig.openOrg()
  const answer = await rig.execute<ConnectionTest>('testConnection', { connection })
  expect(answer).toMatchObject({
    connection,
    instanceUrl: emulator.url,
    apiVersion: '68.0',
    organization: { id: expect.stringMatching(/^00D\w{15}$/), name: 'Salesforce Link Emulator', isSandbox: false },
    user: { id: expect.stringMatching(/^005\w{15}$/), username: DEFAULT_USER.username },
    apiCalls: { limit: 100_000 },
    warnings: [],
  })
  expect(answer.latency).toBeGreaterThanOrEqual(0)
  const { used = 0, limit = 0, left = 0 } = answer.apiCalls ?? {}
  expect(used + left).toBe(limit)
})

test('versions, objects and fields are listed as the integration user may use them', async () => {
  const access = { Lead: { create: false, update: false }, Contact: { create: false, readOnly: ['Title'] } }
  const apiVersions = ['60.0', '66.0', '67.0']
  const { connection } = await rig.openOrg({ users: [{ ...DEFAULT_USER, access }], apiVersions })
  const { versions } = await rig.execute<VersionsAnswer>('fetchVersions', { connection })
  expect(versions.map(({ version }) => version)).toEqual(apiVersions)
  const { objects } = await rig.execute<ObjectsAnswer>('listObjects', { connection })
  expect(objects.map(({ name }) => name)).not.toContain('Lead')
  expect(objects.find(({ name }) => name === 'Contact')).toMatchObject({ createable: false, updateable: true })
  const described = await rig.execute<DescribeObjectAnswer>('describeObject', { connection, object: 'contact' })
  expect(described).toMatchObject({ object: 'Contact', createable: false, updateable: true })
  const fields = new Map(described.fields.map(field => [field.name, field]))
  expect(fields.get('LastName')).toMatchObject({ required: true, type: 'string', length: 80 })
  expect(fields.get('Title')).toMatchObject({ required: false, updateable: false })
  expect(fields.get('Ext_Id__c')).toMatchObject({ externalId: true, unique: true })
  expect(fields.get('AccountId')).toMatchObject({ referenceTo: ['Account'], relationshipName: 'Account' })
  const source = { connection, object: 'Contact', field: 'leadsource' }
  const { fields: only } = await rig.execute<DescribeObjectAnswer>('describeObject', source)
  expect(only).toMatchObject([{ name: 'LeadSource', picklist: { values: expect.arrayContaining([{ value: 'Web' }]) } }])
  await expect(rig.execute('describeObject', { ...source, field: 'LeadSorce' })).rejects.toMatchObject({
    cause: {
      message: expect.stringMatching(/^The object Contact: field LeadSorce is unknown, .*did you mean "LeadSource"\?$/),
    },
  })
  await expect(rig.execute('describeObject', { connection, object: 'Contract' })).rejects.toMatchObject({
    cause: { type: 'UnknownObjectError', message: expect.stringContaining('has no object Contract that this user') },
  })
})

const inlineSpec = async () => contactsFrom('', await rig.openOrg(), { source: { inline: [{ last: 'Doe' }] } })

const rejection = async (input: unknown) => {
  const error = await rig.execute('syncRecords', input as object).catch((failed: Error) => failed)
  return (error as Error).cause
}

test('an input that is not an object, and an input with neither sync nor spec', async () => {
  expect(await rejection(undefined)).toMatchObject({
    type: 'InputRejectedError',
    message: 'The input of syncRecords must be one object such as {"sync":"nightly"}; given nothing',
  })
  expect(await rejection({})).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringMatching(/^The load: neither sync nor spec is given/),
  })
})

test('null means an absent key', async () => {
  const input = { spec: await inlineSpec(), sync: null, runId: null, inlineResults: null }
  expect(await rig.execute('syncRecords', input)).toMatchObject({ outcome: 'completed', results: [{ row: 1 }] })
})

test('a workflow id of the form sync/NAME/LABEL names the run, and a whole spec needs no sync with that name', async () => {
  const workflowId = `sync/nightly/${randomUUID()}`
  const input = { sync: 'nightly', spec: await inlineSpec() }
  const options = { taskQueue: rig.taskQueue, workflowId, args: [input] }
  const report = (await rig.client.workflow.execute('syncRecords', options)) as RunReport
  expect(report.runId).toBe(workflowId.replace('sync/nightly/', 'nightly.'))
  expect(await rejection({ sync: 'nightly', spec: { object: 'Contact' } })).toMatchObject({
    type: 'RunRejectedError',
    message: "Sync nightly: the worker's configuration has no such sync; it has none",
  })
})
