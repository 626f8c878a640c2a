// Reads of a server that speaks S3 and never ends its answer.
import { createServer, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSource } from '../../../loader/sources/open.ts'
import { s3Access } from '../../../loader/storage/s3Client.ts'
import { type Listening, listening } from '../../rig/listening.ts'
import { allRows } from './tables.ts'

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/bucket/drip.csv': response => {
    response.writeHead(200, { 'content-length': 1_000_000, etag: '"1"' })
    const timer = setInterval(() => response.write('a'), 10)
    response.on('close', () => clearInterval(timer))
  },
  '/bucket/silent.csv': () => undefined,
}

let server: Listening
beforeAll(async () => {
  server = await listening(createServer((request, response) => ANSWERS[request.url?.split('?')[0] ?? '']?.(response)))
})
afterAll(() => server.close())

test.each(['drip.csv', 'silent.csv'])('the end of a step ends the read: %s', async key => {
  const s3 = s3Access({
    endpoint: server.url,
    region: 'x',
    forcePathStyle: true,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
  const ended = new AbortController()
  const reason = new Error('the step was cancelled')
  setTimeout(() => ended.abort(reason), 100)
  const opening = { baseDirectory: '/', dataDirectories: ['s3://bucket'], s3, signal: ended.signal }
  await expect(openSource({ uri: `s3://bucket/${key}` }, opening).then(allRows)).rejects.toBe(reason)
})
