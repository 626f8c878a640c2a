import { createServer } from 'node:http'
import { request } from 'node:https'
import { expect, test } from 'vitest'
import { toTransportFailure } from '../../../loader/http/networkErrors.ts'
import { listening } from '../../rig/listening.ts'

test('https to a server without TLS is one line that says so', async () => {
  const { port, close } = await listening(createServer())
  const error = await new Promise(resolve => request({ port, host: '127.0.0.1' }).on('error', resolve).end())
  expect(toTransportFailure(error, false)).toMatchObject({
    message: 'it does not speak TLS correctly',
    code: expect.stringMatching(/^(?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/),
  })
  await close()
})

test('the text of an error without words of its own is one line', () => {
  const error = Object.assign(new Error('A0:error:\n  no cipher match\n'), { code: 'ERR_SSL_NO_CIPHER_MATCH' })
  expect(toTransportFailure(error, false).message).toBe('A0:error: no cipher match')
})
