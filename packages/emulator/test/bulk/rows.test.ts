import Papa from 'papaparse'
import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type Row = Readonly<Record<string, string>>

function job(operation: string, more: object = {}) {
  return { object: 'Contact', operation, ...more }
}

async function results(api: ApiClient, id: string, file: string): Promise<readonly Row[]> {
  return Papa.parse<Row>((await api.get(`/jobs/ingest/${id}/${file}`)).text, { header: true, skipEmptyLines: true })
    .data
}

async function errors(api: ApiClient, id: string) {
  return (await results(api, id, 'failedResults')).map(row => row['sf__Error']).sort()
}

describe('the rows of an ingest job', () => {
  test('leave a field unchanged when they are blank, and clear it with #N/A', async ({ api }) => {
    const created = await api.post('/sobjects/Contact', { LastName: 'A', Title: 'T', Department: 'D' })
    const { id } = created.body as { id: string }
    await runIngestJob(api, job('update'), `Id,Title,Department,FirstName\n${id},,#N/A,F\n`)
    expect((await api.get(`/sobjects/Contact/${id}`)).body).toMatchObject({
      Title: 'T',
      Department: null,
      FirstName: 'F',
    })
  })

  test('are rejected with Salesforce’s messages', async ({ api }) => {
    const csv = [
      'LastName,Email,Score__c,Birthdate,Opt_In__c,Segment__c,AccountId,Account.Ext_Id__c',
      'A,bad,,,,,,',
      'B,,x,,,,,',
      'C,,,01/02/2026,,,,',
      'D,,,,yes,,,',
      'E,,,,,Terrible,,',
      'F,,,,,,0017e00001W4GYRAA3,',
      'G,,,,,,0017e00001W4GYRAA4,',
      'H,,,,,,,absent',
      '',
    ].join('\n')
    const { id, numberRecordsFailed } = await runIngestJob(api, job('insert'), csv)
    expect(numberRecordsFailed).toBe(8)
    expect(await errors(api, id)).toEqual([
      'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--',
      'INVALID_EMAIL_ADDRESS:Email: invalid email address: bad:Email --',
      "INVALID_FIELD:Failed to deserialize field at col 2. Due to, 'x' is not a valid value for the type xsd:double:Score__c --",
      "INVALID_FIELD:Failed to deserialize field at col 3. Due to, '01/02/2026' is not a valid value for the type xsd:date:Birthdate --",
      "INVALID_FIELD:Failed to deserialize field at col 4. Due to, 'yes' is not a valid value for the type xsd:boolean:Opt_In__c --",
      'INVALID_FIELD:Foreign key external ID: absent not found for field Ext_Id__c in entity Account:--',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Segment: bad value for restricted picklist field: Terrible:Segment__c --',
      'MALFORMED_ID:Account ID: id value of incorrect type: 0017e00001W4GYRAA4:AccountId --',
    ])
  })

  test('are rejected for fields that are not writable', async ({ api }) => {
    const { id } = await runIngestJob(api, job('insert'), 'LastName,CreatedDate\nA,2026-01-01T00:00:00Z\nB,\n')
    expect(await errors(api, id)).toEqual([
      'INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.:CreatedDate --',
    ])
  })

  test('find their parent by its external ID', async ({ api }) => {
    const account = (await api.post('/sobjects/Account', { Name: 'P', Ext_Id__c: 'P-7' })).body as { id: string }
    await runIngestJob(api, job('insert'), 'LastName,Account.Ext_Id__c\nChildOfP7,p-7\n')
    expect(await api.query("SELECT AccountId FROM Contact WHERE LastName = 'ChildOfP7'")).toMatchObject([
      { AccountId: account.id },
    ])
  })

  test('find the parent of a polymorphic lookup by the named object', async ({ api }) => {
    const lead = (await api.post('/sobjects/Lead', { LastName: 'L', Company: 'C', Ext_Id__c: 'LEAD-1' })).body as {
      id: string
    }
    const request = { object: 'Task', operation: 'insert' }
    const { id } = await runIngestJob(
      api,
      request,
      'Subject,Lead:Who.Ext_Id__c,Owner.Username\nCall,LEAD-1,integration@emulator.example\n',
    )
    expect(await errors(api, id)).toEqual([])
    expect(await api.query("SELECT WhoId, Owner.Username FROM Task WHERE Subject = 'Call'")).toMatchObject([
      { WhoId: lead.id, Owner: { Username: 'integration@emulator.example' } },
    ])
  })

  test('compare unique values case-sensitively only where the field is case-sensitive', async ({ api }) => {
    const csv = 'Title__c,Ext_Id__c,Legacy_Key__c\nA,abc,abc\nB,xyz,ABC\nC,ABC,new\n'
    const { id } = await runIngestJob(api, { object: 'Invoice__c', operation: 'insert' }, csv)
    expect(await errors(api, id)).toEqual([
      expect.stringMatching(
        /^DUPLICATE_VALUE:duplicate value found: Ext_Id__c duplicates value on record with id: a00.{15}:--$/,
      ),
    ])
  })

  test('cannot set their id', async ({ api }) => {
    const { id } = await runIngestJob(api, job('insert'), 'Id,LastName\n0037e00001WZ30qAAD,A\n,B\n')
    expect(await errors(api, id)).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --'])
  })

  test('create or update by their key', async ({ api }) => {
    const upsert = job('upsert', { externalIdFieldName: 'Ext_Id__c' })
    await runIngestJob(api, upsert, 'Ext_Id__c,LastName\nK-1,One\nK-2,Two\n')
    const { id } = await runIngestJob(api, upsert, 'Ext_Id__c,LastName\nk-1,Uno\nK-3,Three\n,Four\nK-4,A\nk-4,B\n')
    expect(
      (await results(api, id, 'successfulResults')).map(row => `${row['Ext_Id__c']} ${row['sf__Created']}`).sort(),
    ).toEqual(['K-3 true', 'k-1 false'])
    expect(await errors(api, id)).toEqual([
      'DUPLICATE_VALUE:Duplicate external id specified: k-4:--',
      'DUPLICATE_VALUE:Duplicate external id specified: k-4:--',
      'MISSING_ARGUMENT:Ext_Id__c not specified:--',
    ])
  })

  test('are rejected for an id that is missing, malformed or unknown', async ({ api }) => {
    const { id } = await runIngestJob(api, job('update'), 'Id,Title\n,x\nnonsense,x\n0037e00001WZ30qAAD,x\n')
    expect(await errors(api, id)).toEqual([
      'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--',
      'MALFORMED_ID:Contact ID: id value of incorrect type: nonsense:Id --',
      'MISSING_ARGUMENT:Id not specified in an update call:--',
    ])
  })

  test('are rejected when text is outside the quotes', async ({ api }) => {
    const { numberRecordsFailed } = await runIngestJob(api, job('insert'), '"LastName"\n"Good"\n"Bad" \n')
    expect(numberRecordsFailed).toBe(1)
  })

  test('are all counted, in any encoding of the upload', async ({ api }) => {
    const names = Array.from({ length: 3000 }, (_, index) => `Łukasz 日本 😀 ${index}`)
    const { id, numberRecordsProcessed } = await runIngestJob(api, job('insert'), `LastName\n${names.join('\n')}`)
    expect(numberRecordsProcessed).toBe(3000)
    expect(new Set((await results(api, id, 'successfulResults')).map(row => row['LastName']))).toEqual(new Set(names))
  })
})
