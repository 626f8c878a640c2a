import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { SourceQueryError } from '../../../loader/sources/duckdb/errors.ts'
import { runQuery } from '../../../loader/sources/duckdb/runQuery.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { type OpenedFile, openedRows } from './openedRows.ts'
import { encoded } from './tables.ts'

const base = temporaryFolder()

const CONTACTS = 'id;Name;code;amount\n1;Zoë;FR;1,5\n2;"a ""b"", c";DE;\n3;;FR;007\n'

beforeAll(async () => {
  await mkdir(join(base, 'data'))
  await mkdir(join(base, 'spill'))
  await writeFile(join(base, 'data/copy.csv'), '1,Zoë,FR,"1,5"\n2,"a ""b"", c",DE,\n3,,FR,007\n')
  await writeFile(join(base, 'data/contacts.csv'), encoded(CONTACTS, 'windows-1252'))
  await writeFile(join(base, 'data/countries.csv'), 'code,country\nFR,France\nDE,Germany\n')
  await writeFile(join(base, 'data/other.csv'), 'secret\nx\n')
  await writeFile(join(base, 'secret.csv'), 'secret\nx\n')
  await writeFile(join(base, 'data/x.json'), '[{"id":1,"at":{"n":12345678901234567890},"l":[{"k":1}]},{"id":"02"}]')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT i AS id, i * 1.25 AS amount, DATE '2024-01-01' + i::INTEGER AS day FROM range(1, 4) t(i)) TO '${base}/data/x.parquet'`,
  )
  connection.closeSync()
  instance.closeSync()
})

const query = (sql: string, given: OpenedFile = {}, name = 'data/contacts.csv') =>
  openedRows(base, name, { sql, ...given })

/** Executes a statement over the contacts in this process, which has an environment, and is faster than one of its own. */
async function outcomeOf(sql: string) {
  const spill = join(base, 'spill')
  const csv = { columns: ['id', 'Name', 'code', 'amount'], longestRecord: 100 }
  const source = { name: 'source', files: [join(base, 'data/copy.csv')], csv }
  const target = join(base, 'data/rows.csv')
  return await runQuery({ tables: [source], sql, target, spill, maxSpillBytes: 1e6, decimalSeparator: '.' })
}

describe('the SQL of a source', () => {
  test('reads a CSV as text, in its own encoding, with blank values as NULL', async () => {
    expect(await query('SELECT * FROM source')).toMatchObject({
      header: ['id', 'Name', 'code', 'amount'],
      rows: [
        ['1', 'Zoë', 'FR', '1,5'],
        ['2', 'a "b", c', 'DE', ''],
        ['3', '', 'FR', '007'],
      ],
      reading: { source: 'data/contacts.csv', format: 'csv', emptyRows: 0 },
    })
    expect((await query('SELECT id FROM source WHERE name IS NULL')).rows).toEqual([['3']])
  })

  test('joins further files, casts, removes duplicates and orders', async () => {
    const sql = `
      SELECT country, count(*) AS contacts, sum(TRY_CAST(replace(amount, ',', '.') AS DOUBLE)) AS "sum of; it"
      FROM source JOIN countries USING (code)
      GROUP BY country ORDER BY country DESC; -- the last line`
    expect(await query(sql, { tables: { countries: 'file:data/countries.csv' } })).toMatchObject({
      header: ['country', 'contacts', 'sum of; it'],
      rows: [
        ['Germany', '1', ''],
        ['France', '2', '8.5'],
      ],
    })
  })

  test('reads Parquet with its types and JSON as text', async () => {
    const parquet = await query('SELECT max(day) AS last, sum(amount) AS amount FROM source', {}, 'data/x.parquet')
    expect(parquet.rows).toEqual([['2024-01-04', '7.5']])
    const json = await query(`SELECT id, "at.n" AS n, l FROM source ORDER BY id DESC`, {}, 'data/x.json')
    expect(json.rows).toEqual([
      ['1', '12345678901234567890', '[{"k":1}]'],
      ['02', '', ''],
    ])
    const both = await query('SELECT p.id FROM source JOIN p ON p.id::VARCHAR = source.id', {
      tables: { p: 'file:data/x.parquet' },
    })
    expect(both.rows).toEqual([['1'], ['2'], ['3']])
  })

  test('writes typed numbers with the decimal comma that the sync declares', async () => {
    expect((await query('SELECT 1.5 AS a, amount FROM source LIMIT 1', { decimalSeparator: ',' })).rows).toEqual([
      ['1,5', '1,5'],
    ])
  })

  test('keeps equal names of columns in its rows, and tells equal names of the source apart', async () => {
    await writeFile(join(base, 'data/equal.csv'), 'Note,x,note,\na,b,c,d\n')
    expect(await query('SELECT * FROM source', {}, 'data/equal.csv')).toMatchObject({
      header: ['Note_1', 'x', 'note_3', 'column4'],
      rows: [['a', 'b', 'c', 'd']],
    })
    await expect(query('SELECT note FROM source', {}, 'data/equal.csv')).rejects.toThrow(/"note" not found.*"note_3"/s)
    expect((await query('SELECT id, id FROM source LIMIT 1')).header).toEqual(['id', 'id'])
  })

  test('leaves no temporary file behind, whether it succeeds or not', async () => {
    vi.stubEnv('TMPDIR', base)
    await query('SELECT 1 AS a')
    await expect(query('SELECT nothing FROM source')).rejects.toThrow()
    vi.unstubAllEnvs()
    expect((await readdir(base)).filter(name => name.startsWith('sflink-source-'))).toEqual([])
  })
})

describe('a statement that cannot be executed', () => {
  test.each([
    [
      'SELEC id',
      /The sql of the source data\/contacts\.csv can't be executed: syntax error at or near "SELEC" \(line 1, column 1\)\. Write one SELECT/,
    ],
    ['SELECT id,\n  FROM FROM source', /\(line 2, column \d+\)/],
    ['SELECT nme FROM source', /Referenced column "nme" not found.*"Name".*\(line 1, column 8\)\. Correct the SELECT/],
    ['SELECT id FROM sourse', /Table with name sourse does not exist! Did you mean "source"\? \(line 1, column 16\)/],
    [
      'SELECT amount::DOUBLE FROM source',
      /Could not convert string '…' to DOUBLE when casting from source column amount.*TRY_CAST/,
    ],
    ['SELECT 1; SELECT 2', /it has 2 statements\. Write one SELECT/],
    ['SELECT * FROM source WHERE id = $1', /parameter/],
    ['SELECT * FROM source WHERE id = ?', /parameter/],
    ['-- only a comment', /it is blank/],
  ])('%j says where and why, in one line and without a value', async (sql, expected) => {
    const outcome = await outcomeOf(sql)
    if (!('problem' in outcome)) throw new Error('It was executed')
    const { message } = new SourceQueryError('data/contacts.csv', outcome)
    expect(message).toMatch(expected)
    expect(message).not.toMatch(/\n|1,5/)
  })

  test.each([
    ['name::INTEGER', /: Could not convert string '…' to INT32 when casting from source column name\. Correct/],
    ['name::DATE', /: invalid date field format '…' when casting/],
    ['name::DECIMAL(5, 1)', /: Could not convert string '…' to DECIMAL\(5,1\) when casting/],
    ["strptime(name, '%Y')", /: Could not parse string '…'\. Correct/],
    ["json_extract(name, '$.a')", /: Malformed JSON/],
    ['name::INTEGER[]', /: Type VARCHAR with value '…' when casting/],
    ["regexp_matches('a', name || '(')", /: missing/],
  ])('%s shows no value of a record', async (sql, expected) => {
    await writeFile(join(base, 'data/names.csv'), `name\n"O'Brien ""Bo"" x"\n`)
    const failed = query(`SELECT ${sql} AS x FROM source`, {}, 'data/names.csv')
    const { message } = await failed.then(
      () => new Error('It was executed'),
      (error: Error) => error,
    )
    expect(message).toMatch(expected)
    expect(message).not.toMatch(/Brien|Bo|line \d|near/)
  })

  test('fails the source', async () => {
    await expect(query('SELEC id')).rejects.toThrow(SourceQueryError)
  })

  test.each([
    [
      'a row with too few values',
      'a,b\n1,2\n3\n',
      /Row 2 of the source data\/bad\.csv can't be read: it has 1 values, and the header has 2 columns/,
    ],
    ['a row with too many values', 'a,b\n1,2,3\n', /it has 3 values/],
    ['a header in the middle', 'a,b\n1,2\na,b\n', /Row 2 .* it is the header again/],
    ['misplaced quotes', 'a,b\n"1 \\"x\\" y",2\n', /Row 1 .*can't be read/],
  ])('a source with %s is rejected, because SQL cannot reject a row alone', async (_, csv, message) => {
    await writeFile(join(base, 'data/bad.csv'), csv)
    await expect(query('SELECT * FROM source', {}, 'data/bad.csv')).rejects.toThrow(message)
  })

  test('fills short rows where the sync says so', async () => {
    await writeFile(join(base, 'data/short.csv'), 'a,b\n1\n')
    expect((await query('SELECT * FROM source', { shortRows: 'fill' }, 'data/short.csv')).rows).toEqual([['1', '']])
  })
})

describe('a statement that leaves its tables', () => {
  test('is compared with one that does not', async () => {
    expect(await outcomeOf('SELECT * FROM source')).toEqual({ columns: ['id', 'Name', 'code', 'amount'] })
  })

  test.each([
    `SELECT * FROM read_csv('${base}/secret.csv')`,
    `SELECT * FROM read_csv('${base}/data/contacts.csv')`,
    `SELECT * FROM '${base}/data/contacts.csv'`,
    `SELECT (SELECT max(content) FROM read_text('/etc/passwd')) FROM source`,
    "SELECT * FROM source WHERE id IN (SELECT file FROM glob('/*'))",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
    "SELECT * FROM 'https://127.0.0.1:1/x.csv'",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT * FROM enable_logging(storage := 'file')",
    "SELECT * FROM enable_profiling(save_location := '/tmp/x.json')",
    'SELECT * FROM duckdb_secrets()',
    "SELECT getenv('HOME')",
    `ATTACH '${base}/x.db'`,
    `COPY source TO '${base}/x.csv'`,
    `COPY source FROM '${base}/secret.csv'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    'PRAGMA database_list',
    'CALL pragma_version()',
    'SET threads = 8',
    'RESET enable_external_access',
    'CREATE TABLE x AS SELECT 1',
    'DROP VIEW source',
    'INSERT INTO source VALUES (1)',
    'EXPLAIN SELECT 1',
    "EXPORT DATABASE '/tmp/x'",
    `SELECT 1; COPY source TO '${base}/x.csv'`,
  ])('%s is rejected', async sql => {
    expect(await outcomeOf(sql)).toEqual({ problem: 'sql', message: expect.any(String), advice: expect.any(String) })
    expect((await readdir(base)).sort()).toEqual(['data', 'secret.csv', 'spill'])
  })

  test('reads no environment in its own process', async () => {
    await expect(query("SELECT getenv('PATH') AS path")).rejects.toThrow(/getenv does not exist/)
  })

  test('finds no file of a table outside the data directories', async () => {
    const outside = openedRows(join(base, 'data'), 'contacts.csv', {
      sql: 'SELECT 1 AS a',
      tables: { x: 'file:../secret.csv' },
    })
    await expect(outside).rejects.toThrow(/outside the data directories/)
  })
})

describe('a query without an end', () => {
  const ENDLESS = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t'

  test('ends when its run is cancelled', async () => {
    const started = Date.now()
    const aborted = query(ENDLESS, { signal: AbortSignal.timeout(300) })
    await expect(aborted).rejects.toThrow(/timeout/)
    expect(Date.now() - started).toBeLessThan(5_000)
  })

  test('ends when its worker has ended', async () => {
    const child = fork(join(import.meta.dirname, '../../../loader/sources/duckdb/duckdbProcess.ts'))
    const spill = await mkdtemp(join(base, 'orphan-'))
    const request = {
      tables: [],
      sql: ENDLESS,
      target: join(spill, 'rows.csv'),
      spill,
      maxSpillBytes: 1e6,
      decimalSeparator: '.',
    }
    child.send(request)
    await expect.poll(() => existsSync(request.target), { timeout: 5_000 }).toBe(true)
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  test('ends when its rows are larger than a source may be', async () => {
    await expect(query('SELECT * FROM range(1000000000000)', { maxSourceBytes: 1_000_000 })).rejects.toThrow(
      /its rows have more than 1000000 bytes.*raise maxSourceBytes/,
    )
  })

  test.each([
    ['SELECT list(a.range) AS l FROM range(100000) a, range(100000) b', 1e6],
    ["SELECT repeat('x', 3000000000) AS a", 4e9],
  ])(
    '%s ends when it needs too much memory',
    async (sql, maxSourceBytes) => {
      const message = /can't be executed: .*(?:memory|allocate|offload)/i
      await expect(query(sql, { maxSourceBytes })).rejects.toThrow(message)
    },
    60_000,
  )
})
