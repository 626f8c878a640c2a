import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { SourceQueryError } from '../../../loader/sources/duckdb/errors.ts'
import { queryOutcome } from '../../../loader/sources/duckdb/queryOutcome.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { type OpenedFile, openedRows, rowsOf } from './openedRows.ts'

const base = temporaryFolder()

/** Writes the rows of a SELECT as Parquet and reads them. */
async function parquet(select: string, given: OpenedFile = {}, name = 'x.parquet') {
  await written(select, name)
  return await openedRows(base, name, given)
}

async function written(select: string, name: string, options = '') {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'America/New_York'")
  await connection.run(`COPY (${select}) TO '${join(base, name)}' (FORMAT parquet${options})`)
  connection.closeSync()
  instance.closeSync()
}

describe('Parquet', () => {
  const values: readonly (readonly [sql: string, text: string])[] = [
    ["'007'", '007'],
    [`' a "b", c'`, ' a "b", c'],
    ["'a' || chr(10) || 'b'", 'a\nb'],
    ["''", ''],
    ['NULL::VARCHAR', ''],
    ['42::TINYINT', '42'],
    ['(-32768)::SMALLINT', '-32768'],
    ['9223372036854775807::BIGINT', '9223372036854775807'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['1.50::DECIMAL(10, 2)', '1.5'],
    ['10.000::DECIMAL(18, 3)', '10'],
    ['(-0.001)::DECIMAL(18, 3)', '-0.001'],
    ['12345678901234567890123456.789::DECIMAL(38, 3)', '12345678901234567890123456.789'],
    ["'42'::DOUBLE", '42'],
    ["'0.1'::FLOAT", '0.1'],
    ["'1e21'::DOUBLE", '1000000000000000000000'],
    ["'-1.5e300'::DOUBLE", `-15${'0'.repeat(299)}`],
    ["'-1.25e-7'::DOUBLE", '-0.000000125'],
    ["'1.2345678901234567e16'::DOUBLE", '12345678901234568'],
    ["'-0.0'::DOUBLE", '0'],
    ["'nan'::DOUBLE", 'nan'],
    ["'-inf'::FLOAT", '-inf'],
    ['true', 'true'],
    ['false', 'false'],
    ["DATE '2024-02-29'", '2024-02-29'],
    ["TIME '23:59:01'", '23:59:01'],
    ["TIMESTAMP '2024-02-29 23:59:01'", '2024-02-29T23:59:01'],
    ["'2024-02-29 23:59:01.5'::TIMESTAMP_MS", '2024-02-29T23:59:01.5'],
    ["TIMESTAMP '2024-02-29 23:59:01.123456'", '2024-02-29T23:59:01.123456'],
    ["'2024-02-29 23:59:01.123456789'::TIMESTAMP_NS", '2024-02-29T23:59:01.123456789'],
    ["'2024-02-29 23:59:01+02'::TIMESTAMPTZ", '2024-02-29T21:59:01Z'],
    ["'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID", '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    ["'b'::ENUM('a', 'b')", 'b'],
    ['[1.5, NULL, 2]::DOUBLE[]', '1.5;2'],
    ["[DATE '2024-01-01', DATE '2024-01-02']", '2024-01-01;2024-01-02'],
    ["['a;b', 'c']", '["a;b","c"]'],
    ['[]::VARCHAR[]', ''],
    ["[{'k': 1}, {'k': 2}]", '[{"k":1},{"k":2}]'],
    ["MAP {'k': 1}", '{"k":1}'],
    ['json(\'{"k": 1}\')', '{"k":1}'],
  ]

  test('has its values as text', async () => {
    const select = values.map(([sql], index) => `${sql} AS c${index}`).join(', ')
    const { header, rows, reading } = await parquet(`SELECT ${select}`)
    expect(header).toEqual(values.map((_, index) => `c${index}`))
    expect(rows).toEqual([values.map(([, text]) => text)])
    expect(reading).toEqual({ source: 'x.parquet', format: 'parquet', emptyRows: 0 })
  })

  test('has a column for each field of a structure, and keeps the names of columns', async () => {
    const { header, rows } = await parquet(
      `SELECT {'city': 'Lyon', 'geo': {'lat': 1.5}} AS address, 1 AS "Größe; ""x""", NULL AS c0`,
    )
    expect(header).toEqual(['address.city', 'address.geo.lat', 'Größe; "x"', 'c0'])
    expect(rows).toEqual([['Lyon', '1.5', '1', '']])
  })

  test('has the decimal comma that the sync declares, in typed numbers only', async () => {
    const { rows } = await parquet("SELECT 1.5 AS a, 1.5::DOUBLE AS b, '1.5' AS c, [1.5, 2.5] AS d", {
      decimalSeparator: ',',
    })
    expect(rows).toEqual([['1,5', '1,5', '1.5', '1,5;2,5']])
  })

  test('keeps the order of its rows, and rows of one blank value', async () => {
    const { rows } = await parquet(
      "SELECT if(i % 3 = 0, NULL, 'v' || i) AS v FROM range(300000) t(i)",
      {},
      'order.parquet',
    )
    expect(rows).toHaveLength(300_000)
    const hash = createHash('sha256').update(rows.flat().join()).digest('hex')
    const expected = Array.from({ length: 300_000 }, (_, i) => (i % 3 === 0 ? '' : `v${i}`)).join()
    expect(hash).toBe(createHash('sha256').update(expected).digest('hex'))
  })

  test('is read by format when its name has another extension', async () => {
    expect((await parquet("SELECT 'x' AS a", { format: 'parquet' }, 'x.dat')).rows).toEqual([['x']])
    await expect(openedRows(base, 'x.dat')).rejects.toThrow(
      /looks like a Parquet file. Set format: parquet beside its uri/,
    )
  })
})

describe('Parquet that cannot be read', () => {
  let whole: Buffer
  beforeAll(async () => {
    await written('SELECT i, repeat(i::VARCHAR, 10) AS text FROM range(10000) t(i)', 'whole.parquet')
    whole = await readFile(join(base, 'whole.parquet'))
  })

  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'cut',
      bytes => bytes.subarray(0, bytes.length / 2),
      /The source broken.parquet can't be read as Parquet: No magic bytes found/,
    ],
    ['blank', () => Buffer.alloc(0), /can't be read as Parquet: .*too small/],
    ['other text', () => Buffer.from('a,b\n1,2\n'.repeat(10)), /can't be read as Parquet: No magic bytes found/],
    ['damaged', bytes => Buffer.from(bytes).fill(0xff, 4, 20_000), /can't be read as Parquet/],
  ])('%s is rejected in one line, before any record', async (_, damage, message) => {
    const read = rowsOf(base, 'broken.parquet', damage(whole))
    await expect(read).rejects.toThrow(message)
    await expect(read).rejects.toSatisfy(
      (error: Error) => !error.message.includes('\n') && !error.message.includes(base),
    )
  })

  test('names a column that has no text', async () => {
    await expect(parquet("SELECT 1 AS id, {'photo': 'x'::BLOB} AS files")).rejects.toThrow(
      /its column "files.photo" is BLOB, which has no text\. Leave it out with sql, such as SELECT \* EXCLUDE \("files.photo"\)/,
    )
  })

  test('is rejected when its rows are larger than a source may be, and leaves no temporary file', async () => {
    vi.stubEnv('TMPDIR', base)
    await expect(parquet("SELECT 'x' || i AS a FROM range(1000) t(i)", { maxSourceBytes: 1_000 })).rejects.toThrow(
      /more than 1000 bytes/,
    )
    await parquet("SELECT 'x' AS a")
    vi.unstubAllEnvs()
    expect((await readdir(base)).filter(name => name.startsWith('sflink-source-'))).toEqual([])
  })

  test('names the package when DuckDB is not installed', async () => {
    const request = { tables: [], target: 'x', spill: 'y', maxSpillBytes: 1, decimalSeparator: '.' } as const
    const outcome = await queryOutcome(request, async () => {
      throw new Error("Cannot find package '@duckdb/node-api' imported from x\nRequire stack")
    })
    if (!('problem' in outcome)) throw new Error('DuckDB was found')
    expect(new SourceQueryError('x.parquet', outcome).message).toBe(
      "The source x.parquet can't be read: it needs the optional package @duckdb/node-api, which is not installed for this system " +
        "(Cannot find package '@duckdb/node-api' imported from x). Install salesforce-link again with npm install --include=optional, then run the load again.",
    )
  })
})
