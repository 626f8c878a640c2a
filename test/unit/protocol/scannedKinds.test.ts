// The copy of a source, opened as the source was: the same records, with the same quotes that cannot be read, whatever the kind of the source.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { recordValues } from '../../../loader/csv/cells.ts'
import { openScanned, type ScannedSource } from '../../../loader/protocol/scan/scannedSource.ts'
import { openSource } from '../../../loader/sources/open.ts'
import type { SourceReader } from '../../../loader/sources/sourceReader.ts'
import type { RunStore } from '../../../loader/storage/runStore.ts'
import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { temporaryFolder } from '../../rig/temporaryFolder.ts'

const folder = temporaryFolder()

const GERMAN = 'name;note\r\nMüller;"a; b"\r\n\r\nJäger;"J. "Jo" S."\r\n;\r\nBerg;"C:\\"\r\n'

const KINDS: Readonly<Record<string, readonly [file: string, content: Uint8Array | string, more?: object]>> = {
  'CSV in UTF-8 with a byte order mark': ['a.csv', `\uFEFF${GERMAN}`],
  'CSV in windows-1252, which is guessed': ['b.csv', iconv.encode(GERMAN, 'windows-1252')],
  'CSV in UTF-16': ['c.csv', iconv.encode(GERMAN, 'utf-16le', { addBOM: true })],
  'CSV whose first letter beyond ASCII is far behind': [
    'd.csv',
    iconv.encode(`name;note\n${'Plain;text\n'.repeat(20_000)}Müller;x\n`, 'windows-1252'),
  ],
  'compressed CSV': ['e.csv.gz', gzipSync(GERMAN)],
  'CSV with a declared delimiter': ['f.csv', 'name|note\nA|b,c;d\n', { delimiter: '|' }],
  JSON: [
    'g.json',
    JSON.stringify([
      { name: 'Müller', note: 'C:\\' },
      { name: '', note: '' },
      { name: 'B\n"q"', note: '' },
    ]),
  ],
  'JSON Lines': ['h.ndjson', '{"name":"A","note":"x, \\"y\\""}\n{"name":"B"}\n'],
}

async function rowsOf({ header, batches, close }: SourceReader) {
  const rows: (readonly [row: number, values: readonly string[], problem: string | undefined])[] = []
  for await (const batch of batches) {
    for (let at = 0; at < batch.records; at++) {
      rows.push([batch.firstRow + at, recordValues(batch, at), batch.problems.get(at)])
    }
  }
  await close()
  return { header, rows }
}

test.each(Object.entries(KINDS))('%s', async (_, [file, content, more = {}]) => {
  await writeFile(join(folder, file), content)
  const pieces: Uint8Array[] = []
  const onBytes = async (bytes: Uint8Array) => void pieces.push(Uint8Array.from(bytes))
  const source = { uri: `file:${file}`, ...more } as OpenedExternal
  const reader = await openSource(source, { baseDirectory: folder, dataDirectories: ['.'], onBytes })
  const first = await rowsOf(reader)
  const { description } = reader
  const scanned = { description, reading: reader.reading?.() } as ScannedSource
  const copy = Buffer.concat(pieces)
  // Another division into blocks than that of the source.
  const blocks = Array.from({ length: Math.ceil(copy.length / 1_000) }, (_block, at) =>
    copy.subarray(at * 1_000, (at + 1) * 1_000),
  )
  const store = { read: async () => Readable.from(blocks) } as unknown as RunStore
  let bytes = 0
  const again = await openScanned(store, scanned, block => {
    bytes += block.length
  })
  expect(again.reading?.()).toEqual(scanned.reading)
  expect(await rowsOf(again)).toEqual(first)
  expect({ bytes, records: first.rows.length > 0 }).toEqual({ bytes: copy.length, records: true })
})
