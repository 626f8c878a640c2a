import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import pLimit from 'p-limit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  isMarkedRemoved,
  markRemoved,
  removalOf,
  removedRunIds,
  unmarkRemoved,
} from '../../../loader/runs/removedRuns.ts'
import { RunFileMissingError, RunIdError, RunPathError } from '../../../loader/storage/errors.ts'
import type { RunStore, RunStores } from '../../../loader/storage/runStore.ts'
import { tryRunStores } from '../../../loader/storage/tryRunStores.ts'

export type StoreKind = {
  /** Opens the runs of a location; again, as another process does, when called with the same location. */
  open(place: string): RunStores
  /** An empty location. */
  newPlace(): Promise<string>
  /** Names of all files in a location, also those that the run store does not show. */
  traces(place: string): Promise<readonly string[]>
  close(): Promise<void>
}

/** Declares the tests that every kind of run store passes. */
export function testRunStore(start: () => Promise<StoreKind>, startTimeout?: number): void {
  let kind: StoreKind
  let place: string
  let stores: RunStores
  let store: RunStore

  beforeAll(async () => {
    kind = await start()
  }, startTimeout)
  afterAll(() => kind.close())
  beforeEach(async () => {
    place = await kind.newPlace()
    stores = kind.open(place)
    store = stores.open('nightly-1')
  })

  describe('write', () => {
    test('writes a file below the directory of the run and returns its size in bytes', async () => {
      expect(await store.write('chunks/00001.csv', 'Zoë\n')).toBe(5)
      expect(store.location).toBe(`${stores.location}/nightly-1`)
      expect(await store.readText('chunks/00001.csv')).toBe('Zoë\n')
    })

    test('accepts a stream of text and bytes', async () => {
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
      expect(await kind.traces(place)).toEqual(['x.csv'])
      await store.write('x.csv', 'new')
      expect(await store.readText('x.csv')).toBe('new')
    })

    test('writes an empty file', async () => {
      expect(await store.write('empty.csv', '')).toBe(0)
      expect(await store.size('empty.csv')).toBe(0)
    })

    test('creates nothing before the first write', async () => {
      expect(await kind.traces(place)).toEqual([])
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

    test('leaves no files when discarded', async () => {
      const writer = store.writer('chunks/00001.csv')
      await writer.write('x'.repeat(1_000_000))
      await writer.discard()
      expect(await kind.traces(place)).toEqual([])
      const untouched = store.writer('other.csv')
      await untouched.discard()
      expect(await kind.traces(place)).toEqual([])
    })

    test('keeps the content and the order of any pieces, in several files at once', async () => {
      const piece = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(unit => unit.repeat(20_000)),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat({ max: 2 }), piece, fc.boolean()), { maxLength: 60 }),
          async pieces => {
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
          },
        ),
        { numRuns: 25 },
      )
    })

    test('keeps the order when the caller does not wait between the pieces', async () => {
      const writer = store.writer('fast.csv')
      const lines = Array.from({ length: 60_000 }, (_, number) => `${number},${'x'.repeat(number % 40)}\n`)
      await Promise.all(lines.map(line => writer.write(line)))
      await writer.finish()
      expect(await store.readText('fast.csv')).toBe(lines.join(''))
    })

    test('rejects pieces after finish', async () => {
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
      expect(await kind.traces(place)).toEqual(['00001.json'])
    })

    test('lets exactly one of many concurrent writers be first', async () => {
      const others = [store, kind.open(place).open('nightly-1')]
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

    test('gives a file in blocks, each valid until the next, and stops when the reader does', async () => {
      const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 251))
      const writer = store.writer('big')
      await writer.write(content)
      await writer.finish()
      const copies: Buffer[] = []
      for await (const block of store.blocks('big')) copies.push(Buffer.from(block))
      expect(Buffer.concat(copies).equals(content)).toBe(true)
      for await (const _ of store.blocks('big')) break
      await store.write('empty', '')
      for await (const block of store.blocks('empty')) expect(block.length).toBe(0)
    })

    test('gives a part of a file, and what there is at its end', async () => {
      await store.write('part', 'äbcdef')
      expect((await store.part('part', 2, 3))?.toString()).toBe('bcd')
      expect((await store.part('part', 5, 100))?.toString()).toBe('ef')
      expect((await store.part('part', 7, 1))?.toString()).toBe('')
      expect(await store.part('no', 0, 1)).toBeUndefined()
    })

    test('reports which file is missing, and where', async () => {
      await expect(text(store.blocks('chunks/00009.csv'))).rejects.toThrow(RunFileMissingError)
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

    test('removes a file, and does nothing when it does not exist', async () => {
      await store.write('a.csv', '')
      await store.remove('a.csv')
      await store.remove('a.csv')
      expect(await store.list('')).toEqual([])
    })
  })

  describe('many and large', () => {
    test('a file of many parts is read back byte for byte, and exists only when it is complete', async () => {
      const piece = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => (index * 7919) % 251))
      const writer = store.writer('source')
      for (let count = 0; count < 17; count += 1) await writer.write(piece)
      expect(await store.size('source')).toBeUndefined()
      await writer.finish()
      expect(await store.size('source')).toBe(17 << 20)
      const found = await buffer(await store.read('source'))
      expect(found.equals(Buffer.concat(Array.from({ length: 17 }, () => piece)))).toBe(true)
    })

    test('a partly read file can be closed', async () => {
      await store.write('source', 'x'.repeat(3_000_000))
      const stream = await store.read('source')
      for await (const _ of stream) break
      expect(stream.destroyed).toBe(true)
    })

    test('a discarded file of many parts leaves no files', async () => {
      const writer = store.writer('source')
      for (let count = 0; count < 13; count += 1) await writer.write('x'.repeat(1 << 20))
      await writer.discard()
      expect(await kind.traces(place)).toEqual([])
    })

    test('lists more files than one answer of S3 contains', async () => {
      const paths = Array.from({ length: 1_005 }, (_, index) => `chunks/00001.journal/${1_000 + index}.intent.json`)
      // Not all at once: connections would time out on a busy machine.
      await pLimit(32).map(paths, path => store.write(path, '{}'))
      expect(await store.list('chunks')).toEqual(paths)
      await stores.removeRun('nightly-1')
      expect(await store.list('')).toEqual([])
    })
  })

  describe('all runs', () => {
    const runIds = async () => {
      const found: string[] = []
      for await (const runId of stores.runIds()) found.push(runId)
      return found
    }

    test('are listed by their ids', async () => {
      expect(await runIds()).toEqual([])
      for (const runId of ['b', 'nightly.2026-11-25', 'a', 'Ä']) await stores.open(runId).write('deep/er/x.csv', '')
      await store.writeOnce('job.json', '')
      expect(await runIds()).toEqual(['a', 'b', 'nightly-1', 'nightly.2026-11-25', 'Ä'])
    })

    test('may be removed one by one, with their unfinished files', async () => {
      await store.write('a.csv', '')
      await store.write('chunks/b.csv', '')
      await stores.open('nightly-10').write('a.csv', 'kept')
      await stores.removeRun('nightly-1')
      await stores.removeRun('nightly-1')
      expect(await runIds()).toEqual(['nightly-10'])
      expect(await stores.open('nightly-10').readText('a.csv')).toBe('kept')
      await expect(stores.removeRun('../nightly-10')).rejects.toThrow(RunIdError)
      await expect(stores.removeRun('')).rejects.toThrow(RunIdError)
    })
  })

  test('can be probed without leaving files behind', async () => {
    expect(await tryRunStores(stores)).toBeUndefined()
    expect(await kind.traces(place)).toEqual([])
  })

  test('remembers removed runs until the mark is deleted', async () => {
    await markRemoved(stores, 'nightly-1', { removedAt: '2026-11-25T03:00:00' })
    await markRemoved(stores, 'nightly-1', { removedAt: 'later' })
    await stores.removeRun('nightly-1')
    expect(await removalOf(stores, 'nightly-1')).toEqual({ removedAt: '2026-11-25T03:00:00' })
    expect(await isMarkedRemoved(stores, 'nightly-1')).toBe(true)
    expect(await isMarkedRemoved(stores, 'nightly')).toBe(false)
    await markRemoved(stores, 'a.b', {})
    expect(await removedRunIds(stores)).toEqual(new Set(['a.b', 'nightly-1']))
    await unmarkRemoved(stores, 'a.b')
    expect(await removalOf(stores, 'a.b')).toBeUndefined()
  })

  describe('names', () => {
    const escapes = ['', '.', '..', 'a/b', 'a\\b', '../up', 'a..b', 'a\0b', '.hidden', 'é'.repeat(101)]
    const hidden = ['a\u0085b', 'a\u202eb', 'a\ufeffb', 'a\u2028b', 'a\ud800b', '\udfff']
    const elsewhere = ['a:b', 'a*', 'CON', 'nul.txt', 'Com1', 'trailing.', 'trailing ']

    test.each([...escapes, ...hidden, ...elsewhere])('rejects the run id %j', runId => {
      expect(() => stores.open(runId)).toThrow(RunIdError)
    })

    test.each(['sync-nightly-2026-07-01T020000Z', 'order.o%3A47', 'console', 'a b', 'x'.repeat(200)])(
      'accepts the run id %j',
      async runId => {
        const other = stores.open(runId)
        await other.write('a', 'b')
        expect(await other.readText('a')).toBe('b')
      },
    )

    test.each(['', '/etc/passwd', '../other/x', 'a/../../x', 'a//b', 'a/', './a', 'a\\b', 'a\0', '.x'])(
      'rejects the path %j in every call',
      async path => {
        expect(() => store.writer(path)).toThrow(RunPathError)
        await expect(store.write(path, 'x')).rejects.toThrow(RunPathError)
        await expect(store.writeOnce(path, 'x')).rejects.toThrow(RunPathError)
        await expect(store.readText(path)).rejects.toThrow(RunPathError)
        await expect(store.read(path)).rejects.toThrow(RunPathError)
        await expect(text(store.blocks(path))).rejects.toThrow(RunPathError)
        await expect(store.size(path)).rejects.toThrow(RunPathError)
        await expect(store.remove(path)).rejects.toThrow(RunPathError)
        expect(await kind.traces(place)).toEqual([])
      },
    )
  })
}
