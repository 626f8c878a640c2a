// The effect of each operation on the org, and its results: the same through both engines.
import { beforeAll, describe, expect, test } from 'vitest'
import { ENGINES } from '../../../packages/client/contract/operations.ts'
import type { RunReport } from '../../../packages/client/contract/runReport.ts'
import { DEFAULT_USER } from '../../../packages/emulator/index.ts'
import { fileRig, type RigOrg } from '../../rig/loadRig.ts'

const rig = await fileRig()

describe.concurrent.each(ENGINES)('through the engine %s', engine => {
  let org: RigOrg
  beforeAll(async () => {
    org = await rig.openOrg()
  })

  /** Loads a source and returns the report with the results, without timestamps. */
  async function load(csv: string, given: object) {
    const source = { uri: await rig.source(csv) }
    const columns = { identityFields: ['key'], resultColumns: ['row', 'operation', 'id', 'created', 'errorcode'] }
    const report = await rig.load({
      connection: org.connection,
      object: 'Contact',
      engine,
      source,
      ...columns,
      ...given,
    })
    const rows = await rig.rows(report.runId, 'results.csv')
    const results = rows.map(({ timestamp, ...result }) => {
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
      return Object.values(result)
    })
    return { report, results, rejected: await rig.text(report.runId, 'rejected.csv') }
  }

  const contact = async (lastName: string, ...fields: readonly string[]) =>
    (await org.records('Contact', 'LastName', ...fields)).filter(record => record['LastName'] === lastName)

  test('creates records, and reports rejected ones with the message of Salesforce', async () => {
    const [accountId = ''] = await org.create('Account', [{ Name: 'Acme', Ext_Id__c: 'create-acme' }])
    await org.create('Contact', [{ LastName: 'Taken', Ext_Id__c: 'create-taken' }])
    const csv = [
      'key,last,ext,code,segment',
      'a,"Cre,ate 1",create-1,create-acme,Consumer',
      'b,"Cre\n""ate"" 2",create-taken,,',
      'c,Create 3,create-3,nowhere,',
      'd,Create 4,create-4,,Aristocracy',
      'e,,create-5,,',
      'f,Create 6,create-6,,Enterprise',
    ]
    const fields = { LastName: 'last', Ext_Id__c: 'ext', 'Account.Ext_Id__c': 'code', Segment__c: 'segment' }
    const { report, results, rejected } = await load(`${csv.join('\n')}\n`, { operation: 'create', fields })
    const created = await org.records('Contact', 'Id', 'LastName', 'Ext_Id__c', 'AccountId', 'Segment__c')
    const [first, sixth] = ['create-1', 'create-6'].map(key => created.find(record => record['Ext_Id__c'] === key))
    expect(first).toMatchObject({ LastName: 'Cre,ate 1', AccountId: accountId, Segment__c: 'Consumer' })
    expect(sixth).toMatchObject({ LastName: 'Create 6', AccountId: null, Segment__c: 'Enterprise' })
    expect(created.filter(({ Ext_Id__c }) => String(Ext_Id__c).startsWith('create-'))).toHaveLength(3)
    const errors = [
      expect.stringMatching(/^duplicate value found: .*Ext_Id__c/),
      expect.stringMatching(/nowhere/),
      expect.stringMatching(/bad value for restricted picklist field: Aristocracy/),
      'Required fields are missing: [LastName]',
    ]
    expect(results).toEqual([
      ['true', '', 'a', '1', 'create', first?.['Id'], 'true', ''],
      ['error', errors[0], 'b', '2', 'create', '', '', 'DUPLICATE_VALUE'],
      ['error', errors[1], 'c', '3', 'create', '', '', 'INVALID_FIELD'],
      ['error', errors[2], 'd', '4', 'create', '', '', 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
      ['error', errors[3], 'e', '5', 'create', '', '', 'REQUIRED_FIELD_MISSING'],
      ['true', '', 'f', '6', 'create', sixth?.['Id'], 'true', ''],
    ])
    expect(report).toMatchObject({
      outcome: 'completed_with_rejected',
      engine,
      records: 6,
      tally: { created: 2, updated: 0, deleted: 0, unchanged: 0, failed: 4, inDoubt: 0 },
    })
    const header = '\uFEFFkey,last,ext,code,segment,errorcode,errormessage'
    expect(rejected.split('\n')[0]).toBe(header)
    expect(rejected).toContain('b,"Cre\n""ate"" 2",create-taken,,,DUPLICATE_VALUE,')
    expect(rejected).toContain('e,,create-5,,,REQUIRED_FIELD_MISSING,Required fields are missing: [LastName]\n')
    const stored = JSON.parse(await rig.text(report.runId, 'report.json')) as RunReport
    expect(stored).toEqual({ ...report, errors: stored.errors })
    expect(stored.errors.map(({ exampleMessage }) => exampleMessage)).toEqual(errors)
    // Temporal gets no values of records.
    expect(report.errors.map(({ exampleMessage }) => exampleMessage)).toEqual([
      'duplicate value found: Ext_Id__c duplicates value on record with id: …',
      'Foreign key external ID: …',
      'Segment: bad value for restricted picklist field: …',
      'Required fields are missing: [LastName]',
    ])
  })

  test('updates records by Id, with 15 or 18 characters', async () => {
    const [one = '', two = ''] = await org.create('Contact', [{ LastName: 'ById 1' }, { LastName: 'ById 2' }])
    const csv = `key,title\n${one},First\n${two.slice(0, 15)},Second\n003000000000000AAA,Absent\nnonsense,Absent\n${one},Again\n`
    const { report, results } = await load(csv, { operation: 'update', fields: { Id: 'key', Title: 'title' } })
    expect(await contact('ById 1', 'Title')).toMatchObject([{ Title: 'First' }])
    expect(await contact('ById 2', 'Title')).toMatchObject([{ Title: 'Second' }])
    expect(results).toEqual([
      ['true', '', one, '1', 'update', one, 'false', ''],
      ['true', '', two.slice(0, 15), '2', 'update', two, 'false', ''],
      ['error', expect.any(String), '003000000000000AAA', '3', 'update', '', '', expect.stringMatching(/\w/)],
      ['error', expect.stringMatching(/nonsense/), 'nonsense', '4', 'update', '', '', 'MALFORMED_ID'],
      ['error', expect.stringMatching(/row 1/), one, '5', 'update', '', '', 'KEY_REPEATED'],
    ])
    expect(report.tally).toEqual({ created: 0, updated: 2, deleted: 0, unchanged: 0, failed: 3, inDoubt: 0 })
  })

  test('updates records by a key field: found, not found, ambiguous, blank, repeated', async () => {
    const emails = ['one', 'twin', 'twin'].map(name => `${name}@key.example`)
    const [one = '', twin = '', otherTwin = ''] = await org.create(
      'Contact',
      emails.map(Email => ({ LastName: 'ByKey', Email })),
    )
    const csv =
      'key,email,title\n1,ONE@key.example,Boss\n2,none@key.example,x\n3,twin@key.example,x\n4,,x\n5,one@key.example,x\n'
    const { report, results } = await load(csv, {
      operation: 'update',
      keyField: 'Email',
      fields: { Email: 'email', Title: 'title' },
    })
    expect(await contact('ByKey', 'Title', 'Email')).toMatchObject([
      { Title: 'Boss', Email: 'one@key.example' },
      { Title: null },
      { Title: null },
    ])
    const ambiguous = `Key field: 2 Contact records have Email twin@key.example: ${twin}, ${otherTwin}`
    expect(results).toEqual([
      ['true', '', '1', '1', 'update', one, 'false', ''],
      ['error', 'Key field: no Contact has Email none@key.example', '2', '2', 'update', '', '', 'KEY_NOT_FOUND'],
      ['error', ambiguous, '3', '3', 'update', '', '', 'KEY_AMBIGUOUS'],
      ['error', 'Key field: Email is not present in data', '4', '4', 'update', '', '', 'KEY_BLANK'],
      ['error', expect.stringMatching(/row 1/), '5', '5', 'update', '', '', 'KEY_REPEATED'],
    ])
    expect(report.tally).toEqual({ created: 0, updated: 1, deleted: 0, unchanged: 0, failed: 4, inDoubt: 0 })
  })

  test('updates records by several key fields together, of those that meet conditions', async () => {
    const held = [
      { LastName: 'Listed', Email: 'one@list.example', Department: 'Open' },
      { LastName: 'Listed', Email: 'one@list.example', Department: 'Closed' },
      { LastName: 'Other', Email: 'one@list.example', Department: 'Open' },
      { LastName: 'Listed', Email: 'two@list.example', Department: 'Closed' },
    ]
    const [one = ''] = await org.create('Contact', held)
    const csv =
      'key,last,email,title\n1,LISTED,One@list.example,Boss\n2,Listed,two@list.example,x\n3,Listed,,x\n4, listed ,one@list.example,x\n'
    const { report, results } = await load(csv, {
      operation: 'update',
      keyField: ['LastName', 'Email'],
      match: { where: "Department = 'Open' OR Account.Name = 'none'" },
      fields: { Email: 'email', Title: 'title', LastName: 'last' },
    })
    expect(await contact('Listed', 'Title', 'Department')).toMatchObject([
      { Title: 'Boss', Department: 'Open' },
      { Title: null },
      { Title: null },
    ])
    const absent = 'Key field: no Contact that meets match.where has LastName Listed and Email two@list.example'
    expect(results).toEqual([
      ['true', '', '1', '1', 'update', one, 'false', ''],
      ['error', absent, '2', '2', 'update', '', '', 'KEY_NOT_FOUND'],
      ['error', 'Key field: Email is not present in data', '3', '3', 'update', '', '', 'KEY_BLANK'],
      ['error', expect.stringMatching(/row 1/), '4', '4', 'update', '', '', 'KEY_REPEATED'],
    ])
    expect(report.tally).toEqual({ created: 0, updated: 1, deleted: 0, unchanged: 0, failed: 3, inDoubt: 0 })
  })

  test('upserts by an External ID: creates new records, updates existing ones', async () => {
    const [known = ''] = await org.create('Contact', [{ LastName: 'Old', Ext_Id__c: 'ups-1' }])
    const csv = 'key,ext,last\n1,UPS-1,Upserted\n2,ups-2,Upserted\n3,,Upserted\n4,ups-2,Upserted\n'
    const { report, results } = await load(csv, {
      operation: 'upsert',
      externalIdField: 'Ext_Id__c',
      fields: { Ext_Id__c: 'ext', LastName: 'last' },
    })
    const records = await contact('Upserted', 'Id', 'Ext_Id__c')
    expect(records).toHaveLength(2)
    const created = records.find(record => record['Ext_Id__c'] === 'ups-2')?.['Id']
    expect(results).toEqual([
      ['true', '', '1', '1', 'upsert', known, 'false', ''],
      ['true', '', '2', '2', 'upsert', created, 'true', ''],
      ['error', expect.any(String), '3', '3', 'upsert', '', '', 'KEY_BLANK'],
      ['error', expect.stringMatching(/row 2/), '4', '4', 'upsert', '', '', 'KEY_REPEATED'],
    ])
    expect(report.tally).toEqual({ created: 1, updated: 1, deleted: 0, unchanged: 0, failed: 2, inDoubt: 0 })
  })

  test("applies the operation in each record's own column", async () => {
    const [known = ''] = await org.create('Contact', [
      { LastName: 'Mixed', Ext_Id__c: 'mix-1', Email: 'mix-1@a.example' },
      { LastName: 'Mixed', Ext_Id__c: 'mix-8' },
    ])
    const csv = [
      'key,contact_action,ext,last,email',
      '1,Create,mix-2,Mixed,mix-2@a.example',
      '2,UPDATE,mix-1,Mixed,new@a.example',
      '3,upsert,mix-3,Mixed,mix-3@a.example',
      '4,delete,mix-4,Mixed,mix-4@a.example',
      '5,,mix-5,Mixed,mix-5@a.example',
      '6,update,mix-9,Mixed,late@a.example',
      '7,create,mix-7,Mixed,mix-7@a.example',
      '8,Delete,mix-8,,',
    ]
    const { report, results } = await load(`${csv.join('\n')}\n`, {
      operation: { column: 'contact_action' },
      keyField: 'Ext_Id__c',
      externalIdField: 'Ext_Id__c',
      fields: { Ext_Id__c: 'ext', LastName: 'last', Email: 'email' },
    })
    const records = await contact('Mixed', 'Id', 'Ext_Id__c', 'Email')
    const byKey = new Map(records.map(record => [record['Ext_Id__c'], record]))
    expect([...byKey.keys()].toSorted()).toEqual(['mix-1', 'mix-2', 'mix-3', 'mix-7'])
    expect(byKey.get('mix-1')).toMatchObject({ Id: known, Email: 'new@a.example' })
    expect(byKey.get('mix-2')).toMatchObject({ Email: 'mix-2@a.example' })
    expect(
      results.map(([status, , key, , operation, , created, code]) => [key, status, operation, created, code]),
    ).toEqual([
      ['1', 'true', 'create', 'true', ''],
      ['2', 'true', 'update', 'false', ''],
      ['3', 'true', 'upsert', 'true', ''],
      ['4', 'error', 'delete', '', 'KEY_NOT_FOUND'],
      ['5', 'error', '', '', 'INVALID_OPERATION'],
      ['6', 'error', 'update', '', 'KEY_NOT_FOUND'],
      ['7', 'true', 'create', 'true', ''],
      ['8', 'true', 'delete', 'false', ''],
    ])
    expect(report.tally).toEqual({ created: 3, updated: 1, deleted: 1, unchanged: 0, failed: 3, inDoubt: 0 })
  })

  test('deletes records by a key field, and reports those that it cannot delete', async () => {
    const given = ['del-1', 'del-2', 'del-3'].map(Ext_Id__c => ({ LastName: 'Deleted', Ext_Id__c }))
    const ids = await org.create('Contact', given)
    const account = await org.create('Account', [{ Name: 'Deleted' }])
    await org.create('Case', [{ Subject: 'Keeps its account', AccountId: account[0] }])
    const csv = 'key\ndel-1\ndel-9\ndel-3\n'
    const byKey = { operation: 'delete', keyField: 'Ext_Id__c', fields: { Ext_Id__c: 'key' } }
    const { report, results } = await load(csv, byKey)
    expect(
      results.map(([status, , key, , operation, id, created, code]) => [status, key, operation, id, created, code]),
    ).toEqual([
      ['true', 'del-1', 'delete', ids[0], 'false', ''],
      ['error', 'del-9', 'delete', '', '', 'KEY_NOT_FOUND'],
      ['true', 'del-3', 'delete', ids[2], 'false', ''],
    ])
    expect(report.tally).toEqual({ created: 0, updated: 0, deleted: 2, unchanged: 0, failed: 1, inDoubt: 0 })
    expect(await contact('Deleted', 'Id')).toEqual([{ LastName: 'Deleted', Id: ids[1] }])
    const byId = await load(`key\n${account[0]}\n`, { object: 'Account', operation: 'delete', fields: { Id: 'key' } })
    expect(byId.results[0]?.[1]).toContain('could not be completed because it is associated with the following cases')
  })

  test('leaves a field unchanged where the source is blank, or clears it with blank: clear', async () => {
    const given = { LastName: 'Blank', Title: 'Boss', Score__c: 12.5, Opt_In__c: true, Birthdate: '1990-01-02' }
    const ids = await org.create('Contact', [given, given])
    const fields = { Id: 'key', Title: 'title', Score__c: 'score', Birthdate: 'born', Department: { value: 'Sales' } }
    const csv = (id = '') => `key,title,score,born\n${id},,,\n`
    await load(csv(ids[0]), { operation: 'update', fields })
    await load(csv(ids[1]), { operation: 'update', fields, blank: 'clear' })
    const records = await contact('Blank', 'Title', 'Score__c', 'Birthdate', 'Department')
    expect(records).toEqual([
      { LastName: 'Blank', Title: 'Boss', Score__c: 12.5, Birthdate: '1990-01-02', Department: 'Sales' },
      { LastName: 'Blank', Title: null, Score__c: null, Birthdate: null, Department: 'Sales' },
    ])
  })
})

test('a hard delete leaves nothing in the recycle bin', async () => {
  const org = await rig.openOrg({ users: [{ ...DEFAULT_USER, hardDelete: true }] })
  const [id = ''] = await org.create('Contact', [{ LastName: 'Purged' }])
  const source = { uri: await rig.source(`key\n${id}\n`) }
  const spec = { connection: org.connection, object: 'Contact', operation: 'delete', hardDelete: true, source }
  const report = await rig.load({ ...spec, fields: { Id: 'key' } })
  expect(report).toMatchObject({ engine: 'bulk', tally: { deleted: 1 } })
  const soql = encodeURIComponent(`SELECT Id FROM Contact WHERE Id = '${id}'`)
  const { url, credentials } = org.emulator
  const headers = { authorization: `Bearer ${credentials.accessToken}` }
  const answer = await fetch(`${url}/services/data/v60.0/queryAll?q=${soql}`, { headers })
  expect(await answer.json()).toMatchObject({ totalSize: 0 })
})
