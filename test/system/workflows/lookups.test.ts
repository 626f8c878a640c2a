// Parents and owners that values of the source find, through Temporal and against an emulated org.
import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { PlanReport } from '../../../packages/client/contract/planRecords.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { eventTexts } from '../../rig/eventTexts.ts'
import { fileRig, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()
let org: RigOrg
let ids: Readonly<Record<string, string>>

beforeAll(async () => {
  org = await rig.openOrg({ seedRecords: true })
  const create = async (object: string, ...records: readonly object[]) =>
    org.create(object, records as readonly Record<string, unknown>[])
  const [acme, globex, other] = await create(
    'Account',
    { Name: 'Acme' },
    { Name: 'Globex', Site: 'Berlin' },
    { Name: 'Globex', Site: 'Oslo' },
  )
  const [ada] = await create('Contact', { LastName: 'Ada', Email: 'ada@x.example' })
  const [leo] = await create(
    'Lead',
    { LastName: 'Leo', Company: 'Acme', Email: 'leo@x.example' },
    { LastName: 'Lea', Company: 'Acme', Email: 'lea@x.example', IsConverted: true },
  )
  const [queue, group] = await create(
    'Group',
    { Name: 'Support', DeveloperName: 'Support', Type: 'Queue' },
    { Name: 'Everyone', DeveloperName: 'Everyone', Type: 'Regular' },
  )
  const users = await org.records('User', 'Id', 'Name', 'Username')
  const user = users.find(one => one['Username'] === 'integration@emulator.example')
  ids = { acme, globex, other, ada, leo, queue, group, user: user?.['Id'], name: user?.['Name'] } as typeof ids
})

const TASKS =
  'subject;who;company;site;owner\n' +
  'To a contact;ADA@x.example;acme;;USER\n' +
  'To a lead;leo@x.example;;;support\n' +
  'About a company;;globex;Oslo;USER\n' +
  'To no one;;;;\n' +
  'Unknown;eve@x.example;Initech;;Everyone\n' +
  'No parents;lea@x.example;;;Cleo Former\n'

const FIELDS = {
  Subject: 'subject',
  WhoId: { lookup: ['Contact', 'Lead'], by: 'Email', from: 'who' },
  OwnerId: { lookup: ['User', 'Group'], by: 'Name', from: 'owner' },
}

const spec = async (fields: object, more: object = {}) => ({
  connection: org.connection,
  object: 'Task',
  operation: 'create',
  source: { uri: await rig.source(TASKS.replaceAll('USER', ids['name'] ?? '')) },
  fields: { ...FIELDS, ...fields },
  identityFields: ['subject'],
  resultColumns: ['id', 'errorcode'],
  ...more,
})

const taskOf = async (subject: string) =>
  (await org.records('Task', 'Subject', 'WhoId', 'WhatId', 'OwnerId')).find(one => one['Subject'] === subject)

test('records of several objects, users and queues are found, and what is not found is named', async () => {
  const before = { ...org.emulator.stats().calls }
  const WhatId = { lookup: 'Account', by: 'Name', from: 'company', many: 'first' }
  const run = await rig.start(await spec({ WhatId }))
  const { tally } = await run.report()
  expect(tally).toMatchObject({ created: 4, failed: 2 })
  expect(await taskOf('To a contact')).toMatchObject({
    WhoId: ids['ada'],
    WhatId: ids['acme'],
    OwnerId: ids['user'],
  })
  expect(await taskOf('To a lead')).toMatchObject({
    WhoId: ids['leo'],
    OwnerId: ids['queue'],
  })
  expect(await taskOf('About a company')).toMatchObject({ WhatId: ids['globex'], OwnerId: ids['user'] })
  expect(await taskOf('To no one')).toMatchObject({ WhoId: null, WhatId: null })
  const [unknown, noParents] = (await rig.rows(run.runId, 'results.csv')).slice(-2)
  expect(unknown).toMatchObject({
    status: 'error',
    errorcode: 'PARENT_NOT_FOUND',
    errormessage: [
      'Name ID: no Contact or Lead has Email "eve@x.example"; correct it, or set none: blank (column who)',
      'Owner ID: no User or Group has Name "Everyone"; correct it, or set none: blank (column owner)',
      'Related To ID: no Account has Name "Initech"; correct it, or set none: blank (column company)',
    ].join('; '),
  })
  expect(noParents?.['errormessage']).toMatch(
    /^Name ID: the Lead .* is converted, .*; Owner ID: the User with Name "Cleo Former", 005\w{15}, is inactive, /,
  )
  const events = await eventTexts(run.handle)
  expect(events.filter(text => /[a-z]+@x\.example|Initech|Cleo/.test(text))).toEqual([])
  expect(events.join('\n')).toContain(
    'find Contact records by 4 values of who, Lead records by 4 values of who, User records by 4 values of owner, Group records by 4 values of owner, Account records by 3 values of company',
  )
  const { calls } = org.emulator.stats()
  // One search for each of five objects.
  expect((calls['query'] ?? 0) - (before['query'] ?? 0)).toBeLessThanOrEqual(7)
})

test('a plan shows the parents, and the run that applies it is undone', async () => {
  const fields = { WhatId: { lookup: 'Account', by: ['Name', 'Site'], from: ['company', 'site'], none: 'blank' } }
  const given = await spec(fields, { limit: 3, undo: true })
  const plan: PlanReport = await rig.execute('planRecords', { runId: `plan-${randomUUID()}`, spec: given })
  expect(plan.verdicts).toMatchObject({ create: 2, rejected: 1 })
  const planned = await rig.rows(plan.runId, 'plan.csv')
  expect(planned[0]).toMatchObject({
    verdict: 'rejected',
    errormessage:
      'Related To ID: column site is blank, and the parent is found by it and company; fill it, or leave all of them blank',
  })
  expect(planned[1]).toMatchObject({ verdict: 'create', 'new.WhoId': ids['leo'], 'new.OwnerId': ids['queue'] })
  expect(planned[2]).toMatchObject({ verdict: 'create', 'new.WhatId': ids['other'], 'new.OwnerId': ids['user'] })
  const loaded: RunReport = await rig.execute('syncRecords', { plan: plan.runId })
  expect(loaded.tally).toMatchObject({ created: 2, failed: 1 })
  const undone: RunReport = await rig.execute('syncRecords', { undoOf: plan.runId })
  expect(undone.tally).toMatchObject({ deleted: 2, failed: 0 })
})

test('a retry finds the parents again', async () => {
  const fields = { WhatId: { lookup: 'Account', by: 'Name', from: 'company', many: 'first' } }
  const run = await rig.start(await spec(fields, { limit: 5 }))
  expect((await run.report()).tally).toMatchObject({ created: 4, failed: 1 })
  await org.create('Account', [{ Name: 'Initech' }])
  await org.create('Contact', [{ LastName: 'Eve', Email: 'eve@x.example' }])
  await org.create('Group', [{ Name: 'Everyone', DeveloperName: 'Everyone_2', Type: 'Queue' }])
  const retried: RunReport = await rig.execute('syncRecords', { retryOf: run.runId })
  expect(retried.tally).toMatchObject({ created: 1, failed: 0 })
})

test('a run that rejected too many records continues with a corrected lookup and source', async () => {
  const runId = `run-${randomUUID()}`
  const uri = await rig.source('subject;company\nFirst;Nowhere\n', 'corrected.csv')
  const start = (WhatId: object) =>
    rig.load(
      { ...ALL_OR_NOTHING, connection: org.connection, source: { uri }, fields: { Subject: 'subject', WhatId } },
      { runId },
    )
  await expect(start({ lookup: 'Account', by: 'Name', from: 'company' })).rejects.toMatchObject({
    cause: {
      message: expect.stringMatching(
        /1 of 1 records can't be sent, maxRejected allows 0; nothing was sent\. The first is row 1: Related To ID: no Account has Name …/,
      ),
    },
  })
  await rig.source('subject;company\nFirst;Berlin\nSecond;Oslo\n', 'corrected.csv')
  const { tally } = await start({ lookup: 'Account', by: 'Site', from: 'company' })
  expect(tally).toMatchObject({ created: 2, failed: 0 })
  expect([await taskOf('First'), await taskOf('Second')]).toMatchObject([
    { WhatId: ids['globex'] },
    { WhatId: ids['other'] },
  ])
})

const ALL_OR_NOTHING = { object: 'Task', operation: 'create', maxRejected: 0 }

test('a lookup that several fields of the mapping get wrong stops the run before the source is read', async () => {
  const fields = {
    WhoId: { lookup: ['Contact', 'Account'], by: 'Email', from: 'who' },
    WhatId: { lookup: 'Account', by: 'Nmae', from: 'company' },
  }
  const failure = await rig.load(await spec(fields)).then(
    () => undefined,
    (error: Error) => (error.cause as Error).message,
  )
  expect(failure).toMatch(
    /^The load into Task: 2 problems\n- fields\.WhoId\.lookup: WhoId does not lead to Account; it leads to: Contact, Lead\n- fields\.WhatId\.by: Account\.Nmae is unknown, .*did you mean "Name"\?$/,
  )
})
