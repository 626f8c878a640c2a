import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RunFileMissingError, RunIdError, RunPathError, RunStoreError } from '../../store/errors.ts'
import { openFileRunStore } from '../../store/fileRunStore.ts'
import type { RunStore } from '../../store/runStore.ts'

let root: string
let store: RunStore

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sflink-store-'))
  store = openFileRunStore(root, 'nightly-1')
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

async function filesOnDisk(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => entry.name)
}

describe('write', () => {
  test('puts a file below the directory of the run and says its size in bytes', async () => {
    expect(await store.write('chunks/00001.csv', 'Zoë\n')).toBe(5)
    expect(store.location).toBe(join(root, 'nightly-1'))
    expect(await readFile(join(root, 'nightly-1/chunks/00001.csv'), 'utf8')).toBe('Zoë\n')
  })

  test('takes a stream of text and bytes', async () => {
    async function* pieces() {
      yield 'a,'
      yield new Uint8Array([0x62, 0x0a])
    }
    expect(await store.write('x.csv', pieces())).toBe(4)
    expect(await store.readText('x.csv')).toBe('a,b\n')
  })

  test('replaces an earlier file only when the new one is complete', async () => {
    await store.write('x.csv', 'old')
    async function* broken() {
      yield 'new'
      throw new Error('the source broke')
    }
    await expect(store.write('x.csv', broken())).rejects.toThrow('the source broke')
    expect(await store.readText('x.csv')).toBe('old')
    expect(await filesOnDisk()).toEqual(['x.csv'])
    await store.write('x.csv', 'new')
    expect(await store.readText('x.csv')).toBe('new')
  })

  test('writes an empty file', async () => {
    expect(await store.write('empty.csv', '')).toBe(0)
    expect(await store.size('empty.csv')).toBe(0)
  })

  test('creates nothing before the first write', async () => {
    expect(await readdir(root)).toEqual([])
    expect(await store.list('')).toEqual([])
  })
})

describe('writer', () => {
  test('shows the file only after finish', async () => {
    const writer = store.writer('chunks/00001.csv')
    await writer.write('a\n')
    expect(await store.size('chunks/00001.csv')).toBeUndefined()
    await writer.finish()
    expect(await store.size('chunks/00001.csv')).toBe(2)
  })

  test('leaves no trace when discarded', async () => {
    const writer = store.writer('chunks/00001.csv')
    await writer.write('x'.repeat(1_000_000))
    await writer.discard()
    expect(await filesOnDisk()).toEqual([])
    const untouched = store.writer('other.csv')
    await untouched.discard()
    expect(await filesOnDisk()).toEqual([])
  })

  test('keeps the content and the order of any pieces, in several files at once', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 50 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(unit => unit.repeat(20_000)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 2 }), piece, fc.boolean()), { maxLength: 60 }), async pieces => {
        const writers = [0, 1, 2].map(number => store.writer(`many/${number}.csv`))
        const expected = ['', '', '']
        for (const [number, part, asBytes] of pieces) {
          await writers[number]?.write(asBytes ? Buffer.from(part) : part)
          expected[number] += part
          expect(writers[number]?.bytes).toBe(Buffer.byteLength(expected[number] ?? ''))
        }
        for (const writer of writers) await writer.finish()
        const found = await Promise.all([0, 1, 2].map(number => store.readText(`many/${number}.csv`)))
        expect(found).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  test('keeps the order when nobody waits between the pieces', async () => {
    const writer = store.writer('fast.csv')
    const lines = Array.from({ length: 60_000 }, (_, number) => `${number},${'x'.repeat(number % 40)}\n`)
    await Promise.all(lines.map(line => writer.write(line)))
    await writer.finish()
    expect(await store.readText('fast.csv')).toBe(lines.join(''))
  })

  test('refuses pieces after finish', async () => {
    const writer = store.writer('x.csv')
    await writer.finish()
    expect(() => writer.write('late')).toThrow('finished')
    await expect(writer.finish()).rejects.toThrow('finished')
    expect(await store.readText('x.csv')).toBe('')
  })
})

describe('writeOnce', () => {
  test('keeps the first content', async () => {
    expect(await store.writeOnce('committed/00001.json', 'first')).toBe(true)
    expect(await store.writeOnce('committed/00001.json', 'second')).toBe(false)
    expect(await store.readText('committed/00001.json')).toBe('first')
    expect(await filesOnDisk()).toEqual(['00001.json'])
  })

  test('lets exactly one of many at once be first', async () => {
    const others = [store, openFileRunStore(root, 'nightly-1')]
    const attempts = Array.from({ length: 40 }, (_, number) => others[number % 2]?.writeOnce('job.json', `${number}`))
    const won = (await Promise.all(attempts)).flatMap((first, number) => (first ? [`${number}`] : []))
    expect(won).toHaveLength(1)
    expect(await store.readText('job.json')).toBe(won[0])
  })
})

describe('reading', () => {
  test('streams a file', async () => {
    await store.write('big.csv', 'line\n'.repeat(200_000))
    expect(await text(await store.read('big.csv'))).toBe('line\n'.repeat(200_000))
  })

  test('says which file is missing, and where', async () => {
    await expect(store.read('chunks/00009.csv')).rejects.toThrow(RunFileMissingError)
    await expect(store.read('chunks/00009.csv')).rejects.toThrow(/chunks\/00009\.csv .* no such file in .*nightly-1/)
    expect(await store.readText('chunks/00009.csv')).toBeUndefined()
    expect(await store.size('chunks/00009.csv')).toBeUndefined()
  })

  test('lists the files below a folder, sorted, without temporary ones', async () => {
    await store.write('chunks/00002.csv', '')
    await store.write('chunks/00001.csv', '')
    await store.write('chunks/deep/a.csv', '')
    await store.write('report.json', '')
    const open = store.writer('chunks/00003.csv')
    await open.write('x'.repeat(1_000_000))
    expect(await store.list('chunks')).toEqual(['chunks/00001.csv', 'chunks/00002.csv', 'chunks/deep/a.csv'])
    expect(await store.list('')).toHaveLength(4)
    expect(await store.list('nothing')).toEqual([])
    await open.discard()
  })

  test('removes a file, and does not mind when there is none', async () => {
    await store.write('a.csv', '')
    await store.remove('a.csv')
    await store.remove('a.csv')
    expect(await store.list('')).toEqual([])
  })
})

describe('names', () => {
  test.each(['', '.', '..', 'a/b', 'a\\b', '../up', 'a..b', 'a\0b', '.hidden', 'é'.repeat(101)])(
    'refuses the run id %j',
    runId => {
      expect(() => openFileRunStore(root, runId)).toThrow(RunIdError)
    },
  )

  test.each(['sync-nightly-2026-07-01T02:00:00Z', 'a b', 'x'.repeat(200)])('accepts the run id %j', async runId => {
    const other = openFileRunStore(root, runId)
    await other.write('a', 'b')
    expect(await other.readText('a')).toBe('b')
  })

  test.each(['', '/etc/passwd', '../other/x', 'a/../../x', 'a//b', 'a/', './a', 'a\\b', 'a\0', '.x'])(
    'refuses the path %j in every call',
    async path => {
      expect(() => store.writer(path)).toThrow(RunPathError)
      await expect(store.write(path, 'x')).rejects.toThrow(RunPathError)
      await expect(store.writeOnce(path, 'x')).rejects.toThrow(RunPathError)
      await expect(store.readText(path)).rejects.toThrow(RunPathError)
      await expect(store.read(path)).rejects.toThrow(RunPathError)
      await expect(store.size(path)).rejects.toThrow(RunPathError)
      await expect(store.remove(path)).rejects.toThrow(RunPathError)
      expect(await readdir(root)).toEqual([])
    },
  )
})

describe('a disk that refuses', () => {
  test('is one line that says what, where and what to do', async () => {
    await writeFile(join(root, 'taken'), '')
    const blocked = openFileRunStore(join(root, 'taken'), 'run')
    const failure = await blocked.write('a.csv', 'x').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RunStoreError)
    expect((failure as RunStoreError).code).toBe('ENOTDIR')
    expect((failure as RunStoreError).message).toMatch(
      /^Writing a\.csv in the run store .*taken\/run failed: .*runStore/,
    )
    expect((failure as RunStoreError).message).not.toContain('\n')
  })

  test.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EMFILE', 'EIO', 'EWHATEVER'])(
    'explains %s in one line with advice',
    code => {
      const cause = Object.assign(new Error(`${code}: something\nbroke`), { code })
      const { message } = new RunStoreError('Writing', '/srv/runs/r1', 'chunks/00001.csv', cause)
      expect(message).toMatch(
        new RegExp(`^Writing chunks/00001\\.csv in .*/srv/runs/r1 failed: .+ \\(${code}\\)\\. .+\\.$`),
      )
      expect(message).not.toContain('\n')
    },
  )
})
