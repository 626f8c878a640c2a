import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import {
  base64Cell,
  fileCell,
  readContentCell,
  shownContent,
  sizeInCell,
  titleOf,
} from '../../../loader/sources/contentCell.ts'
import { contentFiles } from '../../../loader/sources/contentFiles.ts'
import type { SourceSpec } from '../../../packages/client/contract/sourceSpec.ts'
import { specOf } from '../../rig/describes.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()
mkdirSync(join(folder, 'data', 'deep'), { recursive: true })
writeFileSync(join(folder, 'data', 'deep', 'a 100%.pdf'), 'abc')
writeFileSync(join(folder, 'top.pdf'), 'top')
symlinkSync(join(folder, 'data', 'deep', 'a 100%.pdf'), join(folder, 'data', 'link.pdf'))

const files = contentFiles(() => ({ baseDirectory: folder, dataDirectories: ['.'] }))
const sourceAt = (uri: string): SourceSpec => specOf({ source: { uri }, fields: { LastName: 'last' } }).source
const INLINE: SourceSpec = specOf({ source: { inline: [{ last: 'x' }] }, fields: { LastName: 'last' } }).source

describe('a file is found', () => {
  test.each<readonly [string, string, SourceSpec]>([
    ['deep/a 100%.pdf', 'data/deep/a%20100%25.pdf', sourceAt('file:data/files.csv')],
    ['../top.pdf', 'top.pdf', sourceAt('file:data/files-*.csv')],
    ['top.pdf', 'top.pdf', INLINE],
    ['data/link.pdf', 'data/link.pdf', sourceAt('https://acme.com/files.csv')],
    ['file:data/deep/a%20100%25.pdf', 'data/deep/a%20100%25.pdf', sourceAt('file:data/files.csv')],
    [join(folder, 'top.pdf'), 'top.pdf', sourceAt('s3://acme/in/files.csv')],
  ])('%s', async (named, expected, source) => {
    const { uri, bytes } = await files.find(named, source)
    expect(uri).toBe(`file:${folder}/${expected}`)
    expect(bytes).toBe(3)
  })

  test('beside a source in a bucket', async () => {
    await expect(files.find('deep/a.pdf', sourceAt('s3://acme/in/files.csv'))).rejects.toMatchObject({
      problem: { kind: 'outside', source: 's3://acme/in/deep/a.pdf' },
    })
  })
})

test('a file is read only while it is as it was found', async () => {
  writeFileSync(join(folder, 'now.txt'), 'as it was')
  const found = await files.find('now.txt', INLINE)
  const { signal } = new AbortController()
  expect(await text(files.read(found, signal))).toBe('as it was')
  writeFileSync(join(folder, 'now.txt'), 'longer than it was')
  await expect(text(files.read(found, signal))).rejects.toMatchObject({ problem: { kind: 'changed' } })
})

test('a cell has the size, and the place or the content', () => {
  const file = { bytes: 12, version: '"etag"', uri: 's3://acme/in/my contract.pdf' }
  expect(readContentCell(fileCell(file))).toEqual(file)
  expect(shownContent(fileCell(file))).toBe('my contract.pdf (12 bytes)')
  expect(sizeInCell(fileCell(file))).toBe('12')
  expect(sizeInCell('12')).toBe('12')
  expect(readContentCell(base64Cell('YWJjZA=='))).toEqual({ bytes: 4, base64: 'YWJjZA==' })
  expect(shownContent(base64Cell('YWJj'))).toBe('3 bytes')
  expect(() => readContentCell('')).toThrow(RangeError)
})

test.each([
  ['contract.pdf', 'contract'],
  ['archive.tar.gz', 'archive.tar'],
  ['README', 'README'],
  ['.env', '.env'],
])('the title of %s is %s', (name, title) => {
  expect(titleOf(name)).toBe(title)
})
