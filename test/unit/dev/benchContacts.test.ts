import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { earlierContacts, fieldSource, OPERATIONS } from '../../../dev/bench/contacts.ts'
import { joinIds } from '../../../dev/bench/joinIds.ts'
import { type ContactFile, contactBlocks } from '../../../dev/contacts.ts'

const textOf = (file: ContactFile<string>): string => [...contactBlocks(file)].join('')
const linesOf = (file: ContactFile<string> | undefined): readonly string[] =>
  file === undefined ? [] : textOf(file).trimEnd().split('\n').slice(1)

describe('the files of the bench', () => {
  test.each(OPERATIONS)('of %s in parts have the records of the whole file', operation => {
    const parts = [fieldSource(operation, 6), fieldSource(operation, 4, 6)]
    expect(parts.flatMap(linesOf)).toEqual(linesOf(fieldSource(operation, 10)))
    const earlier = [earlierContacts(operation, 6), earlierContacts(operation, 4, 6)]
    expect(earlier.flatMap(linesOf)).toEqual(linesOf(earlierContacts(operation, 10)))
  })

  test('fill the org with all records of an update, and with half of an upsert', () => {
    expect(linesOf(earlierContacts('create', 5))).toEqual([])
    expect(linesOf(earlierContacts('update', 5))).toHaveLength(5)
    expect(linesOf(earlierContacts('upsert', 5)).map(line => line.split(',')[0])).toEqual(['C-1', 'C-3', 'C-5'])
  })
})

describe('the join of Ids to a file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'join-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function joined(text: string, ids: ReadonlyMap<string, string>): Promise<string> {
    const [source, target] = [join(folder, 'source.csv'), join(folder, 'target.csv')]
    await writeFile(source, text)
    await joinIds(source, target, ids)
    return readFile(target, 'utf8')
  }

  test('puts the Id in place of the key, and keeps the other values with their quotes', async () => {
    const ids = new Map([
      ['a@example.com', '1'],
      ['b@example.com', '2'],
    ])
    expect(await joined('City,Email\n"Paris, 2e",B@example.com\nLyon,a@example.com\n', ids)).toBe(
      'City,Id\n"Paris, 2e",2\nLyon,1\n',
    )
  })

  test('fails for a key without a record', async () => {
    await expect(joined('Email\nc@example.com\n', new Map())).rejects.toThrow(
      'The org has no record for the key c@example.com',
    )
  })

  test('joins every record of a file of many blocks', async () => {
    const file = fieldSource('update', 30_000)
    const ids = new Map(Array.from({ length: 30_000 }, (_, index) => [`ana.${index + 1}@example.com`, `id-${index}`]))
    const lines = (await joined(textOf(file), ids)).trimEnd().split('\n')
    expect(lines).toHaveLength(30_001)
    expect(lines.slice(1).map(line => line.split(',')[2])).toEqual([...ids.values()])
  })
})
