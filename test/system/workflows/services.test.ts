// Requests of a service or an operator to the workflows: inline results, progress, and connection tests.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {
  ConnectionTest,
  DescribeObjectAnswer,
  ObjectsAnswer,
  VersionsAnswer,
} from '../../../packages/client/contract/inspection.ts'
import type { SyncProgress } from '../../../packages/client/contract/syncRecords.ts'
import { DEFAULT_USER } from '../../../packages/emulator/index.ts'
import { type LoadRig, startLoadRig } from '../../rig/loadRig.ts'

let rig: LoadRig
beforeAll(async () => {
  rig = await startLoadRig()
})
afterAll(() => rig.close())

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)

test('a load of records given inline returns the result of every record', async () => {
  const org = await rig.openOrg()
  const inline = [
    { number: 'a', last: 'Doe', email: 'doe@a.example' },
    { number: 'b', last: null, email: '' },
    { number: 'c', last: 'Roe' },
  ]
  const report = await rig.load({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { inline },
    fields: { LastName: 'last', Email: 'email' },
    identityFields: ['number'],
  })
  const [doe, roe] = await org.records('Contact', 'Id', 'LastName', 'Email')
  expect([doe, roe]).toMatchObject([
    { LastName: 'Doe', Email: 'doe@a.example' },
    { LastName: 'Roe', Email: null },
  ])
  const created = { operation: 'create', outcome: 'created', errorCode: '', errorMessage: '', timestamp: TIME }
  expect(report.results).toEqual([
    { ...created, row: 1, id: doe?.['Id'], identity: ['a'] },
    {
      ...created,
      row: 2,
      id: '',
      outcome: 'failed',
      errorCode: 'REQUIRED_FIELD_MISSING',
      errorMessage: 'Required fields are missing: [LastName]',
      identity: ['b'],
    },
    { ...created, row: 3, id: roe?.['Id'], identity: ['c'] },
  ])
  expect(report).toMatchObject({ engine: 'collections', operation: 'create', startedAt: TIME, finishedAt: TIME })
  expect(report.errors).toMatchObject([{ errorCode: 'REQUIRED_FIELD_MISSING', count: 1 }])
  expect(await rig.text(report.runId, 'rejected.csv')).toBe(
    'number,last,email,errorcode,errormessage\nb,,,REQUIRED_FIELD_MISSING,Required fields are missing: [LastName]\n',
  )
})

test('a file can have inline results too, but not a large one', async () => {
  const org = await rig.openOrg()
  const spec = async (count: number) => ({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(`last\n${Array.from({ length: count }, (_, i) => `P${i}\n`).join('')}`) },
    fields: { LastName: 'last' },
  })
  expect((await rig.load(await spec(200), { inlineResults: true })).results).toHaveLength(200)
  expect(await rig.load(await spec(201), { inlineResults: true })).not.toHaveProperty('results')
  expect(await rig.load(await spec(2))).not.toHaveProperty('results')
})

test('the progress grows from stage to stage, and ends with every record settled', async () => {
  const org = await rig.openOrg()
  org.emulator.faults.add({ fault: { type: 'delay', ms: 60 } })
  const rows = Array.from({ length: 100 }, (_, index) => (index % 10 === 3 ? '""\n' : `P${index}\n`))
  const load = await rig.start({
    connection: org.connection,
    object: 'Contact',
    operation: 'create',
    source: { uri: await rig.source(`last\n${rows.join('')}`) },
    fields: { LastName: 'last' },
    engine: 'collections',
    chunk: { collectionsRecords: 15 },
    concurrency: 2,
  })
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
    expect(progress.settled).toBe(progress.created + progress.updated + progress.failed + progress.inDoubt)
  }
  expect(seen[0]).toMatchObject({ runId: load.runId, records: 0, settled: 0, chunks: 0 })
  const end = {
    stage: 'done',
    records: 100,
    settled: 100,
    created: 90,
    failed: 10,
    inDoubt: 0,
    chunks: 6,
    chunksDone: 6,
  }
  expect(await ask()).toMatchObject(end)
})

test('a connection is tested by a query, and reports its org and user', async () => {
  const { connection, emulator } = await rig.openOrg()
  const answer = await rig.execute<ConnectionTest>('testConnection', { connection })
  expect(answer).toMatchObject({
    connection,
    instanceUrl: emulator.url,
    apiVersion: '67.0',
    organization: { id: expect.stringMatching(/^00D\w{15}$/), name: 'Salesforce Link Emulator', isSandbox: false },
    user: { id: expect.stringMatching(/^005\w{15}$/), username: DEFAULT_USER.username },
    apiCalls: { limit: 100_000 },
    warnings: [],
  })
  expect(answer.latency).toBeGreaterThanOrEqual(0)
  const { used = 0, limit = 0, left = 0 } = answer.apiCalls ?? {}
  expect(used + left).toBe(limit)
})

test('the versions of an org are fetched, oldest first', async () => {
  const { connection, emulator } = await rig.openOrg({ apiVersions: ['60.0', '66.0', '67.0'] })
  const { versions, instanceUrl } = await rig.execute<VersionsAnswer>('fetchVersions', { connection })
  expect(instanceUrl).toBe(emulator.url)
  expect(versions.map(({ version }) => version)).toEqual(['60.0', '66.0', '67.0'])
})

test('objects and fields are listed as the integration user may use them', async () => {
  const access = {
    Lead: { create: false, update: false },
    Contact: { create: false, hidden: ['Department'], readOnly: ['Title'] },
  }
  const { connection } = await rig.openOrg({ users: [{ ...DEFAULT_USER, access }] })
  const { objects } = await rig.execute<ObjectsAnswer>('listObjects', { connection })
  const names = objects.map(({ name }) => name)
  expect(names).toContain('Invoice__c')
  expect(names).not.toContain('Lead')
  expect(objects.find(({ name }) => name === 'Contact')).toMatchObject({ createable: false, updateable: true })
  const described = await rig.execute<DescribeObjectAnswer>('describeObject', { connection, object: 'contact' })
  expect(described).toMatchObject({ object: 'Contact', createable: false, updateable: true })
  const fields = new Map(described.fields.map(field => [field.name, field]))
  expect(fields.has('Department')).toBe(false)
  expect(fields.get('LastName')).toMatchObject({ required: true, type: 'string', length: 80 })
  expect(fields.get('Title')).toMatchObject({ required: false, updateable: false })
  expect(fields.get('Ext_Id__c')).toMatchObject({ externalId: true, unique: true })
  await expect(rig.execute('describeObject', { connection, object: 'Contract' })).rejects.toMatchObject({
    cause: { type: 'RequestRejectedError', message: expect.stringMatching(/Contract.*404/) },
  })
})
