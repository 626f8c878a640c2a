import { describe, expect } from 'vitest'
import { test } from '../emulatorTest.ts'

const SECURITY =
  'Please check the security settings of this field and verify that it is read/write for your profile or permission set.'
const tooLong = 'x'.repeat(41)

/** The request, and its one error; `fields` is undefined where the answer has no such key. */
type Rejection = {
  readonly what: string
  readonly objectName?: string
  readonly sent: Record<string, unknown>
  readonly errorCode: string
  readonly message: string
  readonly fields?: readonly string[]
}

const rejections: readonly Rejection[] = [
  {
    what: 'a missing required field',
    sent: { FirstName: 'B' },
    errorCode: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [LastName]',
    fields: ['LastName'],
  },
  {
    what: 'a required field that is null',
    sent: { LastName: null },
    errorCode: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [LastName]',
    fields: ['LastName'],
  },
  {
    what: 'an unknown field',
    objectName: 'Account',
    sent: { FavoritePet__c: 'Dog' },
    errorCode: 'INVALID_FIELD',
    message: "No such column 'FavoritePet__c' on sobject of type Account",
  },
  {
    what: 'a value outside a restricted picklist',
    sent: { LastName: 'A', Segment__c: 'Terrible' },
    errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    message: 'Segment: bad value for restricted picklist field: Terrible',
    fields: ['Segment__c'],
  },
  {
    what: 'a text that is too long',
    objectName: 'Account',
    sent: { Name: 'A', BillingCity: tooLong },
    errorCode: 'STRING_TOO_LONG',
    message: `Billing City: data value too large: ${tooLong} (max length=40)`,
    fields: ['BillingCity'],
  },
  {
    what: 'an invalid e-mail address',
    sent: { LastName: 'A', Email: 'XX' },
    errorCode: 'INVALID_EMAIL_ADDRESS',
    message: 'Email: invalid email address: XX',
    fields: ['Email'],
  },
  {
    what: 'a field that is not writable',
    sent: { LastName: 'A', Name: 'B' },
    errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    message: `Unable to create/update fields: Name. ${SECURITY}`,
    fields: ['Name'],
  },
  {
    what: 'an id that is malformed',
    sent: { LastName: 'A', AccountId: 'a00B000000FSjVUIB1' },
    errorCode: 'MALFORMED_ID',
    message: 'Account ID: id value of incorrect type: a00B000000FSjVUIB1',
    fields: ['AccountId'],
  },
  {
    what: 'an id of the wrong object',
    sent: { LastName: 'A', AccountId: '0055f000001pHvsAAE' },
    errorCode: 'MALFORMED_ID',
    message: 'Account ID: id value of incorrect type: 0055f000001pHvsAAE',
    fields: ['AccountId'],
  },
  {
    what: 'an id without a record',
    sent: { LastName: 'A', AccountId: '0017e00001W4GYRAA3' },
    errorCode: 'INVALID_CROSS_REFERENCE_KEY',
    message: 'invalid cross reference id',
    fields: [],
  },
  {
    what: 'a parent that does not exist',
    sent: { LastName: 'A', Account: { Ext_Id__c: 'none' } },
    errorCode: 'INVALID_FIELD',
    message: 'Foreign key external ID: none not found for field Ext_Id__c in entity Account',
  },
  {
    what: 'a relationship that does not exist',
    sent: { LastName: 'A', Friend__r: { Ext_Id__c: 'x' } },
    errorCode: 'INVALID_FIELD',
    message: "No such column 'Friend__r' on sobject of type Contact",
  },
  {
    what: 'a boolean without a value',
    sent: { LastName: 'A', Opt_In__c: null },
    errorCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD',
    message: 'Opt In: value not of required type: null',
    fields: ['Opt_In__c'],
  },
  {
    what: 'an id in the body',
    sent: { LastName: 'A', Id: '0037e00001WZ30qAAD' },
    errorCode: 'INVALID_FIELD',
    message: 'The Id field should not be specified in the sobject data.',
  },
]

describe('creating a record is rejected', () => {
  test.for(rejections)('for $what', async ({ objectName = 'Contact', sent, errorCode, message, fields }, { api }) => {
    const { status, body } = await api.post(`/sobjects/${objectName}`, sent)
    expect(body).toEqual([{ message, errorCode, ...(fields !== undefined && { fields }) }])
    expect(status).toBe(400)
  })

  test('for an unknown object, as if the path did not exist', async ({ api }) => {
    const { status, body } = await api.post('/sobjects/PlayingCard__c', { Name: 'Ace of Spades' })
    expect([status, body]).toEqual([
      404,
      [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
    ])
  })

  const unreadable: readonly [string, unknown, string][] = [
    [
      'Last_Seen__c',
      '2024-07-30 20:54:16 UTC',
      'Cannot deserialize instance of datetime from VALUE_STRING value 2024-07-30 20:54:16 UTC or request may be missing a required field at [line:1, column:',
    ],
    ['Birthdate', '', 'Cannot deserialize instance of date from VALUE_STRING value  or request'],
    ['Score__c', 'x', 'Cannot deserialize instance of double from VALUE_STRING value x or request'],
    ['LastName', 5, 'Cannot deserialize instance of string from VALUE_NUMBER_INT value 5 or request'],
    ['Opt_In__c', 'yes', 'Cannot deserialize instance of boolean from VALUE_STRING value yes or request'],
    ['LastName', ['a'], 'Cannot deserialize instance of string from START_ARRAY or request'],
  ]

  test.for(unreadable)('when %s is %j', async ([name, value, message], { api }) => {
    const { status, body } = await api.post('/sobjects/Contact', { LastName: 'A', [name]: value })
    expect(status).toBe(400)
    expect(body).toEqual([{ errorCode: 'JSON_PARSER_ERROR', message: expect.stringContaining(message) }])
  })

  test('for a unique value of another record, and names that record', async ({ api }) => {
    const first = await api.post('/sobjects/Contact', { LastName: 'First', Ext_Id__c: 'Uniq-1' })
    const { id } = first.body as { id: string }
    expect((await api.post('/sobjects/Contact', { LastName: 'Second', Ext_Id__c: 'uniq-1' })).body).toEqual([
      {
        message: `duplicate value found: Ext_Id__c duplicates value on record with id: ${id}`,
        errorCode: 'DUPLICATE_VALUE',
        fields: [],
      },
    ])
  })
})
