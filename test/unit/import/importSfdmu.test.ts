import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { inProcess } from '../../rig/inProcess.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

async function place(script: unknown, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = await mkdtemp(join(folder, 'case-'))
  const text = typeof script === 'string' ? script : JSON.stringify(script)
  for (const [name, content] of Object.entries({ 'export.json': text, ...files })) {
    await mkdir(dirname(join(cwd, name)), { recursive: true })
    await writeFile(join(cwd, name), content)
  }
  return cwd
}

async function imported(script: unknown, files: Readonly<Record<string, string>>) {
  const cwd = await place(script, files)
  const { code, stdout, stderr } = await inProcess(['import', 'export.json'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { stdout, file: parse(await readFile(join(cwd, 'sflink.yaml'), 'utf8')) }
}

const CONTACTS = {
  query: 'SELECT Id, LastName, AccountId, Segment__c, WhoId$Lead FROM Contact',
  operation: 'Upsert',
  externalId: 'Ext_Id__c',
}
const CONTACTS_CSV =
  'Id,Ext_Id__c,lastname,AccountId,Account.Ext_Id__c,Segment__c,Who.Email\n0031,1,Doe,0011,A1,VIP,a@acme.com\n'

test('an upsert that skips existing records creates the others, and finds them by any fields', async () => {
  const object = { query: 'SELECT LastName, Email FROM Contact', operation: 'Upsert', externalId: 'LastName;Email' }
  const script = { objects: [{ ...object, skipExistingRecords: true }] }
  const { file, stdout } = await imported(script, { 'Contact.csv': 'LastName,Email\nDoe,a@acme.com\n' })
  expect(file.syncs.Contact).toMatchObject({
    operation: 'create',
    keyField: ['LastName', 'Email'],
    existing: 'keep',
    fields: { LastName: 'LastName', Email: 'Email' },
  })
  expect(file.syncs.Contact).not.toHaveProperty('send')
  expect(stdout).not.toContain('skipExistingRecords')
})

test('an upsert from a CSV file has its External ID, its lookups and the columns of the file', async () => {
  const { file, stdout } = await imported({ objects: [CONTACTS] }, { 'Contact.csv': CONTACTS_CSV })
  expect(file).not.toHaveProperty('dataDirectories')
  expect(stdout).toMatch(
    /query: Contact.csv lies beside sflink.yaml and .env, where no source may be; put it at data\/Contact.csv/,
  )
  expect(file.syncs.Contact).toEqual({
    connection: 'production',
    object: 'Contact',
    operation: 'upsert',
    source: { uri: 'file:data/Contact.csv' },
    externalIdField: 'Ext_Id__c',
    fields: {
      Ext_Id__c: 'Ext_Id__c',
      LastName: 'lastname',
      'Account.Ext_Id__c': 'Account.Ext_Id__c',
      Segment__c: 'Segment__c',
      WhoId: { lookup: 'Lead', by: 'Email', from: 'Who.Email' },
    },
    blank: 'clear',
    send: 'changed',
    identityFields: ['Ext_Id__c', 'lastname', 'Account.Ext_Id__c', 'Segment__c', 'Who.Email'],
    resultColumns: ['id', 'outcome'],
  })
})

test('the file says how the CSV is read, and the org its address without its token', async () => {
  const script = {
    orgs: [{ name: 'loader@acme.com', instanceUrl: 'https://acme.my.salesforce.com', accessToken: '00D!secret' }],
    csvFileDelimiter: 'semicolon',
    csvFileEncoding: 'latin1',
    csvInsertNulls: false,
    csvUseEuropeanDateFormat: true,
    concurrencyMode: 'Serial',
    restApiBatchSize: 25,
    proxyUrl: 'http://jo:pw@proxy:3128',
    objects: [{ query: 'SELECT Name FROM Account', operation: 'Insert' }],
  }
  const { file, stdout } = await imported(script, { 'Account.csv': 'Name;Phone\nAcme;1\n' })
  expect(file.syncs.Account).toMatchObject({
    operation: 'create',
    source: { delimiter: ';', encoding: 'windows-1252' },
    formats: { dates: ['dd/MM/yyyy', 'dd/MM/yyyy HH:mm:ss'] },
    concurrency: 1,
    collections: { recordsPerRequest: 25 },
  })
  expect(file.syncs.Account).not.toHaveProperty('blank')
  expect(file.syncs.Account).not.toHaveProperty('send')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration
  const proxy = 'http://jo:${SF_PROXY_PASSWORD}@proxy:3128'
  expect(file.connections.production).toMatchObject({ loginUrl: 'https://acme.my.salesforce.com', proxy })
  expect(stdout + JSON.stringify(file)).not.toMatch(/00D!secret|:pw@/)
})

test('an update by a composite key, a field mapping, and object sets with their own directories', async () => {
  const script = {
    useSeparatedCSVFiles: true,
    objects: [{ query: 'SELECT Name FROM Account', operation: 'Insert' }],
    objectSets: [
      {
        objects: [
          {
            query: 'SELECT Key1__c, Key2__c, Name FROM Account WHERE Name != null',
            operation: 'Update',
            externalId: 'Key1__c;Key2__c',
            useFieldMapping: true,
            fieldMapping: [{ targetObject: 'Firm__c' }, { sourceField: 'Key1__c', targetField: 'Code__c' }],
          },
        ],
      },
    ],
  }
  const { file, stdout } = await imported(script, {
    'Account.csv': 'Name\nAcme\n',
    'objectset_source/object-set-2/Account.csv': 'Key1__c,Key2__c,Name\n1,2,Acme\n',
  })
  expect(file.syncs['Account-2']).toMatchObject({
    object: 'Firm__c',
    operation: 'update',
    keyField: ['Code__c', 'Key2__c'],
    fields: { Code__c: 'Key1__c', Key2__c: 'Key2__c', Name: 'Name' },
    source: { uri: 'file:objectset_source/object-set-2/Account.csv' },
  })
  expect(stdout).toContain('query (Account-2): WHERE Name != null is not applied')
  expect(file.flows).toEqual({ sfdmu: { syncs: ['Account', 'Account-2'] } })
  expect(stdout).toContain('flows.sfdmu runs them in this order: Account, Account-2')
})

test('values of ValueMapping.csv become those of their columns, and its rules are listed', async () => {
  const script = {
    csvFileDelimiter: ';',
    objects: [
      {
        query: 'SELECT LastName, Salutation, LeadSource, Title FROM Lead',
        operation: 'Upsert',
        externalId: 'Title',
        useValuesMapping: true,
      },
      { query: 'SELECT LastName, Salutation FROM Contact', operation: 'Insert' },
    ],
  }
  const values = [
    'ObjectName;FieldName;RawValue;Value',
    'Lead;Salutation;Herr;Mr.',
    'Lead;salutation;01;007',
    'Lead;Salutation;#N/A;Mx.',
    'lead;LeadSource;Messe;#N/A',
    'Lead;LeadSource;/^x(.*)$/;eval("$1")',
    'Lead;LastName;#N/A;Unknown',
    'Lead;Title;#N/A;T',
    'Lead;Fax;1;2',
    'Contact;Salutation;Herr;Mr.',
  ]
  const { file, stdout } = await imported(script, {
    'Lead.csv': 'LastName;Salutation;LeadSource;Title\nDoe;Herr;Messe;T1\n',
    'Contact.csv': 'LastName;Salutation\nDoe;Herr\n',
    'ValueMapping.csv': `${values.join('\n')}\n`,
  })
  expect(file.syncs.Lead.fields).toEqual({
    Title: 'Title',
    LastName: { column: 'LastName', default: 'Unknown' },
    Salutation: { column: 'Salutation', values: { Herr: 'Mr.', '01': '007' }, unlisted: 'keep', default: 'Mx.' },
    LeadSource: { column: 'LeadSource', values: { Messe: '' }, unlisted: 'keep' },
  })
  expect(file.syncs.Contact.fields).toEqual({ LastName: 'LastName', Salutation: 'Salutation' })
  for (const line of [
    'ValueMapping.csv (Lead): regular expressions for LeadSource are not carried over; list their values',
    'ValueMapping.csv (Lead): has a value for blank cells of Title, which finds records; records without a key are rejected',
    'ValueMapping.csv (Lead): has values for fax, which no column with this name fills',
  ]) {
    expect(stdout).toContain(line)
  }
})

test.each([
  ['ObjectName,Value\nLead,x\n', 'ValueMapping.csv (Lead): lacks the columns FieldName, RawValue'],
  ['ObjectName,FieldName,RawValue,Value\n"', 'ValueMapping.csv (Lead): '],
])('a ValueMapping.csv that cannot be read is listed: %j', async (content, line) => {
  const lead = { query: 'SELECT LastName FROM Lead', operation: 'Insert', useCSVValuesMapping: true }
  const contact = { query: 'SELECT LastName FROM Contact', operation: 'Insert' }
  const csv = 'LastName\nDoe\n'
  const files = { 'Lead.csv': csv, 'Contact.csv': csv, 'ValueMapping.csv': content }
  const { file, stdout } = await imported({ objects: [lead, contact] }, files)
  expect(file.syncs.Lead.fields).toEqual({ LastName: 'LastName' })
  expect(stdout).toContain(line)
})

test('what is not carried over is listed with its reason', async () => {
  const script = {
    allOrNone: true,
    nonsense: 1,
    objects: [
      {
        query: 'SELECT all FROM Lead',
        operation: 'Insert',
        updateWithMockData: true,
        mockFields: [{ name: 'Email', pattern: 'email' }],
        useValuesMapping: true,
        deleteOldData: true,
      },
      { query: 'SELECT Id, Name FROM Account', operation: 'Upsert', externalId: 'A__c;B__c' },
      { query: 'SELECT Id FROM RecordType' },
      { query: 'SELECT Id FROM Task', operation: 'Delete' },
      { query: 'SELECT Id FROM Case', operation: 'Insert', excluded: true },
      { query: 'SELECT Id, Name FROM Org__c', operation: 'Insert' },
    ],
  }
  const { file, stdout } = await imported(script, { 'Lead.csv': 'LastName,Company\nDoe,Acme\n' })
  expect(file.syncs.Lead.fields).toEqual({ LastName: 'LastName', Company: 'Company' })
  for (const line of [
    'Account is not imported: its externalId A__c;B__c has several fields',
    'RecordType is not imported: the operation Readonly is only read',
    'Task is not imported: the operation Delete deletes records that a query finds',
    'Case is not imported: it is excluded',
    'Org__c is not imported: SFDMU reads it from an org, or its Org__c.csv is not in ',
    'ValueMapping.csv: is not beside export.json, so that no value is replaced',
    'mockFields: values are not anonymised',
    'deleteOldData: no record is deleted before the load',
    'allOrNone: records are written one by one',
    'nonsense: is not a setting of SFDMU',
    'query: all stands for fields that SFDMU chooses',
  ]) {
    expect(stdout).toContain(line)
  }
})

test.each([
  ['{ "objects": [', /^export.json is not valid JSON: .*; correct it$/],
  ['{ "objects": [] }', /^export.json has no objects; give the export.json of SFDMU$/],
  [
    { objects: [{ operation: 'Insert' }] },
    /^export.json: objects\[0\].query: is missing; correct it as SFDMU needs it$/,
  ],
  [
    { objects: [{ query: 'SELECT Name', operation: 'Insert' }] },
    /^export.json: object 1 of set 1 has a query that is not SELECT … FROM …: "SELECT Name"; correct it$/,
  ],
  [
    { objects: [{ query: 'SELECT Name FROM Account', operation: 'Upsrt' }] },
    /^export.json: the object Account has the unknown operation "Upsrt"; allowed: .*; did you mean "Upsert"\?. Correct it, or name the objects to import with --only$/,
  ],
  [
    { objects: [{ query: 'SELECT Id, Name FROM Account', operation: 'Upsert' }] },
    /^Nothing of export.json can be imported: Account: SFDMU reads it from an org/,
  ],
])('%j is one line, and nothing is written', async (script, message) => {
  const cwd = await place(script)
  const { code, stdout, stderr } = await inProcess(['import', 'export.json'], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.trimEnd()).toMatch(message)
  expect(existsSync(join(cwd, 'sflink.yaml'))).toBe(false)
})
