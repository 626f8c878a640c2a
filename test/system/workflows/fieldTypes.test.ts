// Every field type: the text of a source gives the same values and the same messages through both engines.
import { expect, test } from 'vitest'
import { ENGINES, type Engine } from '../../../packages/client/contract/operations.ts'
import { fileRig, withoutTimes } from '../../rig/loadRig.ts'

const rig = await fileRig()

/** One row per case; the columns contain text as people write it. */
type Invoice = {
  readonly Title__c: string
  /** Expected values in the org. */
  readonly stored?: object
  /** Expected error code. */
  readonly errorcode?: string
  readonly [field: string]: string | object | undefined
}

const INVOICES: readonly Invoice[] = [
  {
    Title__c: '  padded  ',
    Amount__c: '1234567.895',
    Discount__c: '12.345',
    Quantity__c: '0.0005',
    Line_Count__c: '12',
    stored: { Amount__c: 1234567.9, Discount__c: 12.35, Quantity__c: 0.001, Line_Count__c: 12 },
  },
  {
    Title__c: 'exponents',
    Amount__c: '3.5E8',
    Discount__c: '1e1',
    Quantity__c: '-0',
    Line_Count__c: '12.0',
    stored: { Amount__c: 350_000_000, Discount__c: 10, Quantity__c: 0 },
  },
  {
    Title__c: 'booleans',
    Paid__c: 'yes',
    Due_Date__c: '2026-02-28',
    Sent_At__c: '2026-02-28T23:30:00-02:00',
    stored: { Paid__c: true, Due_Date__c: '2026-02-28', Sent_At__c: '2026-03-01T01:30:00.000+0000' },
  },
  {
    Title__c: 'boolean 0',
    Paid__c: '0',
    Due_Date__c: '2024-02-29',
    Sent_At__c: '2026-02-28 23:30:00',
    stored: { Paid__c: false, Sent_At__c: '2026-02-28T23:30:00.000+0000' },
  },
  {
    Title__c: 'a time',
    Cutoff_Time__c: '13:45:10.123',
    Status__c: 'sent',
    Channels__c: 'Web;Email',
    stored: { Cutoff_Time__c: '13:45:10.123Z', Status__c: 'Sent', Channels__c: 'Web;Email' },
  },
  {
    Title__c: 'a time Z',
    Cutoff_Time__c: '13:45',
    Status__c: 'Void',
    Channels__c: 'Fair',
    stored: { Cutoff_Time__c: '13:45:00.000Z' },
  },
  {
    Title__c: 'contacts',
    Billing_Email__c: 'MIXED@Case.Example',
    Billing_Phone__c: '+49 30 123',
    Portal_Url__c: 'www.example.com',
    stored: { Billing_Email__c: 'mixed@case.example' },
  },
  {
    Title__c: 'text',
    Notes__c: 'line 1\r\nline 2\n\n "q" , ; \t tab',
    Legacy_Key__c: 'Kay',
    Batch_Ref__c: '=SUM(A1)',
    stored: { Batch_Ref__c: '=SUM(A1)', Legacy_Key__c: 'Kay' },
  },
  {
    Title__c: 'unicode ✓ ÄÖÜ 漢字 😀',
    Notes__c: ' leading and trailing ',
    Legacy_Key__c: 'kay',
    Batch_Ref__c: '#N/A',
    errorcode: 'INVALID_VALUE',
  },
  { Title__c: 'blank', Notes__c: '   ', Amount__c: ' ', Paid__c: '', Status__c: '' },
  { Title__c: 'bad number', Amount__c: 'twelve', errorcode: 'INVALID_VALUE' },
  { Title__c: 'too large', Line_Count__c: '123456789012', errorcode: 'NUMBER_OUTSIDE_VALID_RANGE' },
  { Title__c: 'bad date', Due_Date__c: '2026-02-30', errorcode: 'INVALID_VALUE' },
  { Title__c: 'bad datetime', Sent_At__c: 'yesterday', errorcode: 'INVALID_VALUE' },
  { Title__c: 'bad boolean', Paid__c: 'perhaps', errorcode: 'INVALID_VALUE' },
  { Title__c: 'bad picklist', Status__c: 'Lost', errorcode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' },
  { Title__c: 'bad multipicklist', Channels__c: 'Web;Pigeon', errorcode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' },
  { Title__c: 'bad email', Billing_Email__c: 'invalid', errorcode: 'INVALID_EMAIL_ADDRESS' },
  { Title__c: 'bad reference', Account__c: '001000000000000AAA', errorcode: 'INVALID_CROSS_REFERENCE_KEY' },
  { Title__c: 'wrong kind of id', Account__c: '003000000000000AAA', errorcode: 'MALFORMED_ID' },
  { Title__c: 'x'.repeat(121), errorcode: 'STRING_TOO_LONG' },
  { Title__c: 'same key', Legacy_Key__c: 'Kay', errorcode: 'KEY_REPEATED' },
  { Title__c: '', errorcode: 'REQUIRED_FIELD_MISSING' },
]

test.each(['ignore', 'clear'] as const)('every field type, blank: %s', async blank => {
  const columns = [...new Set(INVOICES.flatMap(row => Object.keys(row)))].filter(name => name.endsWith('__c'))
  const inline = INVOICES.map((row, index) => ({
    ...Object.fromEntries(columns.map(column => [column, row[column] ?? ''])),
    number: String(index + 1),
  }))
  const load = async (engine: Engine) => {
    const { connection, records } = await rig.openOrg()
    const fields = Object.fromEntries(columns.map(column => [column, column]))
    const { runId } = await rig.load({
      connection,
      object: 'Invoice__c',
      operation: 'create',
      source: { inline },
      fields,
      engine,
      blank,
      identityFields: ['number'],
      resultColumns: ['errorcode'],
    })
    const found = await records('Invoice__c', ...columns)
    return {
      results: withoutTimes(await rig.text(runId, 'results.csv')),
      rejected: await rig.text(runId, 'rejected.csv'),
      records: found.toSorted((a, b) => (String(a['Title__c']) < String(b['Title__c']) ? -1 : 1)),
    }
  }
  const [bulk, collections] = await Promise.all(ENGINES.map(load))
  expect(bulk?.results).toBe(collections?.results)
  expect(bulk?.records).toEqual(collections?.records)
  expect(bulk?.rejected).toBe(collections?.rejected)
  const codes = bulk?.results.split('\n').map(line => line.slice(line.lastIndexOf(',') + 1))
  expect(codes?.slice(1, -1)).toEqual(INVOICES.map(({ errorcode = '' }) => errorcode))
  const stored = new Map(bulk?.records.map(record => [record['Title__c'], record]))
  expect(stored.size).toBe(9)
  for (const { Title__c, stored: values } of INVOICES) {
    if (values !== undefined) expect(stored.get(Title__c.trim())).toMatchObject(values)
  }
  expect(stored.get('blank')).toMatchObject({
    Notes__c: null,
    Paid__c: false,
    Status__c: blank === 'clear' ? null : 'Draft',
  })
})
