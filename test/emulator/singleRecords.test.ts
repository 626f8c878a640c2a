import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiClient, startEmptyOrg } from './apiClient.ts'

let api: ApiClient

beforeAll(async () => {
  api = await startEmptyOrg()
})
afterAll(() => api.emulator.close())

const createContact = async (fields: Record<string, unknown>): Promise<string> => {
  const { status, body } = await api.post('/sobjects/Contact', fields)
  expect(status).toBe(201)
  return (body as { id: string }).id
}

const shownContact = async (id: string) => (await api.get(`/sobjects/Contact/${id}`)).body as Record<string, unknown>

describe('creating a record', () => {
  it('answers as recorded: 201, the id, and where the record lies', async () => {
    const { status, body, headers } = await api.post('/sobjects/Account', { Name: 'Star Wars' })
    expect(status).toBe(201)
    expect(body).toEqual({ id: expect.stringMatching(/^001[0-9A-Za-z]{15}$/), success: true, errors: [] })
    expect(headers.get('location')).toBe(`/services/data/v67.0/sobjects/Account/${(body as { id: string }).id}`)
    expect(headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/)
    expect(headers.get('content-type')).toBe('application/json;charset=UTF-8')
    expect(headers.get('cache-control')).toBe('no-cache,must-revalidate,max-age=0,no-store,private')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.getSetCookie()).toHaveLength(2)
  })

  it('stores values in Salesforce’s form', async () => {
    const id = await createContact({
      LastName: ' Myers ',
      Email: 'Chloe.Myers@Example.com',
      Score__c: 12.345,
      Opt_In__c: 'true',
      Last_Seen__c: '2026-03-01T01:02:03.456+01:00',
      Birthdate: '1990-02-28',
    })
    expect(await shownContact(id)).toMatchObject({
      attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${id}` },
      Id: id,
      LastName: 'Myers',
      Email: 'chloe.myers@example.com',
      Score__c: 12.35,
      Opt_In__c: true,
      Last_Seen__c: '2026-03-01T00:02:03.000+0000',
      Birthdate: '1990-02-28',
      FirstName: null,
    })
  })

  it('takes a number written as a text, as recorded', async () => {
    const { body } = await api.post('/sobjects/Account', { Name: 'Large', NumberOfEmployees: '10000' })
    const { body: account } = await api.get(`/sobjects/Account/${(body as { id: string }).id}`)
    expect(account).toMatchObject({ NumberOfEmployees: 10000 })
  })

  it('finds the parent by its external ID', async () => {
    const { body } = await api.post('/sobjects/Account', { Name: 'Parent', Ext_Id__c: 'P-1' })
    const id = await createContact({ LastName: 'Child', Account: { Ext_Id__c: 'p-1' } })
    expect(await shownContact(id)).toMatchObject({ AccountId: (body as { id: string }).id })
  })

  const refusals: readonly [string, string, Record<string, unknown>, number, unknown][] = [
    [
      'a required field that is missing',
      'Contact',
      { FirstName: 'B' },
      400,
      [
        {
          message: 'Required fields are missing: [LastName]',
          errorCode: 'REQUIRED_FIELD_MISSING',
          fields: ['LastName'],
        },
      ],
    ],
    [
      'a required field that is null',
      'Contact',
      { LastName: null },
      400,
      [
        {
          message: 'Required fields are missing: [LastName]',
          errorCode: 'REQUIRED_FIELD_MISSING',
          fields: ['LastName'],
        },
      ],
    ],
    [
      'an unknown field',
      'Account',
      { FavoritePet__c: 'Dog' },
      400,
      [{ message: "No such column 'FavoritePet__c' on sobject of type Account", errorCode: 'INVALID_FIELD' }],
    ],
    [
      'a value outside a restricted picklist',
      'Contact',
      { LastName: 'A', Segment__c: 'Terrible' },
      400,
      [
        {
          message: 'Segment: bad value for restricted picklist field: Terrible',
          errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          fields: ['Segment__c'],
        },
      ],
    ],
    [
      'an unknown object',
      'PlayingCard__c',
      { Name: 'Ace' },
      404,
      [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
    ],
    [
      'a text that is too long',
      'Account',
      { Name: 'A', BillingCity: 'x'.repeat(41) },
      400,
      [
        {
          message: `Billing City: data value too large: ${'x'.repeat(41)} (max length=40)`,
          errorCode: 'STRING_TOO_LONG',
          fields: ['BillingCity'],
        },
      ],
    ],
    [
      'an address that is none',
      'Contact',
      { LastName: 'A', Email: 'XX' },
      400,
      [{ message: 'Email: invalid email address: XX', errorCode: 'INVALID_EMAIL_ADDRESS', fields: ['Email'] }],
    ],
    [
      'a field that nobody writes',
      'Contact',
      { LastName: 'A', Name: 'B' },
      400,
      [
        {
          message:
            'Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set.',
          errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
          fields: ['Name'],
        },
      ],
    ],
    [
      'an id that is malformed',
      'Contact',
      { LastName: 'A', AccountId: 'a00B000000FSjVUIB1' },
      400,
      [
        {
          message: 'Account ID: id value of incorrect type: a00B000000FSjVUIB1',
          errorCode: 'MALFORMED_ID',
          fields: ['AccountId'],
        },
      ],
    ],
    [
      'an id of the wrong object',
      'Contact',
      { LastName: 'A', AccountId: '0055f000001pHvsAAE' },
      400,
      [
        {
          message: 'Account ID: id value of incorrect type: 0055f000001pHvsAAE',
          errorCode: 'MALFORMED_ID',
          fields: ['AccountId'],
        },
      ],
    ],
    [
      'an id without a record',
      'Contact',
      { LastName: 'A', AccountId: '0017e00001W4GYRAA3' },
      400,
      [{ message: 'invalid cross reference id', errorCode: 'INVALID_CROSS_REFERENCE_KEY', fields: [] }],
    ],
    [
      'a parent that is not there',
      'Contact',
      { LastName: 'A', Account: { Ext_Id__c: 'none' } },
      400,
      [
        {
          message: 'Foreign key external ID: none not found for field Ext_Id__c in entity Account',
          errorCode: 'INVALID_FIELD',
        },
      ],
    ],
    [
      'a relationship that is none',
      'Contact',
      { LastName: 'A', Friend__r: { Ext_Id__c: 'x' } },
      400,
      [{ message: "No such column 'Friend__r' on sobject of type Contact", errorCode: 'INVALID_FIELD' }],
    ],
    [
      'a boolean without a value',
      'Contact',
      { LastName: 'A', Opt_In__c: null },
      400,
      [
        {
          message: 'Opt In: value not of required type: null',
          errorCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD',
          fields: ['Opt_In__c'],
        },
      ],
    ],
    [
      'an id in the body',
      'Contact',
      { LastName: 'A', Id: '0037e00001WZ30qAAD' },
      400,
      [{ message: 'The Id field should not be specified in the sobject data.', errorCode: 'INVALID_FIELD' }],
    ],
  ]

  it.each(refusals)('refuses %s', async (_what, objectName, fields, status, errors) => {
    const answer = await api.post(`/sobjects/${objectName}`, fields)
    expect(answer.body).toEqual(errors)
    expect(answer.status).toBe(status)
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

  it.each(unreadable)('refuses the request when %s is %j', async (name, value, message) => {
    const { status, body } = await api.post('/sobjects/Contact', { LastName: 'A', [name]: value })
    expect(status).toBe(400)
    expect(body).toEqual([{ errorCode: 'JSON_PARSER_ERROR', message: expect.stringContaining(message) }])
  })

  it('refuses a second record with a unique value, and names the first', async () => {
    const id = await createContact({ LastName: 'First', Ext_Id__c: 'Uniq-1' })
    expect((await api.post('/sobjects/Contact', { LastName: 'Second', Ext_Id__c: 'uniq-1' })).body).toEqual([
      {
        message: `duplicate value found: Ext_Id__c duplicates value on record with id: ${id}`,
        errorCode: 'DUPLICATE_VALUE',
        fields: [],
      },
    ])
  })
})

describe('updating and deleting a record', () => {
  it('changes the fields given, clears those that are null, and leaves the others', async () => {
    const id = await createContact({ LastName: 'Keep', FirstName: 'Change', Title: 'Clear' })
    const { status, text } = await api.patch(`/sobjects/Contact/${id}`, { FirstName: 'Changed', Title: null })
    expect([status, text]).toEqual([204, ''])
    expect(await shownContact(id)).toMatchObject({
      LastName: 'Keep',
      FirstName: 'Changed',
      Title: null,
      Name: 'Changed Keep',
    })
  })

  it('takes an id of 15 characters', async () => {
    const id = await createContact({ LastName: 'Short' })
    expect((await api.patch(`/sobjects/Contact/${id.slice(0, 15)}`, { Title: 'x' })).status).toBe(204)
  })

  it('refuses an id with a wrong checksum as recorded', async () => {
    const { status, body } = await api.patch('/sobjects/Invoice__c/a00B000000FSjVUIB1', { Title__c: 'x' })
    expect(status).toBe(400)
    expect(body).toEqual([
      {
        message: 'Record ID: id value of incorrect type: a00B000000FSjVUIB1',
        errorCode: 'MALFORMED_ID',
        fields: ['Id'],
      },
    ])
  })

  it('knows deleted records as such', async () => {
    const id = await createContact({ LastName: 'Gone' })
    expect((await api.delete(`/sobjects/Contact/${id}`)).status).toBe(204)
    const again = await api.delete(`/sobjects/Contact/${id}`)
    expect(again.status).toBe(404)
    expect(again.body).toEqual([{ message: 'entity is deleted', errorCode: 'ENTITY_IS_DELETED', fields: [] }])
  })
})

describe('upserting a record', () => {
  it('creates with 201, then updates with 200', async () => {
    const created = await api.patch('/sobjects/Contact/Ext_Id__c/up%2F1', { LastName: 'New' })
    expect([created.status, created.body]).toEqual([
      201,
      { id: expect.any(String), success: true, errors: [], created: true },
    ])
    const updated = await api.patch('/sobjects/Contact/Ext_Id__c/UP%2F1', { LastName: 'Newer' })
    const { id } = created.body as { id: string }
    expect([updated.status, updated.body]).toEqual([200, { id, success: true, errors: [], created: false }])
    expect(await shownContact(id)).toMatchObject({ Ext_Id__c: 'up/1', LastName: 'Newer' })
  })

  it('never creates when it is to update only', async () => {
    const { status } = await api.patch('/sobjects/Contact/Ext_Id__c/none?updateOnly=true', { LastName: 'New' })
    expect(status).toBe(404)
  })

  it('answers 300 and where the records lie when several have the key', async () => {
    const ids = [
      await createContact({ LastName: 'A', Email: 'two@example.com' }),
      await createContact({ LastName: 'B', Email: 'two@example.com' }),
    ]
    const { status, body } = await api.patch('/sobjects/Contact/Email/Two@example.com', { LastName: 'C' })
    expect([status, body]).toEqual([300, ids.map(id => `/services/data/v67.0/sobjects/Contact/${id}`)])
  })

  it('knows no key that is no external ID', async () => {
    const { status, body } = await api.patch('/sobjects/Contact/Title/x', { LastName: 'C' })
    expect(status).toBe(404)
    expect(body).toEqual([
      { errorCode: 'NOT_FOUND', message: 'Provided external ID field does not exist or is not accessible: Title' },
    ])
  })
})
