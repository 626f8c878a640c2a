import { readdir, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeWorkbook } from '../../../../dev/workbook.ts'
import { openSource } from '../../../../loader/sources/open.ts'
import { StringStore } from '../../../../loader/sources/xlsx/stringStore.ts'
import { temporaryFolder } from '../../../rig/temporaryFolder.ts'
import { openedRows } from '../openedRows.ts'

const base = temporaryFolder()

test.each([['shared'], ['inline']] as const)('%s strings of many rows are read as they were written', async strings => {
  const table = Array.from({ length: 20_000 }, (_, index) => [`C-${index}`, `${'ü'.repeat(index % 90)} "${index}"`])
  const rows = () => [['id', 'name'], ...table]
  await writeWorkbook(join(base, 'x.xlsx'), { sheet: 'Contacts', rows, strings })
  const read = await openedRows(base, 'x.xlsx')
  expect(read.rows).toEqual(table)
})

const text = fc.string({ unit: 'binary', maxLength: 60 }).map(value => value.toWellFormed())

function found(store: StringStore, index: number): string {
  store.find(index)
  return store.bytes.toString('utf8', store.start, store.end)
}

test('strings are found by their number, in memory and beyond it', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 500 }), fc.nat(3_000), (texts, memoryBytes) => {
      const store = new StringStore(memoryBytes)
      try {
        for (const one of texts) store.add(Buffer.from(one))
        store.finish()
        expect(store.count).toBe(texts.length)
        for (const index of [...texts.keys(), ...texts.keys()].toReversed())
          expect(found(store, index)).toBe(texts[index])
      } finally {
        store.close()
      }
    }),
  )
})

test.each([
  ['short', 20_000, ''],
  ['long', 700, 'x'.repeat(30_000)],
])('%s strings far apart are found again after others were read', (_, count, begin) => {
  const store = new StringStore(1_000)
  try {
    for (let index = 0; index < count; index++) store.add(Buffer.from(`${begin}${index}`))
    store.finish()
    for (let step = 0; step < count; step++) {
      const index = (step * 7_919) % count
      expect(found(store, index)).toBe(`${begin}${index}`)
    }
  } finally {
    store.close()
  }
})

test('a workbook that is not read to its end is closed, and its temporary file removed', async () => {
  const rows = () => Array.from({ length: 20_000 }, (_, index) => [`${'contact '.repeat(40)}${index}`])
  await writeWorkbook(join(base, 'x.xlsx'), { sheet: 'Contacts', rows, strings: 'shared' })
  const reader = await openSource({ uri: 'file:x.xlsx' }, { baseDirectory: base, dataDirectories: ['.'] })
  for await (const batch of reader.batches) {
    expect(batch.firstRow).toBe(1)
    break
  }
  expect(await openFiles()).toContainEqual(expect.stringMatching(/^sflink-.* \(deleted\)$/))
  await reader.close()
  await expect.poll(openFiles).not.toContainEqual(expect.stringMatching(/^(sflink-.*|x\.xlsx)/))
})

test('a workbook whose header is rejected is closed', async () => {
  const rows = () => [['title'], ...Array.from({ length: 20_000 }, (_, index) => [index, index, index])]
  await writeWorkbook(join(base, 'title.xlsx'), { sheet: 'Contacts', rows, strings: 'shared' })
  await expect(openedRows(base, 'title.xlsx')).rejects.toThrow('row 1 has only the value "title"')
  await expect.poll(openFiles).not.toContainEqual(expect.stringMatching(/^(sflink-.*|title\.xlsx)/))
})

/** Names of the files that this process has open. */
async function openFiles(): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd')
  const paths = await Promise.all(numbers.map(number => readlink(`/proc/self/fd/${number}`).catch(() => '')))
  return paths.map(path => basename(path))
}
