import { describe, expect, test } from 'vitest'
import { readMultipart } from '../../http/multipartBody.ts'
import { FileBodies } from '../../records/fileBodies.ts'
import { multipart } from './multipart.ts'

async function* inPieces(message: Buffer, size: number) {
  for (let from = 0; from < message.length; from += size) yield message.subarray(from, from + size)
}

async function read(message: Buffer, contentType: string, size: number) {
  const bodies = new FileBodies()
  const { json, files, problem } = await readMultipart(inPieces(message, size), contentType, bodies)
  const contents = [...files].map(([name, { key }]) => [
    name,
    Buffer.concat([...bodies.pieces(key)]).toString('latin1'),
  ])
  bodies.close()
  return { json, files: Object.fromEntries(contents), problem }
}

// Parts of the delimiter, at the end too.
const tricky = '\r\n--boundary\r\n--boundary_strin\r\n\r\n--\r\n--boundary_string'.slice(0, -1)
const { body, headers } = multipart({ Title: 'é' }, { VersionData: Buffer.from(tricky), Other: Buffer.from('') })

describe('a multipart message', () => {
  test.each([1, 2, 3, 7, 16, 61, 10_000])('is read the same in pieces of %d bytes', async size => {
    expect(await read(body, headers['content-type'], size)).toEqual({
      json: '{"Title":"é"}',
      files: { VersionData: tricky, Other: '' },
      problem: undefined,
    })
  })

  test.each([
    ['no boundary', body, 'multipart/form-data'],
    ['the last boundary is missing', body.subarray(0, -5), headers['content-type']],
    ['the last boundary is missing', Buffer.from('{}'), headers['content-type']],
    [
      'a second part without a file: b',
      Buffer.from(
        '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n{}\r\n--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n1\r\n--x--',
      ),
      'multipart/form-data; boundary=x',
    ],
    [
      'the headers of a part do not end',
      Buffer.from(`--x\r\n${'a'.repeat(20_000)}`),
      'multipart/form-data; boundary=x',
    ],
  ])('is not read when %s', async (problem, message, contentType) => {
    expect(await read(message, contentType, 1000)).toMatchObject({ problem })
  })
})
