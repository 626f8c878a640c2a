import { readdir, readlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceEmptyError } from '../../../loader/csv/errors.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import { SourceHeaderError } from '../../../loader/sources/errors.ts'
import { openSource } from '../../../loader/sources/open.ts'
import type { OpenedSource } from '../../../packages/client/contract/sourceSpec.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { allRows, streamed, valueFor } from './tables.ts'

const base = temporaryFolder()

/** Names of the files that this process has open. */
async function openFiles(): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd')
  const paths = await Promise.all(numbers.map(number => readlink(`/proc/self/fd/${number}`).catch(() => '')))
  return paths.map(path => basename(path))
}

async function opened(source: OpenedSource) {
  const copied: Buffer[] = []
  const onBytes = async (bytes: Uint8Array) => {
    copied.push(Buffer.from(bytes))
  }
  const reader = await openSource(source, { baseDirectory: base, dataDirectories: ['.'], onBytes })
  return { reader, rows: await allRows(reader), copy: () => Buffer.concat(copied) }
}

describe('a CSV file', () => {
  test('returns its records, and a copy of all its bytes', async () => {
    const bytes = Buffer.from(`\uFEFFa;b\r\n${'1;Zoë\r\n'.repeat(100_000)}`)
    await writeFile(join(base, 'x.csv'), bytes)
    const { reader, rows, copy } = await opened({ uri: 'file:x.csv' })
    expect(reader).toMatchObject({ description: 'x.csv', header: ['a', 'b'] })
    expect(reader.reading?.()).toEqual({
      source: 'x.csv',
      format: 'csv',
      text: {
        encoding: 'utf-8',
        encodingBy: 'byte order mark',
        samples: [],
        delimiter: ';',
        delimiterBy: 'detected',
      },
      emptyRows: 0,
    })
    expect(rows).toHaveLength(100_000)
    expect(copy().equals(bytes)).toBe(true)
  })

  test('is unpacked when it is a gzip file, and so is its copy', async () => {
    await writeFile(join(base, 'x.csv.gz'), gzipSync('a,b\n1,2\n'))
    const { reader, rows, copy } = await opened({ uri: 'file:x.csv.gz' })
    expect({ header: reader.header, rows, copy: copy().toString() }).toEqual({
      header: ['a', 'b'],
      rows: [['1', '2']],
      copy: 'a,b\n1,2\n',
    })
  })

  test('is read with the delimiter and the encoding given', async () => {
    await writeFile(join(base, 'y.csv'), Buffer.from('a;b,c\n1;\xe9,2\n', 'latin1'))
    const { rows } = await opened({ uri: 'file:y.csv', delimiter: ';', encoding: 'windows-1252' })
    expect(rows).toEqual([['1', 'é,2']])
  })

  test.skipIf(process.platform !== 'linux')('is closed when it is not read to its end', async () => {
    await writeFile(join(base, 'z.csv'), 'a,b\n1,2\n'.repeat(500_000))
    const reader = await openSource({ uri: 'file:z.csv' }, { baseDirectory: base, dataDirectories: ['.'] })
    expect(await openFiles()).toContain('z.csv')
    await reader.close()
    await expect.poll(openFiles).not.toContain('z.csv')
  })
})

describe('inline records', () => {
  test('have the columns of all of them in order of first occurrence', async () => {
    const { reader, rows } = await opened({ inline: [{ b: '1' }, { a: '2', b: '3' }, {}] })
    expect(reader).toMatchObject({ description: 'inline', header: ['b', 'a'] })
    expect(rows).toEqual([
      ['1', ''],
      ['3', '2'],
      ['', ''],
    ])
  })

  test('are copied as a CSV that is read back as the same records', async () => {
    const record = fc.dictionary(fc.constantFrom('a', 'b', 'c "d"', 'e,f', '__proto__'), valueFor('utf-8'))
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 8 }), async inline => {
        fc.pre(inline.some(one => Object.keys(one).length > 0))
        const { reader, rows, copy } = await opened({ inline })
        const again = await readCsv(streamed([copy()]), { delimiter: ',', encoding: 'utf-8' })
        expect(again.header).toEqual(reader.header)
        expect(await allRows(again)).toEqual(rows)
      }),
      { numRuns: 300 },
    )
  })

  test('are rejected in one line when they are empty or have a blank column', async () => {
    await expect(opened({ inline: [] })).rejects.toThrow(SourceEmptyError)
    await expect(opened({ inline: [{}] })).rejects.toThrow(
      'The source inline is empty: no record has a column. Give at least one record.',
    )
    await expect(opened({ inline: [{ a: '1', ' ': '2' }] })).rejects.toThrow(SourceHeaderError)
  })
})
