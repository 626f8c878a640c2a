import { describe, expect, test } from 'vitest'
import { RunStoreUriError } from '../../../loader/storage/errors.ts'
import { openRunStores } from '../../../loader/storage/open.ts'

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
    ['s3:bucket/runs', 'it is not written as s3://bucket/key'],
    ['s3://', '"" is not a valid bucket name'],
    ['s3://Bucket/runs', '"Bucket" is not a valid bucket name'],
    ['s3://bucket/a/../b', 'it holds "." or ".." as a name'],
    ['s3://bucket/a/%2e%2E/b', 'it holds "." or ".." as a name'],
    ['s3://bucket/a/.%252E/b', 'it holds "." or ".." as a name'],
    ['s3://bucket/a//b', 'it holds an empty name'],
    ['s3://bucket/a\0b', 'it holds a control character'],
    [`s3://bucket/${'x'.repeat(1025)}`, 'its key is longer than 1024 bytes'],
    ['runs', 'it has no scheme'],
    ['https://example.com/runs', 'the scheme https: is not supported'],
    ['file://server/runs', 'it names the host "server"'],
    ['file:', 'it names no path'],
    ['file:100%', 'it holds a "%" that does not begin a %xx escape'],
    ['file:runs%00', 'it holds a NUL character'],
  ])('%s is rejected with what is allowed', (uri, words) => {
    const opening = () => openRunStores(uri, '/srv/acme')
    expect(opening).toThrow(RunStoreUriError)
    expect(opening).toThrow(words)
    expect(opening).toThrow('Allowed: file:runs')
  })

  test.each([
    ['s3://bucket/prefix', 's3://bucket/prefix/r1'],
    ['s3://bucket/deep/prefix/', 's3://bucket/deep/prefix/r1'],
    ['S3://my.bucket-1', 's3://my.bucket-1/r1'],
  ])('%s is a prefix in a bucket', (uri, location) => {
    expect(openRunStores(uri, '/srv/acme').open('r1').location).toBe(location)
  })

  test('does not print credentials of its URI', () => {
    const opening = () => openRunStores('s3://AKIA:topsecret@bucket/runs', '/srv/acme')
    expect(opening).toThrow(/^The run store "s3:\/\/…@bucket\/runs" can't be used: it holds credentials; set them with/)
  })

  test('rejects a run id outside of it', () => {
    expect(() => openRunStores('file:runs', '/srv/acme').open('../x')).toThrow(/Give the run another id\.$/)
  })
})
