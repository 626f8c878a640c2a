import { expect, test } from 'vitest'
import { OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import { connectToEmulator, fileEmulator } from './authSettings.ts'
import { collect, connectTo, ROOT, sendJson, startScriptedOrg } from './scriptedOrg.ts'

const emulator = await fileEmulator()
const connection = connectToEmulator(emulator)

const byExtId = (extId: string) =>
  collect(connection.query(`SELECT Id, LastName, Email, Account.Ext_Id__c FROM Contact WHERE Ext_Id__c = '${extId}'`))

test('returns one result per record, in order, and writes valid records beside invalid ones', async () => {
  const results = await connection.createRecords('Contact', [
    { LastName: 'Frank', Ext_Id__c: 'c-1', Account: { Ext_Id__c: 'ACME-002' } },
    { FirstName: 'Edna' },
    { LastName: 'Myers', Email: 'not an address' },
    { LastName: 'Bluth', Ext_Id__c: 'c-2' },
  ])
  expect(results.map(({ success }) => success)).toEqual([true, false, false, true])
  expect(results[1]?.errors).toEqual([
    { statusCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [LastName]', fields: ['LastName'] },
  ])
  expect(results[2]?.errors[0]?.statusCode).toBe('INVALID_EMAIL_ADDRESS')
  expect(await byExtId('c-1')).toMatchObject([{ Id: results[0]?.id, Account: { Ext_Id__c: 'ACME-002' } }])
})

test('updates by Id, clears with null and leaves other fields unchanged', async () => {
  const [created] = await connection.createRecords('Contact', [
    { LastName: 'Old', Email: 'old@example.com', Ext_Id__c: 'u-1' },
  ])
  const results = await connection.updateRecords('Contact', [{ Id: created?.id, Email: null }])
  expect(results).toMatchObject([{ id: created?.id, success: true }])
  expect(await byExtId('u-1')).toMatchObject([{ LastName: 'Old', Email: null }])
})

test('upserts by an external ID, and distinguishes created from updated', async () => {
  await connection.createRecords('Contact', [{ LastName: 'Known', Ext_Id__c: 'x/1?' }])
  const results = await connection.upsertRecords('Contact', 'Ext_Id__c', [
    { Ext_Id__c: 'x/1?', LastName: 'Renamed' },
    { Ext_Id__c: 'x 2#%', LastName: 'New' },
  ])
  expect(results.map(({ created }) => created)).toEqual([false, true])
  expect(await byExtId('x/1?')).toMatchObject([{ LastName: 'Renamed' }])
})

test('sends nothing for no records, and nothing for too many', async () => {
  const before = emulator.stats().calls['collectionCreate']
  expect(await connection.createRecords('Contact', [])).toEqual([])
  const many = Array.from({ length: 201 }, () => ({ LastName: 'x' }))
  await expect(connection.createRecords('Contact', many)).rejects.toThrow('201 records in one request; allowed are 200')
  expect(emulator.stats().calls['collectionCreate']).toBe(before)
})

test('sends nothing when a record has no key', async () => {
  const updating = connection.updateRecords('Contact', [{ Id: '003000000000001' }, { LastName: 'x' }])
  await expect(updating).rejects.toThrow('Update Contact: record 2 of the request has no Id.')
  const upserting = connection.upsertRecords('Contact', 'Ext_Id__c', [{ LastName: 'x' }])
  await expect(upserting).rejects.toThrow('record 1 of the request has no Ext_Id__c')
})

test('creates once when the session has expired before', async () => {
  emulator.expireSessions()
  const [created] = await connection.createRecords('Contact', [{ LastName: 'Late', Ext_Id__c: 'late-1' }])
  expect(await byExtId('late-1')).toMatchObject([{ Id: created?.id }])
})

test('disables assignment rules unless they are requested', async () => {
  const saved = sendJson([{ id: '00Q5e00000AAAAAEA4', success: true, errors: [] }])
  const org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: saved })
  const scripted = connectTo(org)
  await scripted.createRecords('Lead', [{ LastName: 'a' }])
  await scripted.createRecords('Lead', [{ LastName: 'a' }], { assignmentRule: true })
  await scripted.createRecords('Lead', [{ LastName: 'a' }], { assignmentRule: '01Q5e00000AAAAAEA4' })
  const sent = org.to(`POST ${ROOT}/composite`)
  expect(sent.map(({ headers }) => headers['sforce-auto-assign'])).toEqual(['FALSE', 'TRUE', '01Q5e00000AAAAAEA4'])
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    allOrNone: false,
    records: [{ attributes: { type: 'Lead' }, LastName: 'a' }],
  })
  await org.close()
})

test('allows duplicates to be saved only if that is requested', async () => {
  const saved = sendJson([{ id: '00Q5e00000AAAAAEA4', success: true, errors: [] }])
  const org = await startScriptedOrg({ [`POST ${ROOT}/composite`]: saved })
  await connectTo(org).createRecords('Lead', [{ LastName: 'a' }])
  await connectTo(org).createRecords('Lead', [{ LastName: 'a' }], { savesDuplicates: true })
  const headers = org.to(`POST ${ROOT}/composite`).map(sent => sent.headers['sforce-duplicate-rule-header'])
  expect(headers).toEqual([undefined, 'allowSave=true'])
  await org.close()
})

test('deletes by Id, with a result for each record in order', async () => {
  const created = await connection.createRecords('Contact', [{ LastName: 'Gone' }, { LastName: 'Kept' }])
  const [gone = '', kept = ''] = created.map(({ id }) => id ?? '')
  const absent = '0037e00001WZ30qAAD'
  const results = await connection.deleteRecords('Contact', [absent, gone, kept.slice(0, 15)])
  expect(results.map(({ success, id }) => (success ? id : 'rejected'))).toEqual(['rejected', gone, kept])
  expect(results[0]?.errors[0]?.statusCode).toBe('INVALID_CROSS_REFERENCE_KEY')
  const [again] = await connection.deleteRecords('Contact', [gone])
  expect(again).toMatchObject({ success: false, errors: [{ statusCode: 'ENTITY_IS_DELETED' }] })
  const soql = `SELECT Id, IsDeleted FROM Contact WHERE Id IN ('${gone}', '${kept}')`
  expect(await collect(connection.query(soql))).toEqual([])
  expect(await collect(connection.queryAll(soql))).toMatchObject([{ IsDeleted: true }, { IsDeleted: true }])
  expect(await connection.deleteRecords('Contact', [])).toEqual([])
  const many = Array.from({ length: 201 }, () => gone)
  await expect(connection.deleteRecords('Contact', many)).rejects.toThrow('201 records in one request; allowed are 200')
})

test('a result of another record than was deleted is no answer', async () => {
  const org = await startScriptedOrg({
    [`DELETE ${ROOT}/composite`]: sendJson([{ id: '0037e00001WZ30rAAD', success: true, errors: [] }]),
  })
  const deleting = connectTo(org).deleteRecords('Contact', ['0037e00001WZ30qAAD'])
  await expect(deleting).rejects.toBeInstanceOf(OutcomeUnknownError)
  await org.close()
})
