// Lookups of SFDMU: by any field of the parent, by several, and to records of the same file.
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { inProcess } from '../../rig/inProcess.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

type ScriptObject = Readonly<Record<string, unknown>> & { readonly query: string }

/** The syncs that objects with these CSV files become, and what the command printed. */
async function imported(objects: readonly ScriptObject[], files: Readonly<Record<string, string>>) {
  const cwd = await mkdtemp(join(folder, 'case-'))
  await mkdir(join(cwd, 'data'))
  await writeFile(join(cwd, 'data/export.json'), JSON.stringify({ objects }))
  for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, 'data', name), content)
  const { code, stdout, stderr } = await inProcess(['import', 'data/export.json'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { stdout, file: parse(await readFile(join(cwd, 'sflink.yaml'), 'utf8')) }
}

const ACCOUNT = { query: 'SELECT Id, Name FROM Account', operation: 'Upsert', externalId: 'Ext_Id__c' }
const ACCOUNT_CSV = 'Ext_Id__c,Name\n1,Acme\n'

test('a parent by a field that is no External ID is looked up, and one by a custom field is sent as its key', async () => {
  const query = 'SELECT LastName, AccountId, OwnerId, Level__c, Region__c FROM Contact'
  const { file, stdout } = await imported([ACCOUNT, { query, operation: 'Insert' }], {
    'Account.csv': ACCOUNT_CSV,
    'Contact.csv':
      'LastName,AccountId,Account.Name,Owner.Name,Level__r.Name,Region__r.Code__c\nDoe,001,Acme,Jo Doe,Gold,EMEA\n',
  })
  expect(file.syncs.Contact).toMatchObject({
    fields: {
      LastName: 'LastName',
      AccountId: { lookup: 'Account', by: 'Name', from: 'Account.Name' },
      OwnerId: { lookup: 'User', by: 'Name', from: 'Owner.Name' },
      Level__c: { lookup: 'Level__c', by: 'Name', from: 'Level__r.Name' },
      'Region__r.Code__c': 'Region__r.Code__c',
    },
    identityFields: ['LastName', 'Account.Name', 'Owner.Name', 'Level__r.Name', 'Region__r.Code__c'],
  })
  expect(stdout).toContain(
    'field Level__c (Contact): is looked up in Level__c; correct the object if the field leads to another',
  )
  expect(stdout).not.toContain('field AccountId')
})

test('a composite key of the parent is split, and the parent found by all of its fields', async () => {
  const { file } = await imported([{ query: 'SELECT LastName, AccountId FROM Contact', operation: 'Insert' }], {
    'Contact.csv': 'LastName,Account.$$Name$Type\nDoe,Acme;Customer\n',
  })
  expect(file.syncs.Contact.fields).toEqual({
    LastName: 'LastName',
    AccountId: { lookup: 'Account', by: ['Name', 'Type'], from: ['Account.Name', 'Account.Type'] },
  })
  const whole = '"Account.$$Name$Type"'
  const fits = `CASE WHEN len(string_split(${whole}, ';')) = 2 THEN split_part(${whole}, ';'`
  expect(file.syncs.Contact.source.sql).toBe(
    `SELECT *, ${fits}, 1) ELSE ${whole} END AS "Account.Name", ${fits}, 2) END AS "Account.Type" FROM source`,
  )
})

test('a record is found by its own composite key, and by parents', async () => {
  const own = {
    query: 'SELECT Name, Key1__c, Key2__c FROM Account',
    operation: 'Update',
    externalId: 'Key1__c;Key2__c',
  }
  const texts = {
    query: 'SELECT Text__c FROM Description__c',
    operation: 'Update',
    externalId: 'Article__r.Name;Language__r.Name',
  }
  const { file } = await imported([own, texts], {
    'Account.csv': 'Name,Account.$$Key1__c$Key2__c\nAcme,1;2\n',
    'Description__c.csv': 'Article__r.Name,Language__r.Name,Text__c\nPump,de,Pumpe\n',
  })
  expect(file.syncs.Account).toMatchObject({
    keyField: ['Key1__c', 'Key2__c'],
    fields: { Key1__c: 'Key1__c', Key2__c: 'Key2__c', Name: 'Name' },
    source: { sql: expect.stringContaining('AS "Key2__c" FROM source') },
  })
  expect(file.syncs.Description__c).toMatchObject({
    keyField: ['Article__c', 'Language__c'],
    fields: {
      Article__c: { lookup: 'Article__c', by: 'Name', from: 'Article__r.Name' },
      Language__c: { lookup: 'Language__c', by: 'Name', from: 'Language__r.Name' },
      Text__c: 'Text__c',
    },
  })
})

test.each([
  ['Insert', 'Name', 'Parent.Name', { ParentId: { sync: 'self', by: 'Name', from: 'Parent.Name' } }, undefined],
  [
    'Update',
    'Ext_Id__c',
    'Parent.Name',
    { ParentId: { lookup: 'Account', by: 'Name', from: 'Parent.Name' } },
    undefined,
  ],
  [
    'Upsert',
    'Ext_Id__c',
    'Parent.Name',
    { ParentId: { lookup: 'Account', by: 'Name', from: 'Parent.Name' } },
    'field ParentId: finds parents that the org has; those that the same run creates are found when rejected.csv is loaded again',
  ],
  ['Upsert', 'Ext_Id__c', 'Parent.Ext_Id__c', { 'Parent.Ext_Id__c': 'Parent.Ext_Id__c' }, undefined],
])('a parent of the same object in an %s by %s', async (operation, externalId, column, fields, line) => {
  const object = { query: 'SELECT Name, ParentId FROM Account', operation, externalId }
  const { file, stdout } = await imported([object], { 'Account.csv': `Ext_Id__c,Name,${column}\n1,Acme,\n` })
  expect(file.syncs.Account.fields).toMatchObject(fields)
  if (line === undefined) expect(stdout).not.toContain('field ParentId')
  else expect(stdout).toContain(line)
})

test('what has no form is listed', async () => {
  const contact = { query: 'SELECT LastName, AccountId FROM Contact', operation: 'Insert' }
  const texts = { query: 'SELECT Text__c FROM Description__c', operation: 'Upsert', externalId: 'Article__r.Name' }
  const { stdout } = await imported([contact, texts], {
    'Contact.csv': 'LastName,Account.$$Name$Owner.Name\nDoe,Acme;Jo\n',
    'Description__c.csv': 'Article__r.Name,Text__c\nPump,Pumpe\n',
  })
  expect(stdout).toContain(
    'field AccountId: the column Account.$$Name$Owner.Name has a key of the parents of the parent; give the parent one External ID field',
  )
  expect(stdout).toContain('Description__c is not imported: its externalId Article__r.Name is a field of a parent, and')
})

test('objects are loaded as a flow, parents first, and children of inserted records get those of their own row', async () => {
  const objects = [
    { query: 'SELECT Subject, WhoId$Contact, WhatId$Account FROM Task', operation: 'Insert' },
    { query: 'SELECT LastName, AccountId FROM Contact', operation: 'Insert' },
    { query: 'SELECT Name FROM Account', operation: 'Insert' },
  ]
  const { file, stdout } = await imported(objects, {
    'Task.csv': 'Subject,Who.Ref__c,What.Name\nCall,1,Acme\n',
    'Contact.csv': 'Ref__c,LastName,Account.name\n1,Doe,Acme\n',
    'Account.csv': 'Name\nAcme\n',
  })
  expect(file.flows).toEqual({ sfdmu: { syncs: ['Account', 'Contact', 'Task'] } })
  expect(file.syncs.Contact.fields.AccountId).toEqual({ sync: 'Account', by: 'Name', from: 'Account.name' })
  expect(file.syncs.Task.fields).toEqual({
    Subject: 'Subject',
    WhoId: { sync: 'Contact', by: 'Ref__c', from: 'Who.Ref__c' },
    WhatId: { sync: 'Account', by: 'Name', from: 'What.Name' },
  })
  expect(stdout).toContain('sflink flow plan sfdmu    shows what a run would do, and sends nothing')
})

test('a schedule is that of the flow', async () => {
  const cwd = await mkdtemp(join(folder, 'case-'))
  await mkdir(join(cwd, 'data'))
  const objects = [ACCOUNT, { query: 'SELECT LastName FROM Contact', operation: 'Insert' }]
  await writeFile(join(cwd, 'data/export.json'), JSON.stringify({ objects }))
  await writeFile(join(cwd, 'data/Account.csv'), ACCOUNT_CSV)
  await writeFile(join(cwd, 'data/Contact.csv'), 'LastName\nDoe\n')
  const { code } = await inProcess(['import', 'data/export.json', '--schedule', '30 2 * * *'], { cwd })
  const { syncs, flows } = parse(await readFile(join(cwd, 'sflink.yaml'), 'utf8'))
  expect({ code, flows }).toMatchObject({
    code: 0,
    flows: { sfdmu: { syncs: ['Account', 'Contact'], schedule: { cron: '30 2 * * *' } } },
  })
  expect([syncs.Account.schedule, syncs.Contact.schedule]).toEqual([undefined, undefined])
})
