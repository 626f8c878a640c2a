// Rows whose files cannot be sent: one line each, with what to do.
import { chmodSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SpecParts } from '../../rig/describes.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { filesOf, fileWorld, rowsOf, writeFiles } from './fileWorld.ts'
import { linesOf, load, type Records, stage } from './memoryLoad.ts'

const folder = temporaryFolder()
const outside = temporaryFolder()
writeFiles(folder, { 'a.txt': 'first', empty: '', 'dir/x': 'x', 'huge.bin': '' })
writeFiles(outside, { 'secret.txt': 'secret' })
symlinkSync(join(outside, 'secret.txt'), join(folder, 'link.txt'))
truncateSync(join(folder, 'huge.bin'), 2048 * 1024 ** 2 + 1)

async function rejectionOf(row: Readonly<Record<string, string>>, fields?: SpecParts['fields']) {
  const world = fileWorld(folder, [row], fields === undefined ? {} : { fields, identityFields: [] })
  await load(world)
  expect(world.org.calls).toEqual([])
  const [result] = linesOf(world, 'results.csv')
  return `${result?.['errorcode']} ${result?.['errormessage']}`
}

describe('a row is rejected before anything is sent', () => {
  test.each([
    [
      'missing.txt',
      'FILE_NOT_FOUND',
      /there is no file .*missing\.txt; check the path, or put the file there \(column path\)$/,
    ],
    ['b.txt', 'FILE_NOT_FOUND', /but there is "a\.txt"/],
    ['dir', 'FILE_NOT_READABLE', /is a directory; name one file in it/],
    ['empty', 'FILE_EMPTY', /is empty; write it again, or leave its row out/],
    ['huge.bin', 'FILE_TOO_LARGE', /has 2,147,483,649 bytes, and Salesforce accepts 2,147,483,648 in VersionData/],
    [
      'link.txt',
      'FILE_NOT_ALLOWED',
      /outside the data directories .*; put the file into one of them, or add its directory to dataDirectories/,
    ],
    ['../outside.txt', 'FILE_NOT_ALLOWED', /outside the data directories/],
  ])('the file %s', async (path, code, message) => {
    const text = await rejectionOf({ path: join(folder, path) })
    expect(text).toMatch(message)
    expect(text.startsWith(`${code} Version Data: `)).toBe(true)
  })

  test.each([
    ['https://files.acme.com/a.txt', /only paths, file: and s3: are read/],
    ['s3://bucket/a.txt', /outside the data directories/],
    ['file:%zz', /"%" that does not begin a %xx escape/],
    ['', /Required fields are missing: \[VersionData\]/],
  ])('the value %j', async (path, message) => {
    expect(await rejectionOf({ path, x: '1' })).toMatch(message)
  })

  test.each([
    ['no base64', /is not base64: it has other characters, or was cut; write it as RFC 4648 has it/],
    ['YWJj=', /is not base64/],
    ['data:text/plain;base64,YWJj', /it begins with data:/],
    ['====', /is not base64/],
  ])('the base64 %j', async (content, message) => {
    const fields = { VersionData: { base64: 'content' }, PathOnClient: { column: 'name' }, Title: { column: 'name' } }
    expect(await rejectionOf({ content, name: 'a.txt' }, fields)).toMatch(message)
  })
})

test('a file that may not be read is rejected', async () => {
  writeFiles(folder, { 'locked.txt': 'x' })
  chmodSync(join(folder, 'locked.txt'), 0)
  // The superuser may read any file.
  if (process.getuid?.() === 0) return
  expect(await rejectionOf({ path: join(folder, 'locked.txt') })).toMatch(/let the user of the worker read it/)
})

const sources: Readonly<Record<string, Records>> = { base64: [{ content: 'aGVs\nbG8=', name: 'hello.txt' }] }

test('base64 with line breaks is decoded', async () => {
  const fields = { VersionData: { base64: 'content' }, PathOnClient: 'name', Title: 'name' }
  const world = fileWorld(folder, sources['base64'] ?? [], { fields, identityFields: ['name'] })
  await load(world)
  expect(world.org.records).toMatchObject([{ ContentSize: '5', Checksum: '5d41402abc4b2a76b9719d911017c592' }])
})

describe('a file that changes after its row was checked is not sent', () => {
  const path = join(folder, 'changing.txt')
  const changes: Readonly<Record<string, () => void>> = {
    'before it is read': () => undefined,
    'to another size while it is sent': () => writeFileSync(path, 'a longer text'),
    'to another content of the same size and time while it is sent': () => {
      writeFileSync(path, 'AFTER!')
      utimesSync(path, 1_700_000_000, 1_700_000_000)
    },
  }

  test.each(Object.entries(changes))('%s', async (name, change) => {
    writeFileSync(path, 'before')
    utimesSync(path, 1_700_000_000, 1_700_000_000)
    const world = fileWorld(folder, rowsOf(folder, 'changing.txt', 'a.txt'))
    if (name === 'before it is read') {
      await stage(world)
      writeFileSync(path, 'other!')
    }
    let isFirst = true
    world.org.blobs.onRead = () => {
      if (isFirst) change()
      isFirst = false
    }
    await load(world)
    expect(filesOf(world)).toMatchObject([
      {
        outcome: 'FILE_CHANGED',
        inOrg: 0,
        errormessage: expect.stringMatching(/load the record again when the file is written completely/),
      },
      { outcome: 'created', inOrg: 1 },
    ])
  })
})
