import { describe, expect, test } from 'vitest'
import { RunIdError, RunStoreUriError } from '../../store/errors.ts'
import { openRunStores } from '../../store/open.ts'

describe('the run store of the configuration', () => {
  test.each([
    ['file:runs', '/srv/acme/runs/r1'],
    ['file:./runs/of%20acme', '/srv/acme/runs/of acme/r1'],
    ['file:../runs', '/srv/runs/r1'],
    ['file:/var/runs', '/var/runs/r1'],
    ['file:///var/runs', '/var/runs/r1'],
    ['file://localhost/var/runs', '/var/runs/r1'],
  ])('%s is a directory', (uri, location) => {
    expect(openRunStores(uri, '/srv/acme').open('r1').location).toBe(location)
  })

  test.each([
    ['s3://bucket/prefix', 'S3 is not available yet'],
    ['runs', 'it has no scheme'],
    ['https://example.com/runs', 'the scheme https: is not known here'],
    ['file://server/runs', 'it names the host "server"'],
    ['file:', 'it names no path'],
    ['file:100%', 'it holds a "%" that begins no %xx escape'],
    ['file:runs%00', 'it holds a NUL character'],
  ])('%s is refused with what is allowed', (uri, words) => {
    const opening = () => openRunStores(uri, '/srv/acme')
    expect(opening).toThrow(RunStoreUriError)
    expect(opening).toThrow(words)
    expect(opening).toThrow('Allowed: file:runs')
  })

  test('refuses a run id that leads out of it', () => {
    expect(() => openRunStores('file:runs', '/srv/acme').open('../x')).toThrow(RunIdError)
  })
})
