// What a query of a real PostgreSQL server gives as a source.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSource, statSource } from '../../../loader/sources/open.ts'
import { lacksPostgres, startTestPostgres, type TestPostgres } from '../../rig/postgres.ts'
import { allRows } from '../../unit/sources/tables.ts'

describe.skipIf(lacksPostgres)('a source in PostgreSQL (skipped where it is not installed)', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startTestPostgres()
    await server.run('CREATE TABLE numbers AS SELECT n, repeat($$x$$, 20) AS filling FROM generate_series(1, 20000) n')
  })
  afterAll(() => server.close())

  const opening = (given: object = {}) => ({
    ...{ baseDirectory: '/', dataDirectories: [] },
    ...{ databases: new Map([['crm', server.settings()]]), ...given },
  })
  const open = (what: object, given?: object) => openSource({ uri: 'database:crm', ...what }, opening(given))
  const rows = async (query: string, given?: object) => {
    const reader = await open({ query }, given)
    return { header: reader.header, rows: await allRows(reader) }
  }

  const VALUES: readonly (readonly [string, string])[] = [
    ["'  kept  '::text", '  kept  '],
    ["'007'", '007'],
    ["'a,\"b\"' || chr(10) || chr(13) || 'c'", 'a,"b"\n\rc'],
    ["'Łódź 李 🙂'", 'Łódź 李 🙂'],
    ["'ab  '::char(6)", 'ab'],
    ["' a b '::char(6)", ' a b'],
    ["''::char(6)", ''],
    ["'x'::name", 'x'],
    ['NULL::text', ''],
    ['42::smallint', '42'],
    ['9007199254740993::bigint', '9007199254740993'],
    ['1234567890123456789012.500::numeric', '1234567890123456789012.500'],
    ['0.1::float8 + 0.2', '0.30000000000000004'],
    ['1e20::float8', '100000000000000000000'],
    ['1.5e-7::float4', '0.00000015'],
    ["'NaN'::float8", 'NaN'],
    ['true', 'true'],
    ['false', 'false'],
    ["'2026-11-25'::date", '2026-11-25'],
    ["'0044-03-15 BC'::date", '0044-03-15 BC'],
    ["'infinity'::date", 'infinity'],
    ["'2026-11-25 02:30:00.5'::timestamp", '2026-11-25T02:30:00.5'],
    ["'2026-11-25 02:30:00+02'::timestamptz", '2026-11-25T00:30:00Z'],
    ["'0044-03-15 12:00 BC'::timestamptz", '0044-03-15T12:00:00Z BC'],
    ["'-infinity'::timestamptz", '-infinity'],
    ["'02:30:00'::time", '02:30:00'],
    ["'1 day 2 hours'::interval", 'P1DT2H'],
    ['\'{"a": [1, null]}\'::jsonb', '{"a": [1, null]}'],
    ['\'{ "a":1 }\'::json', '{ "a":1 }'],
    ["'6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid", '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
    ['\'{red,"dark blue",NULL}\'::text[]', 'red;dark blue'],
    ["'{}'::text[]", ''],
    ["'{t,f}'::boolean[]", 'true;false'],
    ["'{1.50,2}'::numeric[]", '1.50;2'],
    ["'{2026-11-25}'::date[]", '2026-11-25'],
    ["'happy'::mood", 'happy'],
    ["ARRAY['happy', 'sad']::mood[]", 'happy;sad'],
    ['1.5::amount', '1.50'],
    ['ARRAY[1.5]::amount[]', '1.50'],
    ["'{1.5}'::amounts", '1.5'],
    ["'a=>1'::hstore", '"a"=>"1"'],
    ["'[1,3)'::int4range", '[1,3)'],
    ["'1 2'::int2vector", '1 2'],
    ["'10.0.0.1'::inet", '10.0.0.1'],
  ]

  test('values are read by their types, whatever the defaults of the server are', async () => {
    await server.run(`CREATE EXTENSION hstore; CREATE TYPE mood AS ENUM ('happy', 'sad');
      CREATE DOMAIN amount AS numeric(10, 2); CREATE DOMAIN amounts AS numeric[]`)
    const query = `SELECT ${VALUES.map(([value], index) => `${value} AS c${index}`).join(', ')}`
    const expected = [VALUES.map(([, text]) => text)]
    expect((await rows(query)).rows).toEqual(expected)

    const others = {
      datestyle: "'German, DMY'",
      intervalstyle: "'sql_standard'",
      timezone: "'Asia/Tokyo'",
      extra_float_digits: '-3',
      client_encoding: "'LATIN1'",
      standard_conforming_strings: 'off',
    }
    const names = Object.keys(others)
    await server.run(
      names.map(name => `ALTER ROLE loader SET ${name} = ${others[name as keyof typeof others]}`).join(';'),
    )
    try {
      expect((await rows(query)).rows).toEqual(expected)
    } finally {
      await server.run('ALTER ROLE loader RESET ALL')
    }
  })

  test('numbers have the decimal mark that the sync declares', async () => {
    const query = "SELECT 1.50::numeric AS a, 2.5::float8 AS b, '{1.5,2}'::numeric[] AS c, '1.5' AS d"
    expect((await rows(query, { decimalSeparator: ',' })).rows).toEqual([['1,50', '2,5', '1,5;2', '1.5']])
  })

  test('a table is named with its schema, and letter case counts', async () => {
    await server.run('CREATE SCHEMA "Sales"; CREATE TABLE "Sales"."Order" AS SELECT 1 AS "Id", NULL::text AS note')
    const reader = await open({ table: 'Sales.Order' })
    expect([reader.description, reader.header]).toEqual(['database:crm, table Sales.Order', ['Id', 'note']])
    expect(await allRows(reader)).toEqual([['1', '']])
    expect(reader.reading?.()).toEqual({
      ...{ source: 'database:crm, table Sales.Order', format: 'postgresql', emptyRows: 0 },
    })
  })

  test('rows keep the order of the query, over several fetches', async () => {
    const read = await rows('SELECT n FROM numbers ORDER BY n DESC;  -- all')
    expect(read.rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 20_000 }, (_, index) => 20_000 - index))
  })

  test('keeps nothing of what a function writes that a read-only transaction allows', async () => {
    // PostgreSQL 16 rejects it.
    await rows('SELECT lo_create(0)').catch(() => undefined)
    expect(await server.run('SELECT count(*)::int AS n FROM pg_largeobject_metadata')).toEqual([{ n: 0 }])
  })

  test('all rows are those of one moment', async () => {
    const reader = await open({ query: 'SELECT n FROM numbers' })
    await server.run('INSERT INTO numbers SELECT n FROM generate_series(20001, 20100) n')
    expect(await allRows(reader)).toHaveLength(20_000)
    await server.run('DELETE FROM numbers WHERE n > 20000')
  })

  test('a reader that waits holds no rows, and a reader that stops closes its session', async () => {
    const sessions = async () =>
      Number(
        (await server.run(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'salesforce-link'`))[0]?.[
          'count'
        ],
      )
    const query = 'SELECT n, repeat(md5(n::text), 30000) AS big FROM generate_series(1, 400) n'
    const reader = await open({ query })
    const before = process.memoryUsage().rss
    const batches = reader.batches[Symbol.asyncIterator]()
    await batches.next()
    await sleep(500)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    expect(await sessions()).toBe(1)
    await reader.close()
    await expect.poll(sessions).toBe(0)
  })

  test('a consumer that is slower than the time-out of a statement gets all rows', async () => {
    const databases = new Map([['crm', server.settings({ statementTimeout: 300 })]])
    const query = "SELECT n, repeat('x', 100) AS filling FROM generate_series(1, 200000) n"
    const reader = await open({ query }, { databases })
    let rows = 0
    let waits = 0
    for await (const batch of reader.batches) {
      rows += batch.records
      waits += 1
      if (waits <= 2) await sleep(400)
    }
    expect(rows).toBe(200_000)
    expect(waits).toBeGreaterThan(2)
  })

  test('a source is there when its query has a row', async () => {
    const stat = (query: string) => statSource({ uri: 'database:crm', query }, opening())
    expect(await stat('SELECT 1')).toEqual({ isComplete: true })
    expect(await stat('SELECT 1 WHERE false')).toBeUndefined()
  })

  test('variables of libpq are not read', async () => {
    const { settings } = server
    const variables = { PGHOST: 'nowhere.invalid', PGPORT: '1', PGUSER: 'x', PGPASSWORD: 'x', PGDATABASE: 'x' }
    const others = { PGOPTIONS: '-c search_path=x', PGSSLMODE: 'require', PGAPPNAME: 'x', PGCLIENTENCODING: 'LATIN1' }
    const before = { ...process.env }
    try {
      Object.assign(process.env, variables, others)
      const databases = new Map([['crm', settings()]])
      expect((await rows("SELECT current_setting('search_path') AS path", { databases })).rows).toEqual([
        ['"$user", public'],
      ])
    } finally {
      for (const name of Object.keys({ ...variables, ...others })) delete process.env[name]
      Object.assign(process.env, before)
    }
  })
})
