import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test } from 'vitest'
import { guessWarnings } from '../../../loader/protocol/stage/readSource.ts'
import { statSource } from '../../../loader/sources/open.ts'
import { checkSourceUri, matcherOf } from '../../../loader/sources/sourceUri.ts'
import { readingText } from '../../../workflows/page/sourceReading.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { openedRows } from './openedRows.ts'
import { encoded } from './tables.ts'

const base = temporaryFolder()
const put = (name: string, content: string | Buffer) => writeFile(join(base, name), content)

beforeAll(async () => {
  await mkdir(join(base, 'in/part-9.csv'), { recursive: true })
  await mkdir(join(base, 'outside'))
})

describe('the files of a pattern', () => {
  test('are read in the order of their names, each in its own encoding and with its own delimiter', async () => {
    await put('in/part-2.csv', encoded('a;b\n3;Müller, Söhne\n\n4;"x;""y"""\n', 'windows-1252'))
    await put('in/part-1.csv', '\uFEFFa,b\n1,Zoë\n2\n')
    await put('in/part-10.csv', 'a,b\n5,\n')
    await put('in/.part-3.csv', 'hidden')
    await put('in/part-4.csv.part', 'other name')
    const { header, rows, reading } = await openedRows(base, 'in/part-*.csv')
    expect(header).toEqual(['a', 'b'])
    // A row with too few values is rejected alone, as that of a single file.
    expect(rows).toEqual([['1', 'Zoë'], ['2'], ['5', ''], ['3', 'Müller, Söhne'], ['4', 'x;"y"']])
    expect(reading && readingText(reading)).toBe(
      'Read in/part-*.csv (3 files) as csv; in/part-2.csv as windows-1252 (guessed), delimiter ";": Müller, Söhne; ' +
        'in/part-1.csv as utf-8 (byte order mark), delimiter ","; in/part-10.csv as utf-8, delimiter ","',
    )
    expect(guessWarnings(reading)).toEqual([
      expect.stringMatching(/The source in\/part-2\.csv was read as windows-1252, a guess/),
    ])
  })

  test('of JSON have the columns of all of them', async () => {
    await put('in/day-1.json', '[{"id":1,"name":"x"}]')
    await put('in/day-2.json', '[]')
    await put('in/day-3.json', '{"city":"Lyon","id":2}\n{"id":3}\n')
    expect(await openedRows(base, 'in/day-*.json')).toMatchObject({
      header: ['id', 'name', 'city'],
      rows: [
        ['1', 'x', ''],
        ['2', '', 'Lyon'],
        ['3', '', ''],
      ],
      reading: { source: 'in/day-*.json (3 files)', format: 'json' },
    })
    await put('in/day-4.json', '[{"id":')
    await expect(openedRows(base, 'in/day-*.json')).rejects.toThrow(/The source in\/day-4\.json can't be read as JSON/)
  })

  test('of Parquet are matched by the names of their columns, and SQL reads all of them', async () => {
    await parquet('SELECT 1 AS id, 2.5 AS amount', 'in/a-1.parquet')
    await parquet('SELECT 3.5 AS amount, 2::BIGINT AS id', 'in/a-2.parquet')
    expect(await openedRows(base, 'in/a-*.parquet')).toMatchObject({
      header: ['id', 'amount'],
      rows: [
        ['1', '2.5'],
        ['2', '3.5'],
      ],
    })
    expect((await openedRows(base, 'in/a-*.parquet', { sql: 'SELECT count(*) AS n FROM source' })).rows).toEqual([
      ['2'],
    ])
    await parquet('SELECT 3 AS id, 4 AS other', 'in/a-3.parquet')
    await expect(openedRows(base, 'in/a-*.parquet')).rejects.toThrow(
      /a-3\.parquet has no column "amount", and a-1\.parquet has one/,
    )
  })

  test('of Parquet keep the values of their own types', async () => {
    const [integers, doubles] = ['9007199254740993::BIGINT', "'0.1'::FLOAT"]
    const [local, instant] = ["TIMESTAMP '2024-01-01 10:00:00'", "'2024-01-01 10:00:00+02'::TIMESTAMPTZ"]
    await parquet(`SELECT ${integers} AS n, ${local} AS at, true AS b, {k: 1} AS s`, 'in/t-1.parquet')
    await parquet(`SELECT 2 AS b, {k: 2, l: 'x'} AS s, ${instant} AS at, ${doubles} AS n`, 'in/t-2.parquet')
    await parquet(`SELECT 1.50::DECIMAL(10, 2) AS n, ${local} AS at, '1,5' AS b, {k: 3} AS s`, 'in/t-3.parquet')
    await parquet(`SELECT 3::BIGINT AS n, ${local} AS at, NULL::BOOLEAN AS b, {k: 4} AS s`, 'in/t-4.parquet')
    expect(await openedRows(base, 'in/t-*.parquet', { decimalSeparator: ',' })).toMatchObject({
      header: ['n', 'at', 'b', 's.k', 's.l'],
      rows: [
        ['9007199254740993', '2024-01-01T10:00:00', 'true', '1', ''],
        ['0,1', '2024-01-01T08:00:00Z', '2', '2', 'x'],
        ['1,5', '2024-01-01T10:00:00', '1,5', '3', ''],
        ['3', '2024-01-01T10:00:00', '', '4', ''],
      ],
    })
    await expect(openedRows(base, 'in/t-*.parquet', { sql: 'SELECT n FROM source' })).rejects.toThrow(
      /t-2\.parquet and BOOLEAN in t-1\.parquet, so that SQL would change its values\. Export all files .* with the same types, or leave sql out/,
    )
  })

  test('of Parquet are named when one of them is damaged', async () => {
    await parquet('SELECT md5(range::VARCHAR) AS a FROM range(9)', 'in/d-1.parquet')
    const bytes = await readFile(join(base, 'in/d-1.parquet'))
    await put('in/d-2.parquet', bytes.fill(0xff, 60, 200))
    await expect(openedRows(base, 'in/d-*.parquet')).rejects.toThrow(/can't be read as Parquet: .*d-2\.parquet/)
  })

  test('are read by their names, although these look like patterns', async () => {
    await mkdir(join(base, 'in/[x]'))
    await parquet('SELECT 1 AS a', 'in/[x]/con1.parquet')
    await parquet('SELECT 2 AS a', 'in/[x]/con[1].parquet')
    await parquet('SELECT 3 AS a', 'in/[x]/con?.parquet')
    const rows = [['1'], ['3'], ['2']]
    expect((await openedRows(base, 'in/[x]/con*.parquet')).rows).toEqual(rows)
    expect((await openedRows(base, 'in/[x]/con*.parquet', { sql: 'SELECT a FROM source' })).rows).toEqual(rows)
    await put('in/[x]/con*.csv', 'a\n1\n')
    await put('in/[x]/con2.csv', 'a\n2\n')
    expect((await openedRows(base, 'in/[x]/con*.csv')).rows).toEqual([['1'], ['2']])
  })

  test('are read by SQL, which shows how', async () => {
    const { rows, reading } = await openedRows(base, 'in/part-2*.csv', { sql: 'SELECT max(b) AS b FROM source' })
    expect(rows).toEqual([['x;"y"']])
    expect(guessWarnings(reading)).toHaveLength(1)
  })

  test.each([
    [
      'a,b\n1,2\n',
      'a,c\n1,2\n',
      /The header of the source in\/bad-2\.csv can't be used: its columns are not those of in\/bad-1\.csv: it lacks "b", and it has "c"/,
    ],
    [
      'a,b\n1,2\n',
      'b,a\n1,2\n',
      /their order or number is another one\. Export all files of the pattern with the same columns in the same order/,
    ],
    ['a,b\n1,2\n', 'a,b\n"1 \\"x\\"",2\n', /Row 1 of the source in\/bad-2\.csv can't be read: .*Correct its quotes/],
    ['a,b\n1,2\n', '', /The source in\/bad-2\.csv is empty/],
  ])('with %j and %j are rejected', async (first, second, message) => {
    await put('in/bad-1.csv', first)
    await put('in/bad-2.csv', second)
    await expect(openedRows(base, 'in/bad-*.csv')).rejects.toThrow(message)
  })

  test('that are links out of the data directories are rejected', async () => {
    await put('outside/x.csv', 'a\n1\n')
    await symlink(join(base, 'outside/x.csv'), join(base, 'in/link-1.csv'))
    await symlink(join(base, 'outside'), join(base, 'in/folder'))
    const inside = { baseDirectory: base, dataDirectories: ['in'] }
    for (const name of ['in/link-*.csv', 'outside/*.csv', 'in/folder/*.csv', 'in/../outside/*.csv']) {
      await expect(statSource({ uri: `file:${name}` }, inside)).rejects.toThrow(/outside the data directories/)
    }
  })
})

async function parquet(select: string, name: string) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${join(base, name)}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

describe('the state of a pattern', () => {
  const places = { baseDirectory: base, dataDirectories: ['.'] }
  const stat = (uri: string) => statSource({ uri }, places)

  test('is absent while no file has such a name', async () => {
    expect(await stat('file:in/none-*.csv')).toBeUndefined()
    expect(await stat('file:nowhere/none-*.csv')).toBeUndefined()
    await expect(openedRows(base, 'in/none-*.csv')).rejects.toThrow(
      /file:in\/none-\*\.csv can't be opened: no file has such a name/,
    )
  })

  test('changes with each of its files', async () => {
    await put('in/s-1.csv', 'a\n')
    const states = [await stat('file:in/s-*.csv')]
    await put('in/s-2.csv', 'ab\n')
    states.push(await stat('file:in/s-*.csv'))
    await utimes(join(base, 'in/s-1.csv'), 1, 1)
    states.push(await stat('file:in/s-*.csv'))
    await rm(join(base, 'in/s-1.csv'))
    states.push(await stat('file:in/s-*.csv'))
    expect(states.map(state => state?.bytes)).toEqual([2, 5, 5, 3])
    expect(new Set(states.map(state => state?.version)).size).toBe(4)
    expect(await stat('file:in/s-*.csv')).toEqual(states.at(-1))
  })
})

test.each([
  ['file:x/*.csv', 'a.csv', true],
  ['file:x/*.csv', '.csv', false],
  ['file:x/*.xlsx', '~$a.xlsx', false],
  ['file:x/~*.xlsx', '~$a.xlsx', true],
  ['s3://b/x/*', '', false],
  ['s3://b/x/*', 'a', true],
  ['file:x/.*', '.csv', true],
  ['file:*a*a.csv', 'a.csv', false],
  ['file:*a*a.csv', 'baca.csv', true],
  ['file:x/a(%20)-*+.csv', 'a( )-1+.csv', true],
  ['file:x/a(%20)-*+.csv', 'a(%20)-1+.csv', false],
  ['s3://b/a%20-*.csv', 'a%20-1.csv', true],
])('%s matches %s: %s', (uri, name, expected) => {
  expect(matcherOf(uri)(name)).toBe(expected)
})

test.each([
  ['file:data/*/x.csv', /a directory in it has a \*\. Write \* in the name of the file only/],
  ['s3://bucket/*/x.csv', /a directory in it has a \*/],
  ['https://host/path/*.csv', /a web server has no list of its files/],
])('%s cannot be a source', (uri, message) => {
  expect(() => checkSourceUri(uri)).toThrow(message)
})
