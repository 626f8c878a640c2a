import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { appendFile, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { SourceError } from '../../../loader/csv/errors.ts'
import { SourceFileError, SourceUriError } from '../../../loader/sources/errors.ts'
import { openSourceFile } from '../../../loader/sources/sourceFile.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const base = realpathSync(temporaryFolder())
const elsewhere = realpathSync(temporaryFolder())

beforeAll(async () => {
  await mkdir(join(base, 'data/deep'), { recursive: true })
  await mkdir(join(base, 'database'))
  await writeFile(join(base, 'data/x.csv'), 'a,b\n1,2\n')
  await writeFile(join(base, 'data/deep/März 100%.csv'), 'a\n1\n')
  await writeFile(join(base, 'database/secret.csv'), 'a\n')
  await writeFile(join(base, 'sflink.yaml'), 'runStore: file:runs\n')
  await writeFile(join(elsewhere, 'y.csv'), 'a\n')
  await symlink(join(elsewhere, 'y.csv'), join(base, 'data/out.csv'))
  await symlink(elsewhere, join(base, 'data/outside'))
  await symlink('x.csv', join(base, 'data/inside.csv'))
  await symlink(join(base, 'data'), join(base, 'linked'))
  await symlink('nowhere.csv', join(base, 'data/dangling.csv'))
  execFileSync('mkfifo', [join(base, 'data/pipe.csv')])
})

async function open(uri: string, dataDirectories: readonly string[] = ['data']) {
  return await openSourceFile(uri, { baseDirectory: base, dataDirectories })
}

async function failure(uri: string, dataDirectories?: readonly string[]): Promise<SourceError> {
  const error = await open(uri, dataDirectories).then(
    () => expect.fail('it was opened'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof SourceFileError || error instanceof SourceUriError)) throw error
  expect(error.message).toMatch(/^The source .+ can't be opened: .+\. .+\.$/)
  expect(error.message).toContain(uri.split('\0')[0])
  expect(error.message).not.toMatch(/[\r\n]/)
  return error
}

async function content(uri: string, dataDirectories?: readonly string[]): Promise<string> {
  const chunks = []
  for await (const chunk of (await open(uri, dataDirectories)).stream()) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('a file in a data directory', () => {
  test('is read, and identified by its path and size', async () => {
    expect(await content('file:data/x.csv')).toBe('a,b\n1,2\n')
    expect(await open('file:data/x.csv')).toMatchObject({ description: 'data/x.csv', bytes: 8 })
  })

  test.each([
    'file:./data/x.csv',
    'file:data/deep/../x.csv',
    'FILE:data/x.csv',
    'file:data/inside.csv',
    'file:data/%78.csv',
  ])('may be written as %s', async uri => {
    expect(await content(uri)).toBe('a,b\n1,2\n')
  })

  test('may be named by an absolute path, with and without slashes before it', async () => {
    for (const prefix of ['file:', 'file://', 'file://localhost']) {
      expect(await content(`${prefix}${base}/data/x.csv`)).toBe('a,b\n1,2\n')
    }
    expect(await content(`file:${elsewhere}/y.csv`, [elsewhere])).toBe('a\n')
  })

  test('may have a name with spaces, letters and an escaped %', async () => {
    expect(await content('file:data/deep/März 100%25.csv')).toBe('a\n1\n')
    expect((await failure('file:data/deep/März 100%.csv')).problem.kind).toBe('uri')
  })

  test('may be in a data directory that is a link', async () => {
    expect(await content('file:linked/x.csv', ['linked'])).toBe('a,b\n1,2\n')
    expect(await content('file:data/x.csv', ['linked'])).toBe('a,b\n1,2\n')
  })
})

describe('outside the data directories', () => {
  test.each([
    'file:../x.csv',
    'file:data/../sflink.yaml',
    'file:data/../../etc/passwd',
    'file:data/%2e%2e/sflink.yaml',
    'file:data/..%2fsflink.yaml',
    'file:/etc/passwd',
    'file:///etc/passwd',
    'file:sflink.yaml',
    'file:database/secret.csv',
    'file:data/out.csv',
    'file:data/outside/y.csv',
    'file:data/outside/../../sflink.yaml',
  ])('nothing is read: %s', async uri => {
    const error = await failure(uri)
    expect(error.problem.kind).toBe('outside')
    expect(error.message).toContain(`(allowed: ${base}/data)`)
  })

  test('an existing file and a missing one give the same error', async () => {
    const [there, absent] = [await failure('file:sflink.yaml'), await failure('file:nothing.yaml')]
    expect(there.message.replace('sflink.yaml', 'nothing.yaml')).toBe(absent.message)
  })

  test('no path leads out, for any combination of parts', async () => {
    const parts = fc.constantFrom(
      '..',
      '.',
      'data',
      'deep',
      'outside',
      'x.csv',
      'y.csv',
      'sflink.yaml',
      '',
      '%2e%2e',
      '/',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 8 }), async path => {
        const text = await content(`file:${path.join('/')}`).catch((error: unknown) => error)
        if (!(text instanceof SourceError)) expect(text).toBe('a,b\n1,2\n')
      }),
      { numRuns: 500 },
    )
  })

  test('nothing is allowed without a data directory', async () => {
    expect((await failure('file:data/x.csv', [])).message).toContain('(allowed: none)')
    expect((await failure('file:data/x.csv', ['missing'])).problem.kind).toBe('outside')
  })
})

describe('an unreadable source', () => {
  test.each([
    ['file:data/nothing.csv', 'missing', 'there is no file'],
    ['file:data/x.cvs', 'missing', 'x.cvs, but there is "x.csv". Check the name'],
    ['file:data/x.csv/y.csv', 'missing', 'there is no file'],
    ['file:data/dangling.csv', 'missing', 'there is no file'],
    ['file:data', 'directory', 'is a directory. Name one file in it'],
    ['file:data/deep', 'directory', 'is a directory'],
    ['file:data/pipe.csv', 'special', 'is a pipe, socket or device'],
    ['data/x.csv', 'uri', 'it has no scheme'],
    ['ftp://example.com/x.csv', 'uri', 'the scheme ftp: is not supported; allowed: file:'],
  ])('%s is reported in one line', async (uri, kind, words) => {
    const error = await failure(uri)
    expect(error.problem.kind).toBe(kind)
    expect(error.message).toContain(words)
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission is reported in one line', async () => {
    await writeFile(join(base, 'data/locked.csv'), 'a\n')
    await chmod(join(base, 'data/locked.csv'), 0)
    expect((await failure('file:data/locked.csv')).problem.kind).toBe('unreadable')
  })

  test('a file that grows while it is read is rejected at its end', async () => {
    const path = join(base, 'data/growing.csv')
    await writeFile(path, 'a\n1\n')
    const source = await open('file:data/growing.csv')
    const reading = async () => {
      for await (const _ of source.stream()) await appendFile(path, '2\n')
    }
    await expect(reading()).rejects.toThrow(/was changed while it was read \(4 bytes before, \d+ after\)/)
  })

  test('a file that vanishes before it is read is missing', async () => {
    const path = join(base, 'data/brief.csv')
    await writeFile(path, 'a\n')
    const source = await open('file:data/brief.csv')
    await rm(path)
    await expect(source.stream()[Symbol.asyncIterator]().next()).rejects.toThrow('there is no file')
  })
})
