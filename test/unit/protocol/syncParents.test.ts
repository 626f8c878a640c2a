// Parents that the run of another sync has written: found by columns of its source.
import { expect, test } from 'vitest'
import { EARLIER_FILES, PLAN_FILE, PLAN_REPORT_FILE, REPORT_FILE, SPEC_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { sourceFrom } from '../../../loader/spec/earlierRun.ts'
import { field, object, type SpecParts } from '../../rig/describes.ts'
import {
  asPlan,
  dependenciesOf,
  linesOf,
  load,
  newWorld,
  otherRun,
  plan,
  type Records,
  stage,
  stepOf,
  type World,
} from './memoryLoad.ts'

const ACCOUNT = object('Account', [field('LastName', { nillable: false }), field('Ext_Id__c')], { keyPrefix: '001' })

/** A run of the sync `accounts`; the org rejects those called Invalid. */
function accountsRun(records: Records, parts: Partial<SpecParts> = {}): World {
  const world = newWorld(records, { object: 'Account', identityFields: ['ref'], ...parts }, ACCOUNT)
  const { spec } = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
  world.files.set(SPEC_FILE, JSON.stringify(spec))
  return world
}

const contacts = (parents: World, records: Records, mapping: object = {}): World => {
  const AccountId = { sync: 'accounts', from: 'account', ...mapping }
  return otherRun(parents, records, {
    fields: { LastName: 'last', AccountId },
    parentRuns: { accounts: parents.runId },
  })
}

const reasonsOf = (world: World): readonly string[] =>
  linesOf(world, 'results.csv').map(({ errorcode = '', errormessage = '' }) => `${errorcode}: ${errormessage}`)

function retryOf(world: World, runId = 'again'): World {
  const run = JSON.parse(world.files.get(PLAN_FILE) ?? '') as PlannedRun
  const source = sourceFrom({ kind: 'retry', runId: world.runId }, run.spec.source)
  const files = new Map([[PLAN_FILE, JSON.stringify({ ...run, spec: { ...run.spec, source } })]])
  world.runs.set(runId, files)
  world.files.set(EARLIER_FILES.retry, JSON.stringify({ runId }))
  return { ...world, runId, files }
}

test('a child gets the Id that the run of its parent has just got, and has the reason of a parent that was rejected', async () => {
  const parents = accountsRun([
    { last: 'Acme', ref: 'A-1' },
    { last: 'Invalid', ref: 'A-2' },
  ])
  await load(parents)
  const child = contacts(parents, [
    { last: 'Aster', account: 'A-1' },
    { last: 'Berg', account: 'A-2' },
    { last: 'Cohn', account: 'A-9' },
    { last: 'Dahl', account: '' },
  ])
  const report = await load(child)
  expect(report).toMatchObject({ tally: { created: 2, failed: 2 } })
  const [acme] = parents.org.records
  expect(parents.org.records.map(one => one['AccountId'])).toEqual([undefined, acme?.['Id'], undefined])
  expect(reasonsOf(child)).toEqual([
    ': ',
    'PARENT_REJECTED: Account ID: its parent, row 2 of the sync accounts, was rejected: REQUIRED_FIELD_MISSING: REQUIRED_FIELD_MISSING',
    'PARENT_NOT_FOUND: Account ID: no row of the sync accounts has ref "A-9"; correct it, or set none: blank',
    ': ',
  ])
})

test('a grandchild has the whole way to the record that was rejected', async () => {
  const accounts = accountsRun([{ last: 'Invalid', ref: 'A-1' }])
  await load(accounts)
  const child = contacts(accounts, [{ last: 'Aster', account: 'A-1', ref: 'C-1' }])
  await load(child)
  const AccountId = { sync: 'contacts', by: 'ref', from: 'who' }
  const tasks = newWorld([{ last: 'Call', who: 'C-1' }], {
    ...{ fields: { LastName: 'last', AccountId }, parentRuns: { contacts: child.runId } },
  })
  tasks.runs.set(child.runId, child.files)
  await load(tasks)
  expect(reasonsOf(tasks)).toEqual([
    'PARENT_REJECTED: Account ID: its parent, row 1 of the sync contacts, was rejected: Account ID: its parent, row 1 of the sync accounts, was rejected: REQUIRED_FIELD_MISSING: REQUIRED_FIELD_MISSING',
  ])
})

test('a parent that is not found leaves the field blank where the sync says so', async () => {
  const parents = accountsRun([{ last: 'Acme', ref: 'A-1' }])
  await load(parents)
  const child = contacts(parents, [{ last: 'Aster', account: 'A-9' }], { none: 'blank' })
  expect(await load(child)).toMatchObject({ tally: { created: 1, failed: 0 } })
})

test('a key of two parents is ambiguous', async () => {
  const parents = accountsRun([
    { last: 'Acme', ref: 'A-1' },
    { last: 'Acme 2', ref: ' A-1' },
  ])
  await load(parents)
  const child = contacts(parents, [{ last: 'Aster', account: 'A-1' }])
  await load(child)
  expect(reasonsOf(child)).toEqual([
    'PARENT_AMBIGUOUS: Account ID: rows 1 and 2 of the sync accounts both have ref "A-1"; give each parent its own',
  ])
})

test('several columns find a parent together', async () => {
  const parents = accountsRun([
    { last: 'Acme', ref: 'A-1', site: 'Berlin' },
    { last: 'Acme', ref: 'A-1', site: 'Oslo' },
  ])
  await load(parents)
  const child = contacts(parents, [{ last: 'Aster', account: 'A-1', town: 'Oslo' }], {
    ...{ by: ['ref', 'site'], from: ['account', 'town'] },
  })
  await load(child)
  expect(parents.org.records.at(-1)?.['AccountId']).toBe(parents.org.records[1]?.['Id'])
})

test('a parent that a retry has written is found, also by the retry of its child', async () => {
  const parents = accountsRun([
    { last: 'Acme', ref: 'A-1' },
    { last: 'Locked', ref: 'A-2' },
  ])
  const { org } = parents
  org.locks = 10
  await load(parents)
  const child = contacts(parents, [{ last: 'Aster', account: 'A-2' }])
  await load(child)
  expect(reasonsOf(child)).toMatchObject([expect.stringContaining('row 2 of the sync accounts, was rejected')])
  org.locks = 0
  await load(retryOf(parents))
  await load(retryOf(child, 'child again'))
  const ids = org.records.map(one => [one['LastName'], one['Id']])
  expect(org.records.at(-1)).toMatchObject({
    LastName: 'Aster',
    AccountId: new Map(ids as never).get('Locked' as never),
  })
})

test('a column that the source of the parents does not have stops the run before anything is sent', async () => {
  const parents = accountsRun([{ last: 'Acme', ref: 'A-1' }])
  await load(parents)
  const child = contacts(parents, [{ last: 'Aster', account: 'A-1' }], { by: 'reff' })
  await expect(stage(child)).rejects.toThrow(
    'The source of the parents, run run: by: column "reff" is not in the header of the source; did you mean "ref"?',
  )
  const several = accountsRun([{ last: 'Acme', ref: 'A-1' }], { identityFields: ['ref', 'last'] })
  await load(several)
  await expect(stage(contacts(several, [{ last: 'Aster', account: 'A-1' }]))).rejects.toThrow(
    'The parents of the sync accounts: run run has the identity fields ref, last; name the column of its source that finds them: by',
  )
})

/** A plan of a child whose parents are those of a plan. */
function asPlannedChild(child: World): World {
  const planned = asPlan(child)
  const run = JSON.parse(child.files.get(PLAN_FILE) ?? '') as PlannedRun
  child.files.set(PLAN_FILE, JSON.stringify({ ...run, plannedParents: ['accounts'] }))
  return planned
}

test('a plan shows the row of a parent that is not created yet', async () => {
  const parents = asPlan(accountsRun([{ last: 'Acme', ref: 'A-1' }]))
  await plan(parents)
  const child = asPlannedChild(contacts(parents, [{ last: 'Aster', account: 'A-1' }]))
  await plan(child)
  expect(linesOf(child, 'plan.csv')).toMatchObject([{ verdict: 'create', 'new.AccountId': 'row 1 of accounts' }])
})

test('a plan has the Ids of parents that exist, and the reasons of those that would be rejected', async () => {
  const keyed = { keyField: 'Ext_Id__c', operation: 'update', fields: { Ext_Id__c: 'ref', LastName: 'last' } } as const
  const parents = asPlan(
    accountsRun(
      [
        { last: 'New', ref: 'A-1' },
        { last: 'Bold', ref: 'A-9' },
      ],
      keyed,
    ),
  )
  const id = '001000000000001AAA'
  parents.org.records.push({ Id: id, LastName: 'Old', Ext_Id__c: 'A-1' })
  await plan(parents)
  const child = asPlannedChild(
    contacts(parents, [
      { last: 'Aster', account: 'A-1' },
      { last: 'Berg', account: 'A-9' },
    ]),
  )
  await plan(child)
  expect(linesOf(child, 'plan.csv')).toMatchObject([
    { verdict: 'create', 'new.AccountId': id },
    {
      verdict: 'rejected',
      errormessage: expect.stringMatching(/row 2 of the sync accounts, would be rejected: KEY_NOT_FOUND: .*A-9/),
    },
  ])
})

test('a child whose key is a parent that does not exist yet is not found, and the org is not asked for it', async () => {
  const parents = asPlan(accountsRun([{ last: 'Acme', ref: 'A-1' }]))
  await plan(parents)
  const fields = { AccountId: { sync: 'accounts', by: 'ref', from: 'account' }, LastName: 'last', Phone: 'phone' }
  const child = asPlannedChild(
    otherRun(parents, [{ last: 'Aster', account: 'A-1', phone: '1' }], {
      ...{ operation: 'update', keyField: ['AccountId', 'LastName'], fields, parentRuns: { accounts: parents.runId } },
    }),
  )
  await plan(child)
  expect(linesOf(child, 'plan.csv')).toMatchObject([{ verdict: 'rejected', errorcode: 'KEY_NOT_FOUND' }])
})

test.each([REPORT_FILE, PLAN_REPORT_FILE])('a run that was skipped has no parents: %s', async file => {
  const parents = accountsRun([{ last: 'Acme', ref: 'A-1' }])
  parents.files.delete(PLAN_FILE)
  parents.files.set(file, JSON.stringify({ outcome: 'skipped' }))
  const child = contacts(parents, [{ last: 'Aster', account: 'A-1' }])
  const staged = await stage(file === PLAN_REPORT_FILE ? asPlannedChild(child) : child)
  expect(staged).toMatchObject({
    rejections: [
      {
        errorCode: 'PARENT_NOT_FOUND',
        exampleMessage: 'Account ID: the run run of the sync accounts has no rows; load them first, or set none: blank',
      },
    ],
  })
})

test('of two attempts that read different parents, all files are those of one', async () => {
  const parents = accountsRun([{ last: 'Locked', ref: 'A-2' }])
  const { org } = parents
  org.locks = 10
  await load(parents)
  org.locks = 0
  const child = contacts(parents, [
    { last: 'Aster', account: '' },
    { last: 'Berg', account: 'A-2' },
  ])
  const dependencies = dependenciesOf(child)
  const [isOpening, isRead, mayEnd] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [Signal, Signal, Signal]
  const attempt = (before: () => Promise<void>, close: () => Promise<void>) => {
    const openSource: typeof dependencies.openSource = async (...asked) => {
      await before()
      return { ...(await dependencies.openSource(...asked)), close }
    }
    return stageSource({ ...dependencies, openSource }, { runId: child.runId }, stepOf())
  }
  // The first attempt knows that the parent was rejected, and the second one that it is there.
  let mayRead: () => void = () => undefined
  const first = attempt(
    () => {
      isOpening.resolve()
      return new Promise(resolve => {
        mayRead = resolve
      })
    },
    () => {
      isRead.resolve()
      return mayEnd.promise
    },
  )
  await isOpening.promise
  await load(retryOf(parents))
  await attempt(
    async () => undefined,
    async () => {
      mayRead()
      await Promise.race([isRead.promise, first.catch(() => undefined)])
    },
  )
  mayEnd.resolve()
  await Promise.allSettled([first])
  await load(child)
  expect(reasonsOf(child)).toEqual([': ', ': '])
})

type Signal = PromiseWithResolvers<void>
