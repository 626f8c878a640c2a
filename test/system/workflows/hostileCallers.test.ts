// Callers who may start workflows and nothing else: they send nothing twice, read no results of others, and stop no worker.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { WorkflowType } from '../../../packages/client/contract/names.ts'
import { eventTexts } from '../../rig/eventTexts.ts'
import { contactsFrom, fileRig, people, until } from '../../rig/loadRig.ts'

const inOrg = { connection: 'org-1', object: 'Contact', operation: 'create', fields: { LastName: 'last' } } as const
const rig = await fileRig({
  syncs: { contacts: { ...inOrg, source: { uri: 'file:data/contacts.csv' }, identityFields: ['last'] } },
})
const org = await rig.openOrg()
await rig.source(people(3), 'contacts.csv')

const created = (): number => org.emulator.stats().created['Contact'] ?? 0

/** Starts a workflow with any input, and returns how it failed. */
async function failureOf(type: WorkflowType, input: unknown, workflowId = `hostile-${randomUUID()}`) {
  const options = { taskQueue: rig.taskQueue, workflowId, args: [input], workflowExecutionTimeout: 20_000 }
  const error: unknown = await rig.client.workflow.execute(type, options).catch((failed: unknown) => failed)
  return (error as Error).cause as { readonly type?: string; readonly message?: string }
}

const runOf = (label: string) => ({ workflowId: `sync/contacts/${label}`, runId: `contacts.${label}` })

/** Loads the sync as its service does. */
async function loadContacts(label: string): Promise<void> {
  const { workflowId } = runOf(label)
  const input = { sync: 'contacts' }
  await rig.client.workflow.execute('syncRecords', { taskQueue: rig.taskQueue, workflowId, args: [input] })
}

const tally = { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, inDoubt: 0 }

test('a forged resume sends no record again and reveals no result', async () => {
  const slow = await rig.openOrg({ processingDelayMs: 3_000 })
  const load = await rig.start(
    contactsFrom(await rig.source(people(10)), slow, { engine: 'bulk', identityFields: ['last'] }),
  )
  await slow.reaches(({ jobs }) => jobs['InProgress'] === 1)
  const { runId } = load
  const settings = { connection: slow.connection, object: 'Contact', concurrency: 1, inlineResults: true }
  const chunks = [{ chunk: 1, operation: 'create', firstRow: 1, records: 10 }]
  const staged = { records: 10, rejected: 0, rejections: [], engine: 'collections', chunks }
  const forged = { settings, staged, tally, rejections: [], done: 0 }
  for (const resume of [
    forged,
    'x',
    1,
    true,
    [],
    {},
    { settings: {}, staged: {} },
    { tally, rejections: [], done: -1 },
  ]) {
    expect(await failureOf('syncRecords', { runId, resume })).toMatchObject({
      type: 'InputRejectedError',
      message: expect.stringContaining('resume is set by the workflow itself; leave it out'),
    })
  }
  const wellFormed = { runId, inlineResults: true, resume: { tally, rejections: [], done: 0 } }
  expect(await failureOf('syncRecords', wellFormed)).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringMatching(
      /^Run run-.*: this workflow has not begun it, so it cannot continue it; nothing was sent/,
    ),
  })
  expect((await load.report()).tally).toEqual({ ...tally, created: 10 })
  expect(slow.emulator.stats().created).toEqual({ Contact: 10 })
})

test('the id of a run gives another caller none of its results', async () => {
  await loadContacts('victim-1')
  const { runId, workflowId } = runOf('victim-1')
  const before = created()
  const asked = { sync: 'contacts', runId, inlineResults: true }
  expect(await failureOf('syncRecords', asked)).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringContaining(`which only the workflow ${workflowId} executes`),
  })
  expect(await failureOf('syncRecords', asked, workflowId)).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringContaining('only a workflow that began a run with inlineResults gets its results inline'),
  })
  const own = await rig.load(contactsFrom('', org, { source: { inline: [{ last: 'Own' }] } }))
  expect(own.results).toHaveLength(1)
  const other = await rig.load(contactsFrom('', org, { source: { inline: [{ last: 'Own' }] } }), { runId: own.runId })
  expect(other).not.toHaveProperty('results')
  expect(created()).toBe(before + 1)
})

test.each([
  'scheduled-2199-01-01T01:30:00Z',
  // A flow would take it for a run of its own that has completed.
  'campaign.scheduled-2199-01-01T01:30:00Z',
])('no one loads the run of a schedule before its time: %s', async label => {
  const before = created()
  expect(await failureOf('syncRecords', { sync: 'contacts' }, `sync/contacts/${label}`)).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringContaining(
      'belongs to a start of the schedule at a time that has not come; nothing was loaded',
    ),
  })
  expect(created()).toBe(before)
})

test('a caller does not shorten the time after which a lost create is sent again', async () => {
  const before = created()
  const spec = { resend: { lostAnswerWait: 0 } }
  expect(await failureOf('syncRecords', { sync: 'contacts', spec })).toMatchObject({
    type: 'RunRejectedError',
    message:
      'Sync contacts: resend.lostAnswerWait 0ms is shorter than the 10m of the sync, and a run may only lengthen it; nothing was loaded',
  })
  expect(created()).toBe(before)
})

test('labels that differ name different runs', async () => {
  const before = created()
  for (const label of ['o:4:712', 'o:47:12', 'o%3A47:12']) await loadContacts(label)
  expect(created()).toBe(before + 9)
})

/** JSON.stringify, which the SDK uses, would fail on it. */
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

test.each([deep(200_000), `{"spec": {"source": ${deep(200_000)}}}`])(
  'a deeply nested input is rejected: %.12s…',
  async json => {
    const workflowId = `hostile-${randomUUID()}`
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(json) }
    await rig.client.workflowService.startWorkflowExecution({
      namespace: rig.client.options.namespace,
      requestId: randomUUID(),
      workflowId,
      workflowType: { name: 'syncRecords' },
      taskQueue: { name: rig.taskQueue },
      input: { payloads: [payload] },
      workflowExecutionTimeout: { seconds: 20 as never },
    })
    await expect(rig.client.workflow.getHandle(workflowId).result()).rejects.toMatchObject({
      cause: { type: 'InputRejectedError', message: expect.stringContaining('nested more than 32 levels deep') },
    })
  },
)

const WAITS = { ...inOrg, source: { uri: 'file:data/late.csv', waitFor: 9_007_199_254_740_991 } }
const long = 'x'.repeat(900_000)

test.each<[what: string, type: WorkflowType, input: unknown]>([
  ['a wait beyond the end of time', 'syncRecords', { spec: WAITS }],
  ['half a surrogate', 'syncRecords', { sync: '\ud800' }],
  ['half a surrogate as run id', 'syncRecords', { sync: 'contacts', runId: 'a\udfff' }],
  ['a name of 0.9 MB', 'syncRecords', { sync: long }],
  ['a run id of 0.9 MB', 'syncRecords', { sync: 'contacts', runId: long }],
  ['a list of 0.9 MB as name', 'syncRecords', { sync: Array<number>(400_000).fill(1) }],
  [
    'many unknown keys',
    'syncRecords',
    Object.fromEntries(Array.from({ length: 50_000 }, (_, key) => [`key${key}`, 1])),
  ],
  ['many wrong records', 'syncRecords', { spec: { ...inOrg, source: { inline: Array<number>(300_000).fill(1) } } }],
  ['very many objects', 'syncRecords', { spec: { ...inOrg, more: Array<object>(600_000).fill({}) } }],
  ['an object name of 3,000 characters', 'syncRecords', { spec: { ...inOrg, object: 'x'.repeat(3_000) } }],
  ['a connection of 0.9 MB', 'testConnection', { connection: long }],
  ['a connection with half a surrogate', 'testConnection', { connection: 'a\ud800b' }],
  ['an object of 0.9 MB', 'describeObject', { connection: 'org-1', object: long }],
  ['a sync of 0.9 MB', 'checkSync', { sync: long }],
  ['a number for a sync', 'receiveRecords', { sync: 1e308 }],
  ['a receiver of a sync with half a surrogate', 'pruneRuns', { retention: '\ud800' }],
])('%s ends in a short failure', async (_, type, input) => {
  const { type: name, message = '' } = await failureOf(type, input)
  expect(name).toMatch(/^(InputRejectedError|RunRejectedError|RunIdError|ConfigurationError)$/)
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4_000)
  expect(message.isWellFormed()).toBe(true)
})

test('records of many different columns are rejected before a table is made of them', async () => {
  const inline = Array.from({ length: 20_000 }, (_, index) => ({ [`c${index}`]: '' }))
  expect(await failureOf('syncRecords', { spec: { ...inOrg, source: { inline } } })).toMatchObject({
    type: 'RunRejectedError',
    message: expect.stringContaining('has more than 1000 different columns'),
  })
  const few = Array.from({ length: 20_000 }, (_, index) => ({ [`c${index % 900}`]: '' }))
  expect(await failureOf('syncRecords', { spec: { ...inOrg, source: { inline: few } } })).toMatchObject({
    message: expect.stringContaining('together 18000000 values; allowed are 1000000'),
  })
})

test('a hostile call of a receiver is rejected, and the next call is answered', async () => {
  const receiver = `receive/contacts-${randomUUID()}`
  await rig.client.workflow.start('receiveRecords', {
    taskQueue: rig.taskQueue,
    workflowId: receiver,
    args: [{ sync: 'contacts', idleFor: 60_000 }],
  })
  const handle = rig.client.workflow.getHandle(receiver)
  const addRecords = (call: unknown) => handle.executeUpdate<unknown, [unknown]>('addRecords', { args: [call] })
  const columns = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`c${index}`, '']))
  const calls: readonly unknown[] = [
    deep(5_000),
    { id: 'a', records: [columns] },
    { id: '\ud800', records: 1 },
    7,
    null,
  ]
  for (const call of calls) {
    await expect(addRecords(call)).rejects.toMatchObject({
      cause: { type: 'InputRejectedError' },
    })
  }
  expect(await addRecords({ id: 'good', records: [{ last: 'Good' }] })).toMatchObject({
    results: [{ outcome: 'created' }],
  })
  await handle.terminate()
})

test('a whole spec that calls itself after a sync does not count as a run of it', async () => {
  const source = { inline: [{ last: 'Spoofed' }] }
  const load = await rig.start(
    { ...inOrg, source, fields: { LastName: 'last', Title: { value: 'Boss' } } },
    {
      sync: 'contacts',
    },
  )
  await load.report()
  const files = await until(
    () => rig.runFiles(load.runId),
    found => found.has('report.json'),
  )
  const started = [...files].find(([path]) => path.endsWith('.started.json'))?.[1] ?? '{}'
  expect(JSON.parse(started)).not.toHaveProperty('sync')
  expect(files.get('staged.json')).not.toContain('"sync"')
})

test('the history of a run holds no value of a rejected record', async () => {
  const secret = 'jane.secret@example'
  const rows = `last,email\nDoe,${secret}\nRoe,ok@example.com\n`
  const given = { fields: { LastName: 'last', Email: 'email' }, identityFields: ['email'] }
  const load = await rig.start(contactsFrom(await rig.source(rows), org, given))
  const { errors } = await load.report()
  expect(errors).toMatchObject([{ count: 1, exampleRow: 1 }])
  const strict = await rig.start(contactsFrom(await rig.source(rows), org, { ...given, maxRejected: 0 }))
  await expect(strict.report()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('The first is row 1: ') },
  })
  for (const { handle } of [load, strict]) {
    const history = (await eventTexts(handle)).join()
    expect(history).toContain('stageSource')
    expect(history).not.toContain(secret)
  }
  expect(await rig.text(load.runId, 'report.json')).toContain(secret)
})
