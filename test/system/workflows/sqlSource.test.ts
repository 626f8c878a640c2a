// Sources that DuckDB and the reader of JSON read, from their files to the records of the org.
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { contactsFrom, fileRig, withoutTimes } from '../../rig/loadRig.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const rig = await fileRig()
const temporary = temporaryFolder()
const FIELDS = { LastName: 'last', MailingCountry: 'country' }

// The worker of the rig is in this process.
beforeAll(() => vi.stubEnv('TMPDIR', temporary))
afterAll(() => vi.unstubAllEnvs())

const write = (name: string, content: string) => writeFile(join(rig.folder, 'data', name), content)

test('SQL over several files, with a time and a further table, makes the records, and a retry reads their copy', async () => {
  await write('part-1.csv', 'last;code;day\nMüller;DE;2026-11-24\nJäger;FR;2026-11-25\n')
  await write('part-2.csv', `last,code,day\n,FR,2026-11-26\nSilva,PT,2026-11-26\n`)
  await write('countries-2026.csv', 'code,name\nFR,France\nPT,Portugal\n')
  const org = await rig.openOrg()
  const source = {
    uri: 'file:data/part-*.csv',
    tables: { countries: 'file:data/countries-{year}.csv' },
    sql: "SELECT last, name AS country FROM source JOIN countries USING (code) WHERE day >= '{date-1}' ORDER BY last",
  }
  const given = { fields: FIELDS, source, identityFields: ['country'] }
  const time = { scheduledTime: '2026-11-26T01:00:00Z', timeZone: 'UTC' }
  const { runId, report } = await rig.start(contactsFrom('', org, given), time)
  const { tally, reading } = await report()
  expect(tally).toMatchObject({ created: 2, failed: 1 })
  expect(reading).toMatchObject({ source: 'data/part-*.csv (2 files)', format: 'csv' })
  const files = ['data/part-1.csv', 'data/part-2.csv', 'data/countries-2026.csv']
  expect(reading?.files?.map(file => file.source)).toEqual(files)
  expect(withoutTimes(await rig.text(runId, 'results.csv'))).toMatch(
    /true,,.*France\ntrue,,.*Portugal\nerror,Required fields/,
  )
  expect(await rig.text(runId, 'rejected.csv')).toMatch(/last,country,errorcode,errormessage\n,France,/)
  await write('part-2.csv', 'last,code,day\n')
  expect(await rig.execute('syncRecords', { retryOf: runId })).toMatchObject({ tally: { created: 0, failed: 1 } })
  expect(await readdir(temporary)).toEqual([])
})

test.each([
  [
    'two statements',
    { uri: 'file:data/x.csv', sql: 'SELECT 1; SELECT 2' },
    /The sql of the source data\/x\.csv can't be executed: it has 2 statements\. Write one SELECT/,
  ],
  [
    'a file outside its tables',
    { uri: 'file:data/x.csv', sql: "SELECT * FROM read_csv('data/y.csv')" },
    /it calls read_csv, which it may not\. Name a further file under tables/,
  ],
  [
    'JSON that is cut',
    { uri: 'file:data/x.json' },
    /The source data\/x\.json can't be read as JSON: line 1, record 2: it ends in the middle of a value\. Get the complete file again/,
  ],
  [
    'Parquet that is other text',
    { uri: 'file:data/x.parquet' },
    /The source data\/x\.parquet can't be read as Parquet: .*Get the complete file again/,
  ],
])('%s ends the run with one line, and nothing is sent', async (_, source, message) => {
  await write('x.csv', 'last\nA\n')
  await write('x.json', '[{"last":"A"},{"last":')
  await write('x.parquet', 'last\nA\n')
  const org = await rig.openOrg()
  const { report } = await rig.start(contactsFrom('', org, { source, fields: { LastName: 'last' } }))
  await expect(report()).rejects.toMatchObject({ cause: { message: expect.stringMatching(message) } })
  expect(await org.records('Contact', 'LastName')).toEqual([])
  expect(await readdir(temporary)).toEqual([])
})

test('a query without an end is stopped when its run is cancelled', async () => {
  await write('x.csv', 'last\nA\n')
  const org = await rig.openOrg()
  const sql = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n AS last FROM t'
  const { handle, report } = await rig.start(contactsFrom('', org, { source: { uri: 'file:data/x.csv', sql } }))
  await expect.poll(() => readdir(temporary), { timeout: 20_000 }).not.toEqual([])
  await handle.cancel()
  await expect(report()).rejects.toThrow()
  await expect.poll(() => readdir(temporary)).toEqual([])
})
