import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { JsonColumns } from '../../../loader/sources/json/jsonColumns.ts'
import { JsonScanner } from '../../../loader/sources/json/jsonScanner.ts'
import { openSource } from '../../../loader/sources/open.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'
import { type OpenedFile, rowsOf } from './openedRows.ts'
import { encoded } from './tables.ts'

const base = temporaryFolder()
const read = (content: string | Buffer, given: OpenedFile = {}, name = 'x.json') => rowsOf(base, name, content, given)
const lines = (content: string | Buffer, given: OpenedFile = {}) => read(content, given, 'x.ndjson')
/** The value of the only column of one record. */
const cell = async (json: string, given: OpenedFile = {}) => (await lines(`{"x":${json},"y":1}`, given)).rows[0]?.[0]

describe('JSON', () => {
  test.each([
    ['an array', '[{"a":1,"b":"x"},\n {"a":2,"b":"y"}]', {}],
    ['objects one after the other', '{"a":1,"b":"x"}\n\n{"a":2,"b":"y"}\n', {}],
    ['objects with line feeds inside', '{\n"a":1,\n"b":"x"} {"a":2,\n"b":"y"}', {}],
    [
      'an array inside',
      '{"n":[1,[2]],"data":{"rows":[{"a":1,"b":"x"},{"a":2,"b":"y"}],"k":"]}"},"z":0}',
      { records: 'data.rows' },
    ],
    ['an array inside under an escaped name', '{"d\\u0061ta":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}', { records: 'data' }],
  ])('is read from %s', async (_, content, given) => {
    expect(await read(content, given)).toMatchObject({
      header: ['a', 'b'],
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
    })
  })

  test('has one column for a name in several Unicode forms', async () => {
    const [composed, decomposed] = ['Gr\u00f6\u00dfe', 'Gro\u0308\u00dfe']
    const { header, rows } = await lines(`{"${decomposed}":"1"}\n{"${composed}":"2"}\n{"${decomposed}":"3"}\n`)
    expect({ header, rows }).toEqual({ header: [composed], rows: [['1'], ['2'], ['3']] })
    await expect(lines(`{"${decomposed}":"1","${composed}":"2"}\n{"a":1}`)).rejects.toThrow(
      /two of its values belong to the column/,
    )
  })

  test('has a column for each path, also for those that occur in late records', async () => {
    const first = '{"id":1,"address":{"city":"Lyon","geo":{"lat":1.5}}}\n'.repeat(5_000)
    const { header, rows } = await lines(`${first}{"address":{"zip":"069"},"id":2,"late":"x"}\n{"id":3}\n`)
    expect(header).toEqual(['id', 'address.city', 'address.geo.lat', 'address.zip', 'late'])
    expect(rows).toHaveLength(5_002)
    expect(rows[0]).toEqual(['1', 'Lyon', '1.5', '', ''])
    expect(rows[4_999]).toEqual(['1', 'Lyon', '1.5', '', ''])
    expect(rows.slice(5_000)).toEqual([
      ['2', '', '', '069', 'x'],
      ['3', '', '', '', ''],
    ])
  })

  test.each([
    ['"007"', '007'],
    ['" 1.10 "', ' 1.10 '],
    ['"2024-05-01T10:00:00+02:00"', '2024-05-01T10:00:00+02:00'],
    ['"a \\"b\\"\\n\\u00e9\\ud83d\\ude00, c"', 'a "b"\né😀, c'],
    ['1234567890123456789', '1234567890123456789'],
    ['0.12345678901234567890123', '0.12345678901234567890123'],
    ['12345678901234567.89', '12345678901234567.89'],
    ['1.10', '1.1'],
    ['42.0', '42'],
    ['-0', '0'],
    ['1.5E3', '1500'],
    ['1e-7', '0.0000001'],
    ['-2.5e+20', '-250000000000000000000'],
    ['0.0000001', '0.0000001'],
    ['true', 'true'],
    ['false', 'false'],
    ['null', ''],
    ['[]', ''],
    ['["a","b",null,1.50,true]', 'a;b;1.5;true'],
    ['["a;b","c"]', '["a;b","c"]'],
    ['[{"k":12345678901234567890},{"k":null}]', '[{"k":12345678901234567890},{"k":null}]'],
    ['[["a"]]', '[["a"]]'],
  ])('reads the value %s as %j', async (json, text) => {
    expect(await cell(json)).toBe(text)
  })

  test('writes numbers with the decimal comma that the sync declares, and leaves text as it is', async () => {
    expect(await lines('{"n":1.5,"t":"1.5","l":[1.5,2]}', { decimalSeparator: ',' })).toMatchObject({
      rows: [['1,5', '1.5', '1,5;2']],
    })
  })

  test('keeps a column of numbers and text as it is written', async () => {
    expect((await read('[{"a":1},{"a":"01"},{"a":true},{"a":null},{"a":"x"}]')).rows.flat()).toEqual([
      '1',
      '01',
      'true',
      '',
      'x',
    ])
  })

  test.each([
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFF[{"a":"Zoë"}]'), {}],
    ['UTF-16', encoded('[{"a":"Zoë"}]', 'utf-16le'), {}],
    ['windows-1252, if declared', encoded('[{"a":"Zoë"}]', 'windows-1252'), { encoding: 'windows-1252' as const }],
    ['gzip', gzipSync('[{"a":"Zoë"}]'), {}],
  ])('is read as %s', async (_, content, given) => {
    expect((await read(content, given)).rows).toEqual([['Zoë']])
    expect((await read(content, given, 'x.json.gz')).rows).toEqual([['Zoë']])
  })

  test('finds the same records however its bytes are cut', () => {
    const value: fc.Arbitrary<unknown> = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    })).value
    const record = fc.dictionary(fc.string(), value, { maxKeys: 4 })
    const forms = fc.constantFrom<'array' | 'lines' | 'inside'>('array', 'lines', 'inside')
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        forms,
        fc.integer({ min: 1, max: 40 }),
        (records, form, size) => {
          const text = {
            array: JSON.stringify(records, undefined, 1),
            lines: records.map(one => JSON.stringify(one)).join('\n'),
            inside: JSON.stringify({ x: records, 'a"': { b: records }, y: 1 }),
          }[form]
          const bytes = Buffer.from(text)
          const scanner = new JsonScanner('x', form === 'inside' ? 'a".b' : undefined)
          const found: unknown[] = []
          const names: number[] = []
          for (let at = 0; at < bytes.length; at += size) {
            for (const one of scanner.push(Buffer.from(bytes.subarray(at, at + size)))) {
              found.push(JSON.parse(one.bytes.toString()))
              names.push(one.names)
            }
          }
          scanner.end()
          expect(found).toEqual(JSON.parse(JSON.stringify(records)))
          expect(names).toEqual(records.map(countNames))
        },
      ),
    )
  })
})

const countNames = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + countNames(one), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((sum, one) => sum + 1 + countNames(one), 0)
}

const BROKEN: readonly (readonly [content: string | Buffer, message: RegExp, given?: OpenedFile])[] = [
  ['[{"a":1},{"a":', /line 1, record 2: it ends in the middle of a value\. Get the complete file again/],
  ['[{"a":1}', /it ends in the middle/],
  ['{"data":[{"a":1}]', /it ends in the middle/, { records: 'data' }],
  ['[{"a":1}\n{"a":2}]', /line 2, record 2: "\{" follows a record/],
  ['[{"a":1}] x', /"x" follows the end of the document/],
  ['[1,2]', /an item of the array is not an object\. Export the records as an array of objects/],
  ['"x"', /begins with "\\"".*array of objects, or as one object per line/],
  ['<!doctype html><p>Log in', /not JSON text: it looks like a web page/],
  ['[{"a":1},\n{"a":tru}]', /line 2, record 2: it is not valid JSON/],
  ['[{"a":"x\ny"}]', /a text is not closed in its line/],
  ['{"a":1,"a":2}\n{"a":1}', /an object has a name twice, so that one of its values would be lost/],
  ['{"a":{"b":1},"a.b":2}\n{"a":1}', /two of its values belong to the column "a\.b"/],
  ['[{"a":"\\ud800"}]', /half a character/],
  [
    '{"data":{"rows":[{"a":1}]}}',
    /it is one object\. If its records are at data\.rows, set records: data\.rows; if it is one record, set format: ndjson/,
  ],
  [
    '{"data":{"rows":[{"a":1}]},"other":[]}',
    /no array at rows\. It has arrays at data\.rows, other; set records to its path/,
    { records: 'rows' },
  ],
  ['[{"a":1}]', /it is an array, and records is rows\. Leave records out/, { records: 'rows' }],
  ['[]', /is empty: it has no record with a value/],
  ['', /is empty/],
  ['{"rows":[]}', /is empty/, { records: 'rows' }],
  [`[{"a":${'['.repeat(200)}`, /nested deeper than 100/],
  [encoded('[{"a":"Zoë"}]', 'windows-1252'), /it is not UTF-8\. Save it as UTF-8, or set encoding/],
  [gzipSync('[{"a":1}]').subarray(0, 20), /not a complete gzip file/],
]

describe('JSON that cannot be read', () => {
  test.each(BROKEN.map(([content, message, given = {}]) => [content, message, given] as const))(
    '%j is rejected',
    async (content, message, given) => {
      await expect(read(content, given)).rejects.toThrow(message)
    },
  )

  test('shows no value of a record in its message', async () => {
    const error = await read('[{"a":"secret" "b":1}]').catch((thrown: unknown) => thrown)
    expect(String(error)).toMatch(/line 1, record 1: it is not valid JSON/)
    expect(String(error)).not.toContain('secret')
  })

  test('is rejected when its names are values, or a record is too long', () => {
    const scanner = new JsonScanner('x', undefined)
    const columns = new JsonColumns('.')
    const names = Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`n${index}`, 1]))
    const [record] = scanner.push(Buffer.from(JSON.stringify(names)))
    expect(() => record && columns.row(record)).toThrow(/more than 5000 different names/)
    const block = Buffer.from('{"a":"'.padEnd(1_000_000, 'x'))
    const long = new JsonScanner('x', undefined)
    expect(() => {
      for (let count = 0; count < 11; count++) {
        expect([...long.push(count === 0 ? block : Buffer.alloc(1_000_000, 120))]).toEqual([])
      }
    }).toThrow(/record of more than 10000000 bytes.*set records to its path/)
  })

  test('is rejected when its rows are larger than a source may be', async () => {
    await expect(read('[{"a":"x"}]', { maxSourceBytes: 5 })).rejects.toThrow(/more than 5 bytes/)
  })

  test('can be closed before its end', async () => {
    await writeFile(join(base, 'long.ndjson'), '{"a":"0123456789"}\n'.repeat(200_000))
    vi.stubEnv('TMPDIR', base)
    const reader = await openSource({ uri: 'file:long.ndjson' }, { baseDirectory: base, dataDirectories: ['.'] })
    for await (const batch of reader.batches) {
      expect(batch.records).toBeGreaterThan(0)
      break
    }
    await reader.close()
    vi.unstubAllEnvs()
    expect((await readdir(base)).filter(name => name.startsWith('sflink-source-'))).toEqual([])
  })

  test('leaves no temporary file behind', async () => {
    vi.stubEnv('TMPDIR', base)
    await lines('{"a":1}')
    await expect(read('[1]')).rejects.toThrow()
    expect((await readdir(base)).filter(name => name.startsWith('sflink-source-'))).toEqual([])
    vi.unstubAllEnvs()
  })
})
