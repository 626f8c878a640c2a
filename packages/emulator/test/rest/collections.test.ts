import { describe, expect } from 'vitest'
import type { ApiClient } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'

type SaveResult = {
  readonly id?: string
  readonly success: boolean
  readonly errors: readonly { readonly statusCode: string }[]
}

function record(type: string, fields: Record<string, unknown>) {
  return { attributes: { type }, ...fields }
}

function contact(fields: Record<string, unknown>) {
  return record('Contact', fields)
}

async function create(api: ApiClient, records: readonly unknown[], allOrNone = false) {
  return (await api.post('/composite/sobjects', { allOrNone, records })).body as readonly SaveResult[]
}

describe('collections', () => {
  test('answer in the order of the request, one result per record', async ({ api }) => {
    const results = await create(api, [
      contact({ LastName: 'A' }),
      contact({ FirstName: 'B' }),
      contact({ LastName: 'C' }),
    ])
    expect(results).toEqual([
      { id: expect.any(String), success: true, errors: [] },
      {
        success: false,
        errors: [
          {
            statusCode: 'REQUIRED_FIELD_MISSING',
            message: 'Required fields are missing: [LastName]',
            fields: ['LastName'],
          },
        ],
      },
      { id: expect.any(String), success: true, errors: [] },
    ])
  })

  test('undo all writes of an all-or-none request with an error', async ({ api }) => {
    const before = api.emulator.org.countLive('Contact')
    const results = await create(
      api,
      [contact({ LastName: 'A', Ext_Id__c: 'together' }), contact({ FirstName: 'B' })],
      true,
    )
    expect(results[0]).toEqual({
      success: false,
      errors: [
        {
          statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
          message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
          fields: [],
        },
      ],
    })
    expect(results[1]?.errors[0]?.statusCode).toBe('REQUIRED_FIELD_MISSING')
    expect(api.emulator.org.countLive('Contact')).toBe(before)
    expect((await create(api, [contact({ LastName: 'A', Ext_Id__c: 'together' })]))[0]?.success).toBe(true)
  })

  test('undo updates too', async ({ api }) => {
    const [first] = await create(api, [contact({ LastName: 'Before', Title: 'T' })])
    await api.patch('/composite/sobjects', {
      allOrNone: true,
      records: [
        contact({ id: first?.id, LastName: 'After', Department: 'D' }),
        contact({ id: first?.id, LastName: null }),
      ],
    })
    expect(await api.query(`SELECT LastName, Title, Department FROM Contact WHERE Id = '${first?.id}'`)).toMatchObject([
      { LastName: 'Before', Title: 'T', Department: null },
    ])
  })

  test('reject more than 200 records', async ({ api }) => {
    const { status, body } = await api.post('/composite/sobjects', {
      records: Array.from({ length: 201 }, () => contact({ LastName: 'A' })),
    })
    expect(status).toBe(400)
    expect(body).toEqual([
      {
        errorCode: 'EXCEEDED_ID_LIMIT',
        message: 'record limit reached. cannot submit more than 200 records into this call',
      },
    ])
  })

  test('reject more than ten changes of the object', async ({ api }) => {
    const records = Array.from({ length: 11 }, (_, index) =>
      index % 2 === 0 ? contact({ LastName: 'A' }) : record('Account', { Name: 'A' }),
    )
    const { status, body } = await api.post('/composite/sobjects', { records })
    expect(status).toBe(400)
    expect(body).toMatchObject([{ message: expect.stringContaining('Cannot have more than 10 chunks') }])
    expect((await create(api, records.slice(0, 10))).every(({ success }) => success)).toBe(true)
  })

  test('fail as a whole for a value that cannot be read, and write nothing', async ({ api }) => {
    const before = api.emulator.org.countLive('Contact')
    const { status, body } = await api.post('/composite/sobjects', {
      records: [contact({ LastName: 'A' }), contact({ LastName: 'B', Birthdate: 'yesterday' })],
    })
    expect(status).toBe(400)
    expect(body).toMatchObject([{ errorCode: 'JSON_PARSER_ERROR' }])
    expect(api.emulator.org.countLive('Contact')).toBe(before)
  })

  test('update by id or Id, and report the error of an invalid id', async ({ api }) => {
    const [first, second] = await create(api, [contact({ LastName: 'A' }), contact({ LastName: 'B' })])
    const { body } = await api.patch('/composite/sobjects', {
      records: [
        contact({ id: first?.id, Title: 'x' }),
        contact({ Id: second?.id, Title: 'y' }),
        contact({ Title: 'z' }),
        contact({ id: '0037e00001WZ30qAAD', Title: 'z' }),
        contact({ id: 'nonsense', Title: 'z' }),
      ],
    })
    expect((body as SaveResult[]).map(({ errors }) => errors[0]?.statusCode)).toEqual([
      undefined,
      undefined,
      'MISSING_ARGUMENT',
      'INVALID_CROSS_REFERENCE_KEY',
      'MALFORMED_ID',
    ])
  })

  test('delete by ids', async ({ api }) => {
    const [first] = await create(api, [contact({ LastName: 'A' })])
    const { body } = await api.delete(`/composite/sobjects?ids=${first?.id},0037e00001WZ30qAAD`)
    expect((body as SaveResult[]).map(({ success }) => success)).toEqual([true, false])
  })

  test('read by ids, with null for a record that does not exist', async ({ api }) => {
    const [first] = await create(api, [contact({ LastName: 'Read' })])
    const { body } = await api.post('/composite/sobjects/Contact', {
      ids: ['0037e00001WZ30qAAD', first?.id],
      fields: ['Id', 'LastName'],
    })
    expect(body).toMatchObject([null, { Id: first?.id, LastName: 'Read' }])
  })
})

describe('collection upserts', () => {
  const upsert = async (api: ApiClient, field: string, records: readonly unknown[]) =>
    (await api.patch(`/composite/sobjects/Contact/${field}`, { allOrNone: false, records })).body

  test('report for each record whether it was created, and match e-mails in any case', async ({ api }) => {
    const first = await upsert(api, 'Email', [contact({ LastName: 'Bluth', Email: 'Michael.Bluth@example.com' })])
    expect(first).toEqual([{ id: expect.any(String), success: true, errors: [], created: true }])
    const second = await upsert(api, 'Email', [
      contact({ LastName: 'Bluth II', Email: 'michael.bluth@EXAMPLE.com' }),
      contact({ LastName: 'Cain', Email: 'audrey.cain@example.com' }),
    ])
    expect((second as { created: boolean }[]).map(({ created }) => created)).toEqual([false, true])
  })

  test('create with a null Id and update with an id, as recorded', async ({ api }) => {
    const [created] = (await upsert(api, 'Id', [contact({ Id: null, LastName: 'New' })])) as {
      id: string
      created: boolean
    }[]
    expect(created?.created).toBe(true)
    expect(await upsert(api, 'Id', [contact({ Id: created?.id, LastName: 'Newer' })])).toMatchObject([
      { id: created?.id, created: false },
    ])
  })

  test('reject every record of a duplicate key', async ({ api }) => {
    const results = await upsert(api, 'Ext_Id__c', [
      contact({ LastName: 'A', Ext_Id__c: 'A-1' }),
      contact({ LastName: 'B', Ext_Id__c: 'b-1' }),
      contact({ LastName: 'C', Ext_Id__c: 'a-1' }),
    ])
    const rejection = {
      success: false,
      errors: [{ statusCode: 'DUPLICATE_VALUE', message: 'Duplicate external id specified: a-1', fields: [] }],
    }
    expect(results).toEqual([rejection, expect.objectContaining({ created: true }), rejection])
  })

  test('reject a key of several records', async ({ api }) => {
    await create(api, [
      contact({ LastName: 'A', Email: 'both@example.com' }),
      contact({ LastName: 'B', Email: 'both@example.com' }),
    ])
    expect(await upsert(api, 'Email', [contact({ LastName: 'C', Email: 'both@example.com' })])).toMatchObject([
      { success: false, errors: [{ statusCode: 'DUPLICATE_EXTERNAL_ID' }] },
    ])
  })

  test('reject a record without its key', async ({ api }) => {
    expect(await upsert(api, 'Ext_Id__c', [contact({ LastName: 'A' })])).toEqual([
      { success: false, errors: [{ statusCode: 'MISSING_ARGUMENT', message: 'Ext_Id__c not specified', fields: [] }] },
    ])
  })
})
