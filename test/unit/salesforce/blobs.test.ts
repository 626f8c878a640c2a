import { afterEach, expect, test } from 'vitest'
import { OutcomeUnknownError } from '../../../loader/salesforce/errors.ts'
import { connectTo, type Handler, ROOT, reject, type ScriptedOrg, sendJson, startScriptedOrg } from './scriptedOrg.ts'

let org: ScriptedOrg | undefined
afterEach(() => org?.close())

const PATH = `POST ${ROOT}/sobjects/ContentVersion`
const CREATED = sendJson({ id: '0685e00000AAAAAEA4', success: true, errors: [] }, 201)

async function scripted(handler: Handler) {
  org = await startScriptedOrg({ [PATH]: handler })
  return connectTo(org)
}

const blobOf = (text: string, bytes = Buffer.byteLength(text)) => ({
  fields: { Title: 'Vertrag', PathOnClient: 'Müller "2".txt' },
  field: 'VersionData',
  fileName: 'Müller "2".txt',
  bytes,
  content: async function* () {
    yield Buffer.from(text)
  },
})

test('sends the fields as JSON and the content as it is, as the two parts of one body', async () => {
  const connection = await scripted(CREATED)
  const text = 'content of the file\r\n--boundary'
  const result = await connection.createBlob('ContentVersion', blobOf(text))
  expect(result).toEqual({ id: '0685e00000AAAAAEA4', success: true, errors: [] })
  const [post] = org?.to('POST /services/data') ?? []
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(post?.headers['content-type'] ?? '')?.[1] ?? ''
  expect(post?.headers['content-length']).toBe(String(Buffer.byteLength(post?.body ?? '')))
  expect(post?.body.split(`--${boundary}`)).toEqual([
    '',
    '\r\nContent-Disposition: form-data; name="entity_content"\r\nContent-Type: application/json\r\n\r\n' +
      '{"Title":"Vertrag","PathOnClient":"Müller \\"2\\".txt"}\r\n',
    '\r\nContent-Disposition: form-data; name="VersionData"; filename="M_ller__2_.txt"\r\n' +
      `Content-Type: application/octet-stream\r\n\r\n${text}\r\n`,
    '--\r\n',
  ])
})

test('has the message of a rejection', async () => {
  const words = 'Required fields are missing: [PathOnClient]'
  const connection = await scripted(reject(400, 'REQUIRED_FIELD_MISSING', words, ['PathOnClient']))
  await expect(connection.createBlob('ContentVersion', blobOf('x'))).rejects.toMatchObject({
    name: 'RequestRejectedError',
    errorCode: 'REQUIRED_FIELD_MISSING',
    detail: words,
  })
})

test('does not know the outcome when the answer is no result', async () => {
  const connection = await scripted(sendJson({ success: true }, 201))
  await expect(connection.createBlob('ContentVersion', blobOf('x'))).rejects.toBeInstanceOf(OutcomeUnknownError)
})

test('sends nothing whole when the content fails, or is not of the stated length', async () => {
  const connection = await scripted(CREATED)
  const failing = {
    ...blobOf('x', 100),
    content: async function* () {
      yield Buffer.from('the first part')
      throw new Error('the disk is gone')
    },
  }
  await expect(connection.createBlob('ContentVersion', failing)).rejects.toThrow('the disk is gone')
  await expect(connection.createBlob('ContentVersion', blobOf('short', 100))).rejects.toThrow(
    'not of the stated length',
  )
  expect(org?.to(PATH)).toEqual([])
})
