import { describe, expect, test } from 'vitest'
import { readCsv } from '../../../loader/sources/csv.ts'
import { SourceEncodingError, SourceNotTextError, SourceOptionError } from '../../../loader/sources/errors.ts'
import type { Encoding } from '../../../packages/client/contract/encodings.ts'
import { allRows, cut, encoded, streamed } from './tables.ts'

async function read(bytes: Uint8Array, encoding?: Encoding, size = bytes.length) {
  const reader = await readCsv(streamed(cut(bytes, [size])), { description: 'data/x.csv', encoding })
  const rows = await allRows(reader)
  const reading = reader.reading().text
  return { rows, encoding: reading?.encoding, header: reader.header, reading }
}

async function failure(bytes: Uint8Array, encoding?: Encoding) {
  return await read(bytes, encoding).then(
    () => expect.fail('it was read'),
    (error: unknown) => error as Error,
  )
}

describe('detection', () => {
  test.each([
    ['UTF-8', Buffer.from('name\nZoë 😀\n'), 'utf-8', 'Zoë 😀'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFname\nZoë\n'), 'utf-8', 'Zoë'],
    ['UTF-16 LE with a mark', encoded('\uFEFFname\nZoë 😀\n', 'utf-16le'), 'utf-16le', 'Zoë 😀'],
    ['UTF-16 BE with a mark', encoded('\uFEFFname\nZoë 😀\n', 'utf-16be'), 'utf-16be', 'Zoë 😀'],
    ['UTF-16 LE without a mark', encoded('name\nZoë\n', 'utf-16le'), 'utf-16le', 'Zoë'],
    ['Russian in UTF-16 BE without a mark', encoded('name\nЮлия Петрова\n', 'utf-16be'), 'utf-16be', 'Юлия Петрова'],
    ['UTF-16 BE without a mark', encoded('name\nZoë\n', 'utf-16be'), 'utf-16be', 'Zoë'],
    ['Japanese in UTF-16 LE without a mark', encoded('名前\n鈴木花子\n', 'utf-16le'), 'utf-16le', '鈴木花子'],
    ['windows-1252', encoded('name\nZoë – 5 €\n', 'windows-1252'), 'windows-1252', 'Zoë – 5 €'],
    [
      'windows-1252 that ends in a letter that could begin UTF-8',
      encoded('name\nJosé', 'windows-1252'),
      'windows-1252',
      'José',
    ],
  ])('finds %s', async (_, bytes, encoding, value) => {
    expect(await read(bytes)).toMatchObject({
      rows: [[value]],
      encoding,
      header: [expect.stringMatching(/^(name|名前)$/)],
    })
  })

  test('waits for the first character beyond ASCII, however late it occurs', async () => {
    const plain = 'a,b\n'.repeat(200_000)
    const late = Buffer.concat([Buffer.from(plain), encoded('Zoë,5 €\n', 'windows-1252')])
    const found = await read(late, undefined, 1000)
    expect(found.encoding).toBe('windows-1252')
    expect(found.rows.at(-1)).toEqual(['Zoë', '5 €'])
  })

  test('does not depend on the chunks of the stream', async () => {
    const text = `name\n${'Müller\n'.repeat(30_000)}`
    for (const size of [1, 2, 3, 1021]) {
      const found = await read(Buffer.from(text), undefined, size)
      expect(found.encoding).toBe('utf-8')
      expect(new Set(found.rows.map(([value]) => value))).toEqual(new Set(['Müller']))
    }
  })
})

describe('invalid bytes', () => {
  test('in a UTF-8 file are an error with byte and line, never a replacement character', async () => {
    const bytes = Buffer.concat([Buffer.from('name\nZoë\nMüller\n'), Buffer.from([0x41, 0xe9, 0x42, 0x0a])])
    const error = await failure(bytes)
    expect(error).toBeInstanceOf(SourceEncodingError)
    expect(error.message).toBe(
      "The source data/x.csv can't be read as utf-8: at byte 19 (line 4) 0xE9 is not UTF-8. " +
        'Save it as UTF-8, or set encoding: windows-1252 beside its uri if that is how it was written.',
    )
    expect((error as SourceEncodingError).problem).toMatchObject({ kind: 'encoding', byte: 19, line: 4 })
  })

  test('are found long after the characters that show UTF-8', async () => {
    const good = Buffer.from(`name\nZoë\n${'plain\n'.repeat(100_000)}`)
    const error = await failure(Buffer.concat([good, Buffer.from([0xe9, 0x0a])]))
    expect((error as SourceEncodingError).problem).toMatchObject({ byte: good.length, line: 100_003 })
  })

  test('are read as windows-1252 when that is given', async () => {
    const bytes = Buffer.concat([Buffer.from('name\nZoë\n'), Buffer.from([0xe9, 0x0a])])
    expect((await read(bytes, 'windows-1252')).rows).toEqual([['ZoÃ«'], ['é']])
  })

  test('are an error where they are UTF-8 in a file that is read as windows-1252', async () => {
    const older = encoded('name\nZoë\nJosé\n', 'windows-1252')
    const joined = [Buffer.concat([older, Buffer.from('Jürgen\n')]), Buffer.from(`${'plain\n'.repeat(20_000)}Jürgen\n`)]
    const near = await failure(joined[0] as Buffer)
    expect(near.message).toContain('at byte 15 (line 4) is UTF-8, and other lines are not')
    const far = await failure(Buffer.concat([older, joined[1] as Buffer]))
    expect(far.message).toContain('(line 20004) is UTF-8')
  })

  test.each<Encoding>(['windows-1252', 'iso-8859-2', 'macintosh'])(
    'are an error when %s is given for a file of UTF-8',
    async given => {
      const error = await failure(Buffer.from('name\nJürgen\n'), given)
      expect(error).toBeInstanceOf(SourceOptionError)
      expect(error.message).toContain(`is not ${given}, the encoding given for it: its bytes are utf-8`)
      expect((await read(Buffer.from('name\nplain\n'), given)).rows).toEqual([['plain']])
    },
  )

  test('are an error in a file that is cut inside a character', async () => {
    const error = await failure(Buffer.from('name\nZoë\nZoë').subarray(0, -1))
    expect(error.message).toContain('at byte 12 (line 3) the file ends in the middle of a character')
    const wide = await failure(encoded('\uFEFFname\nx', 'utf-16le').subarray(0, -1))
    expect(wide.message).toContain("can't be read as utf-16le: at byte 12 (line 2) the file ends")
  })

  test('are an error where windows-1252 has no character', async () => {
    const error = await failure(Buffer.from([0x61, 0x0a, 0x81, 0x0a]), 'windows-1252')
    expect(error.message).toContain('at byte 2 (line 2) 0x81 is not a character of this encoding')
  })

  test('are an error where UTF-16 has half a pair', async () => {
    const bytes = Buffer.from('\uFEFFname\nx', 'utf16le')
    const error = await failure(Buffer.concat([bytes, Buffer.from([0x00, 0xdc, 0x0a, 0x00])]))
    expect(error.message).toContain('at byte 14 (line 2) half of a surrogate pair')
  })
})

describe('a byte order mark', () => {
  test.each([
    ['utf-8', encoded('\uFEFFname\nZoë\n', 'utf-16le'), 'utf-16le'],
    ['windows-1252', Buffer.from('\uFEFFname\nZoë\n'), 'utf-8'],
    ['utf-16le', encoded('\uFEFFname\nZoë\n', 'utf-16be'), 'utf-16be'],
  ] as const)(
    'wins over the declared encoding %s: rejected.csv has one, whatever its source is',
    async (given, bytes, found) => {
      const { rows, reading } = await read(bytes, given)
      expect(rows).toEqual([['Zoë']])
      expect(reading).toMatchObject({ encoding: found, encodingBy: 'byte order mark', samples: [] })
    },
  )
})

describe('an encoding that is clearly not the given one', () => {
  test.each([['utf-16le', Buffer.from('name\nZoë\n'), 'utf-8']] as const)(
    'is an error that names both: %s',
    async (given, bytes, found) => {
      const error = await failure(bytes, given)
      expect(error).toBeInstanceOf(SourceOptionError)
      expect(error.message).toContain(`is not ${given}, the encoding given for it: its bytes are ${found}.`)
    },
  )
})

describe('a file that is not text', () => {
  test.each([
    ['an Excel workbook', Buffer.from('PK\x03\x04\x14\x00\x06\x00[Content_Types].xml rest', 'latin1')],
    ['a ZIP archive', Buffer.from('PK\x03\x04\x14\x00\x06\x00contacts.csv', 'latin1')],
    ['an old Excel workbook (.xls)', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['a gzip archive', Buffer.from('1f8b0800000000000003', 'hex')],
    ['a PDF', Buffer.from('%PDF-1.7\n')],
    ['a Parquet file', Buffer.from('PAR1\x15')],
    ['a web page', Buffer.from('<!DOCTYPE html>\n<html><title>Login')],
    ['JSON', Buffer.from('[{"Email": "a@example.com"}]')],
    ['XML', Buffer.from('<?xml version="1.0"?><rows/>')],
    ['UTF-32 text', Buffer.from('fffe000061000000', 'hex')],
    ['a binary file (it holds zero bytes)', Buffer.from('a,b\n1,\0\n2,3\n', 'latin1')],
  ])('is reported by its format: %s', async (looksLike, bytes) => {
    const error = await failure(bytes)
    expect(error).toBeInstanceOf(SourceNotTextError)
    expect(error.message).toContain(`The source data/x.csv is not CSV text: it looks like ${looksLike}. `)
    expect(error.message).not.toContain('\n')
  })
})
