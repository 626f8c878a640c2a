import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { type ApiClient, runIngestJob } from '../apiClient.ts'
import { test } from '../emulatorTest.ts'
import { multipart } from './multipart.ts'

async function create(api: ApiClient, object: string, fields: Record<string, unknown>) {
  const { body } = await api.post(`/sobjects/${object}`, fields)
  return (body as { id: string }).id
}

async function read(api: ApiClient, object: string, id: string) {
  return (await api.get(`/sobjects/${object}/${id}`)).body as Record<string, unknown>
}

async function upload(api: ApiClient, fields: Record<string, unknown>, content: Buffer) {
  const { body, headers } = multipart(fields, { VersionData: content })
  return api.send('POST', '/sobjects/ContentVersion', body, headers)
}

async function content(api: ApiClient, id: string, field = 'VersionData', object = 'ContentVersion') {
  const { emulator } = api
  const response = await fetch(`${emulator.url}/services/data/v67.0/sobjects/${object}/${id}/${field}`, {
    headers: { authorization: `Bearer ${emulator.credentials.accessToken}` },
  })
  return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) }
}

// Contains the delimiter of the message without its line end, and every byte.
const bytes = Buffer.concat([Buffer.from('--boundary_string\r\n\r\n'), Buffer.from([...Array(256).keys()])])
const md5 = createHash('md5').update(bytes).digest('hex')

describe('a file in a multipart request', () => {
  test('is stored with its size, checksum, type and first version, and is read back byte by byte', async ({ api }) => {
    const accountId = await create(api, 'Account', { Name: 'With files' })
    const fields = { PathOnClient: 'C:\\files\\Offer 1.pdf', FirstPublishLocationId: accountId }
    const { status, body } = await upload(api, fields, bytes)
    expect([status, body]).toEqual([201, { id: expect.stringMatching(/^068/), success: true, errors: [] }])
    const { id } = body as { id: string }
    expect(await read(api, 'ContentVersion', id)).toMatchObject({
      Title: 'Offer 1',
      FileExtension: 'pdf',
      FileType: 'PDF',
      ContentSize: bytes.length,
      Checksum: md5,
      VersionNumber: '1',
      IsLatest: true,
      Origin: 'H',
      ContentLocation: 'S',
      FirstPublishLocationId: accountId,
      VersionData: `/services/data/v67.0/sobjects/ContentVersion/${id}/VersionData`,
    })
    expect(await content(api, id)).toEqual({ type: 'application/octetstream', bytes })
  })

  test('is linked with its owner and with its first location', async ({ api }) => {
    const accountId = await create(api, 'Account', { Name: 'Linked' })
    const { body } = await upload(api, { PathOnClient: 'a.txt', FirstPublishLocationId: accountId }, bytes)
    const { ContentDocumentId, OwnerId } = await read(api, 'ContentVersion', (body as { id: string }).id)
    const soql = `SELECT LinkedEntityId, ShareType, Visibility FROM ContentDocumentLink WHERE ContentDocumentId = '${ContentDocumentId}'`
    expect(await api.query(soql)).toMatchObject([
      { LinkedEntityId: OwnerId, ShareType: 'I', Visibility: 'AllUsers' },
      { LinkedEntityId: accountId, ShareType: 'V', Visibility: 'AllUsers' },
    ])
  })

  test('needs a content, a path and a readable message', async ({ api }) => {
    const empty = await upload(api, { Title: 'x' }, Buffer.alloc(0))
    const fields = ['PathOnClient', 'VersionData']
    const message = 'Required fields are missing: [PathOnClient, VersionData]'
    expect([empty.status, empty.body]).toEqual([400, [{ message, errorCode: 'REQUIRED_FIELD_MISSING', fields }]])
    const { body, headers } = multipart({ PathOnClient: 'a.txt' }, { VersionData: bytes })
    const cut = await api.send('POST', '/sobjects/ContentVersion', body.subarray(0, -4), headers)
    expect([cut.status, cut.text]).toEqual([400, expect.stringContaining('INVALID_MULTIPART_REQUEST')])
    const other = multipart({ LastName: 'A' }, { LastName: bytes })
    const notFile = await api.send('POST', '/sobjects/Contact', other.body, other.headers)
    expect([notFile.status, notFile.text]).toEqual([400, expect.stringContaining("No such column 'LastName'")])
  })

  test('belongs to its record in a collection, by the name of its part', async ({ api }) => {
    const attributes = (name: string) => ({
      type: 'ContentVersion',
      binaryPartName: name,
      binaryPartNameAlias: 'VersionData',
    })
    const records = ['one', 'two'].map(name => ({ attributes: attributes(name), PathOnClient: `${name}.txt` }))
    const { body, headers } = multipart({ records }, { two: Buffer.from('2'), one: Buffer.from('1') })
    const answer = await api.send('POST', '/composite/sobjects', body, headers)
    const ids = (answer.body as { id: string }[]).map(({ id }) => id)
    expect(await Promise.all(ids.map(async id => String((await content(api, id)).bytes)))).toEqual(['1', '2'])
  })
})

describe('a file in base64', () => {
  test('is the same file', async ({ api }) => {
    const fields = { Title: 'T', PathOnClient: 'x.bin', VersionData: bytes.toString('base64') }
    const id = await create(api, 'ContentVersion', fields)
    expect(await read(api, 'ContentVersion', id)).toMatchObject({ Title: 'T', Checksum: md5, FileType: 'UNKNOWN' })
    expect((await content(api, id)).bytes).toEqual(bytes)
  })

  test('is rejected when it is not base64, or larger than the request may be', async ({ api }) => {
    const wrong = await api.post('/sobjects/ContentVersion', { PathOnClient: 'a', VersionData: '%%%' })
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('JSON_PARSER_ERROR')])
    const VersionData = 'A'.repeat(50 * 1024 ** 2)
    const large = await api.post('/sobjects/ContentVersion', { PathOnClient: 'a', VersionData })
    expect([large.status, large.text]).toEqual([
      413,
      expect.stringContaining('Maximum size of request is 52428800 bytes'),
    ])
  })
})

describe('the versions of a document', () => {
  async function document(api: ApiClient) {
    const { body } = await upload(api, { Title: 'Plan', PathOnClient: 'plan.txt' }, Buffer.from('v1'))
    const first = (body as { id: string }).id
    const { ContentDocumentId } = await read(api, 'ContentVersion', first)
    return { first, ContentDocumentId: String(ContentDocumentId) }
  }

  test('follow each other; the document has the values of the latest', async ({ api }) => {
    const { first, ContentDocumentId } = await document(api)
    const second = await upload(api, { ContentDocumentId, Title: 'Plan B', PathOnClient: 'b.csv' }, Buffer.from('v22'))
    const { id } = second.body as { id: string }
    expect(await read(api, 'ContentVersion', id)).toMatchObject({ VersionNumber: '2', IsLatest: true })
    expect(await read(api, 'ContentVersion', first)).toMatchObject({ VersionNumber: '1', IsLatest: false })
    expect(await read(api, 'ContentDocument', ContentDocumentId)).toMatchObject({
      Title: 'Plan B',
      FileType: 'CSV',
      ContentSize: 3,
      LatestPublishedVersionId: id,
    })
    const old = await api.patch(`/sobjects/ContentVersion/${first}`, { Title: 'Old' })
    expect([old.status, old.text]).toEqual([400, expect.stringContaining('not the latest version of a document')])
    expect((await api.patch(`/sobjects/ContentVersion/${id}`, { Title: 'Plan C' })).status).toBe(204)
    expect(await read(api, 'ContentDocument', ContentDocumentId)).toMatchObject({ Title: 'Plan C' })
  })

  test('take no first location after the first one', async ({ api }) => {
    const { ContentDocumentId } = await document(api)
    const FirstPublishLocationId = await create(api, 'Account', { Name: 'Late' })
    const late = await upload(api, { ContentDocumentId, FirstPublishLocationId, PathOnClient: 'b.txt' }, bytes)
    expect([late.status, late.text]).toEqual([400, expect.stringContaining('INVALID_FIELD_FOR_INSERT_UPDATE')])
  })

  test('go with the document, and only with it', async ({ api }) => {
    const { first, ContentDocumentId } = await document(api)
    const alone = await api.delete(`/sobjects/ContentVersion/${first}`)
    expect([alone.status, alone.text]).toEqual([403, expect.stringContaining('INSUFFICIENT_ACCESS_OR_READONLY')])
    expect((await api.delete(`/sobjects/ContentDocument/${ContentDocumentId}`)).status).toBe(204)
    expect((await api.get(`/sobjects/ContentVersion/${first}`)).status).toBe(404)
    const links = `SELECT Id FROM ContentDocumentLink WHERE ContentDocumentId = '${ContentDocumentId}'`
    expect(await api.query(links)).toEqual([])
  })

  test('are undone with the document in an all-or-none request', async ({ api }) => {
    const before = await api.query('SELECT Id FROM ContentDocument')
    const attributes = { type: 'ContentVersion' }
    const records = [
      { attributes, PathOnClient: 'a.txt', VersionData: 'YQ==' },
      { attributes, PathOnClient: 'b.txt' },
    ]
    await api.post('/composite/sobjects', { allOrNone: true, records })
    expect(await api.query('SELECT Id FROM ContentDocument')).toEqual(before)
  })
})

describe('links', () => {
  test('share a document once with a record, and go with the record', async ({ api }) => {
    const LinkedEntityId = await create(api, 'Contact', { LastName: 'Shared' })
    const { body } = await upload(api, { PathOnClient: 'a.txt' }, bytes)
    const { ContentDocumentId } = await read(api, 'ContentVersion', (body as { id: string }).id)
    const link = { ContentDocumentId, LinkedEntityId, ShareType: 'C' }
    expect((await api.post('/sobjects/ContentDocumentLink', link)).status).toBe(201)
    const again = await api.post('/sobjects/ContentDocumentLink', link)
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('is already linked with the entity with ID'),
    ])
    await api.delete(`/sobjects/Contact/${LinkedEntityId}`)
    const soql = `SELECT ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '${ContentDocumentId}'`
    expect(await api.query(soql)).toMatchObject([{ ShareType: 'I' }])
  })

  test.for(['', " WHERE ShareType = 'V'", " WHERE LinkedEntityId = '001' OR ShareType = 'V'"])(
    'need a filter by Id in a query: %s',
    async (where, { api }) => {
      const soql = `SELECT Id FROM ContentDocumentLink${where}`
      const { status, text } = await api.get(`/query?q=${encodeURIComponent(soql)}`)
      expect([status, text]).toEqual([400, expect.stringContaining('requires a filter by a single Id on')])
    },
  )
})

describe('an attachment', () => {
  test('is a file of one record, and goes with it', async ({ api }) => {
    const ParentId = await create(api, 'Account', { Name: 'Old files' })
    const id = await create(api, 'Attachment', { ParentId, Name: 'a.bin', Body: bytes.toString('base64') })
    expect(await read(api, 'Attachment', id)).toMatchObject({ BodyLength: bytes.length })
    expect((await content(api, id, 'Body', 'Attachment')).bytes).toEqual(bytes)
    await api.delete(`/sobjects/Account/${ParentId}`)
    expect((await api.get(`/sobjects/Attachment/${id}`)).status).toBe(404)
  })
})

describe('Bulk API 2.0', () => {
  test('writes no files and reads none', async ({ api }) => {
    const csv = 'PathOnClient,VersionData\na.txt,YQ==\n'
    const job = await runIngestJob(api, { object: 'ContentVersion', operation: 'insert' }, csv)
    const errorMessage =
      'InvalidBatch : Binary field VersionData is only supported for content types ZIP_XML and ZIP_CSV'
    expect(job).toMatchObject({ state: 'Failed', errorMessage })
    const query = { operation: 'query', query: 'SELECT Id, VersionData FROM ContentVersion' }
    const { status, text } = await api.post('/jobs/query', query)
    expect([status, text]).toEqual([400, expect.stringContaining('FeatureNotEnabled : Binary field not supported')])
  })
})

test('describes the content as base64, and versions that cannot be deleted', async ({ api }) => {
  const { body } = await api.get('/sobjects/ContentVersion/describe')
  const { deletable, fields } = body as { deletable: boolean; fields: { name: string }[] }
  expect(deletable).toBe(false)
  expect(fields.find(({ name }) => name === 'VersionData')).toMatchObject({
    type: 'base64',
    soapType: 'xsd:base64Binary',
    createable: true,
    updateable: true,
    nillable: true,
    filterable: false,
  })
})
