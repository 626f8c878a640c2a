import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asApplicationFailure } from '../../../activities/failures.ts'
import { freePort } from '../../../dev/processes/freePort.ts'
import { openSource, statSource } from '../../../loader/sources/open.ts'
import type { Listening } from '../../rig/listening.ts'
import { SIGNATURE, startExportServer } from './exportServer.ts'
import { allRows } from './tables.ts'

let server: Listening
let base: string
beforeAll(async () => {
  server = await startExportServer()
  base = server.url
})
afterAll(() => server.close())

const placesOf = (...dataDirectories: string[]) => ({ baseDirectory: '/nowhere', dataDirectories })

async function rowsOf(uri: string, places = placesOf(`${base}/exports/`)): Promise<string[][]> {
  return await allRows(await openSource({ uri }, places))
}

async function failure(uri: string, places = placesOf(`${base}/exports/`)) {
  const error = await rowsOf(uri, places).catch((thrown: unknown) => thrown)
  const { type, message, nonRetryable } = asApplicationFailure(error, 1) as {
    type: string
    message: string
    nonRetryable: boolean
  }
  expect(message).toMatch(/^The source .+ can't be (?:opened|read now): .+\.$/)
  expect(message).not.toMatch(/\n|X-Amz-Signature|0123456789abcdef/)
  return { type, message, final: nonRetryable }
}

describe('a file of a web server', () => {
  test.each(['x.csv', 'chunked.csv', 'gzip.csv', 'moved.csv', `x.csv?${SIGNATURE}`])('is read: %s', async name => {
    expect(await rowsOf(`${base}/exports/${name}`)).toEqual([['1', '2']])
  })

  test('is identified by its URL without the signature', async () => {
    const reader = await openSource({ uri: `${base}/exports/x.csv?${SIGNATURE}` }, placesOf(`${base}/exports`))
    expect(reader.description).toBe(`${base}/exports/x.csv?…`)
    await reader.close()
  })

  test('reports its size, its last change and its version', async () => {
    const places = placesOf(`${base}/exports/`)
    expect(await statSource({ uri: `${base}/exports/x.csv` }, places)).toEqual({
      bytes: 8,
      changedAt: Date.UTC(2026, 10, 25, 1),
      version: '"v1"',
    })
    expect(await statSource({ uri: `${base}/exports/nothing.csv` }, places)).toBeUndefined()
    // Without these headers a new file cannot be distinguished from the previous one.
    const nothing = { bytes: undefined, changedAt: undefined, version: undefined }
    expect(await statSource({ uri: `${base}/exports/chunked.csv` }, places)).toEqual(nothing)
    await expect(statSource({ uri: `${base}/exports/status-503` }, places)).rejects.toThrow('answers 503')
  })
})

describe('outside of the allowed addresses', () => {
  test.each([
    ['BASE/private/x.csv'],
    ['BASE/exports/../private/x.csv'],
    ['BASE/exports/%2e%2e/private/x.csv'],
    ['BASE/exports\\..\\private/x.csv'],
    ['BASE/exports'],
    ['BASE/exports2/x.csv'],
    ['https://127.0.0.1/exports/x.csv'],
    ['http://localhost:1/exports/x.csv'],
    ['https://files.acme.com.evil.com/exports/x.csv'],
  ])('no request is sent: %s', async written => {
    const { message, final } = await failure(written.replace('BASE', base))
    expect(message).toContain(`it is outside the data directories (allowed: ${base}/exports/)`)
    expect(final).toBe(true)
  })

  test.each([
    ['BASE/exports/..%2fprivate/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/..%252fprivate/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/%252e%252e/private/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/..%5cprivate/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/..;/private/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/%2e%2e;x/private/x.csv', 'it holds a name that begins with ".."'],
    ['BASE/exports/%c0%ae%c0%ae/private/x.csv', 'it holds a name that begins with "..", is ".", or is escaped wrongly'],
    ['BASE/exports/%u002e%u002e/private/x.csv', 'it holds a name that begins with ".."'],
    ['http://files.acme.com/exports/x.csv', 'http: is not encrypted'],
    ['https://', 'it is not a valid URL'],
  ])('an invalid URL is rejected: %s', async (written, words) => {
    const { message, final } = await failure(written.replace('BASE', base))
    expect(message).toContain(`can't be opened: ${words}`)
    expect(final).toBe(true)
  })

  test('credentials in a URL are rejected, and not printed', async () => {
    const { message } = await failure(`${base.replace('://', '://bob:topsecret@')}/exports/x.csv`)
    expect(message).toContain('it holds credentials')
    expect(message).not.toContain('topsecret')
  })

  test.each([
    [
      'moved-out.csv',
      /redirects to http:\/\/127\.0\.0\.1:\d+\/private\/x\.csv\?…, which is outside the data directories/,
    ],
    ['moved-away.csv', /redirects to https:\/\/other\.acme\.com\/x\.csv, which is outside/],
    ['moved-up.csv', /redirects to .+\/private\/x\.csv, which is outside/],
    ['moved-around.csv', /redirects more than 5 times/],
  ])('a redirect is not followed: %s', async (name, words) => {
    const { message, final } = await failure(`${base}/exports/${name}`)
    expect(message).toMatch(words)
    expect(final).toBe(true)
  })
})

describe('an unreadable source', () => {
  test.each([
    [404, 'SourceFileError', true, 'there is no such file (404). Check the name'],
    [410, 'SourceFileError', true, 'there is no such file (410)'],
    [401, 'SourceFileError', true, 'its server denies access (401). If its address is presigned'],
    [403, 'SourceFileError', true, 'its server denies access (403)'],
    [400, 'SourceFileError', true, 'its server answers 400. Open the address in a browser'],
    [204, 'SourceFileError', true, 'its server answers 204'],
    [429, 'SourceUnreachableError', false, 'its server answers 429. It is retried'],
    [500, 'SourceUnreachableError', false, 'its server answers 500. It is retried'],
    [503, 'SourceUnreachableError', false, 'its server answers 503'],
  ])('a rejection with %s', async (status, type, final, words) => {
    const found = await failure(`${base}/exports/status-${status}?${SIGNATURE}`)
    expect(found).toMatchObject({ type, final })
    expect(found.message).toContain(words)
  })

  test.each(['short.csv', 'short-chunked.csv'])('a cut body is never taken for a short file: %s', async name => {
    const { type, message, final } = await failure(`${base}/exports/${name}`)
    expect({ type, final }).toEqual({ type: 'SourceUnreachableError', final: false })
    expect(message).toContain('the request to its server failed: the connection was cut (ECONNRESET). It is retried')
  })

  test('a body whose end cannot be distinguished from a cut is rejected', async () => {
    const { message, final } = await failure(`${base}/exports/unbounded.csv`)
    expect(message).toContain('states neither its length nor its end')
    expect(final).toBe(true)
  })

  test('another content encoding and an incomplete gzip are rejected', async () => {
    expect((await failure(`${base}/exports/brotli.csv`)).message).toContain(
      'sends Content-Encoding "br"; supported is gzip',
    )
    expect((await failure(`${base}/exports/incomplete-gzip.csv`)).message).toContain('it is not a complete gzip file')
  })

  test('an answer that switches to another protocol ends the read at once', async () => {
    const { message, final } = await failure(`${base}/exports/upgrade.csv`)
    expect(message).toContain(
      'its server switches to another protocol (101). Check that the address is that of a file.',
    )
    expect(final).toBe(true)
  })

  test('a connection that is closed before an answer is retried', async () => {
    const { type, message } = await failure(`${base}/exports/closed.csv`)
    expect(type).toBe('SourceUnreachableError')
    expect(message).toContain('the connection was cut')
  })

  test('a source that unpacks to more than is allowed is rejected while it is read', async () => {
    const places = { ...placesOf(`${base}/exports/`), maxSourceBytes: 1_000_000 }
    const { message, final } = await failure(`${base}/exports/bomb.csv`, places)
    expect(message).toContain(
      'it has more than 1000000 bytes, the most that is allowed. Split it, or raise maxSourceBytes',
    )
    expect(final).toBe(true)
  })

  test.each(['drip.csv', 'silent.csv'])('the end of a step ends the read: %s', async name => {
    const ended = new AbortController()
    const reason = new Error('the step was cancelled')
    setTimeout(() => ended.abort(reason), 50)
    const reading = openSource(
      { uri: `${base}/exports/${name}` },
      { ...placesOf(`${base}/exports/`), signal: ended.signal },
    ).then(allRows)
    await expect(reading).rejects.toBe(reason)
    const polling = statSource({ uri: `${base}/exports/silent.csv` }, placesOf(`${base}/exports/`), ended.signal)
    await expect(polling).rejects.toBe(reason)
  })

  test('a server that does not answer is retried', async () => {
    const unreachable = `http://127.0.0.1:${await freePort()}/exports/`
    const { type, message, final } = await failure(`${unreachable}x.csv?${SIGNATURE}`, placesOf(unreachable))
    expect({ type, final }).toEqual({ type: 'SourceUnreachableError', final: false })
    expect(message).toContain('the request to its server failed: the connection was refused (ECONNREFUSED)')
  })
})
