// A file as people have it, staged: how it was read, what is rejected, and rejected.csv, which loads again.
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { aggregateResults } from '../../../loader/protocol/aggregate/aggregateResults.ts'
import { PLAN_FILE, SOURCE_FILE } from '../../../loader/protocol/layout.ts'
import type { PlannedRun } from '../../../loader/protocol/runRecords.ts'
import { stageSource } from '../../../loader/protocol/stage/stageSource.ts'
import { readCsv } from '../../../loader/sources/csv.ts'
import { type SpecParts, specOf } from '../../rig/describes.ts'
import { streamed } from '../sources/tables.ts'
import { dependenciesOf, newWorld, RUN_ID, stepOf, type World } from './memoryLoad.ts'

type FileOptions = {
  readonly encoding?: string
  readonly shortRows?: 'fill' | 'reject'
  readonly blankValues?: string[]
}

const PARTS: SpecParts = {
  fields: { LastName: 'name', Email: 'mail' },
  identityFields: ['id', 'name'],
  resultColumns: [],
}

async function staged(bytes: Uint8Array, options: FileOptions = {}) {
  const world = newWorld([], PARTS)
  const { source } = specOf({ ...PARTS, source: { uri: 'file:x.csv', ...options } })
  const run = JSON.parse(world.files.get(PLAN_FILE) as string) as PlannedRun
  world.files.set(PLAN_FILE, JSON.stringify({ ...run, spec: { ...run.spec, source } }))
  const given = dependenciesOf(world)
  const store = given.runStore()
  // The store of the rig holds text, and the copy of a source is bytes.
  const read = (path: string) => (path === SOURCE_FILE ? Promise.resolve(Readable.from([bytes])) : store.read(path))
  const dependencies = {
    ...given,
    runStore: () => ({ ...store, read }),
    openSource: async (_: unknown, { onBytes }: { readonly onBytes: (bytes: Uint8Array) => Promise<void> }) => {
      await onBytes(bytes)
      const encoding = 'encoding' in source ? source.encoding : undefined
      return readCsv(streamed([bytes]), { description: 'data/x.csv', encoding, skipEmptyRows: true })
    },
  }
  const result = await stageSource(dependencies, { runId: RUN_ID }, stepOf())
  return { result, world, dependencies }
}

/** Ends the run before anything is sent: then every record is rejected. */
async function ended({ dependencies, world }: Awaited<ReturnType<typeof staged>>) {
  const report = await aggregateResults(
    dependencies,
    { runId: RUN_ID, inlineResults: false, ended: 'failed' },
    stepOf(),
  )
  return { report, rejected: textOf(world, 'rejected.csv'), results: textOf(world, 'results.csv') }
}

const textOf = ({ files }: World, path: string): string => String(files.get(path) ?? '')

const GERMAN = iconv.encode(
  'id;name;mail;note;\r\r\n1;Müller;a@b.example;"x\r\ny";\r\r\n;;;;\r\r\n2;"Berg; jr.";nonsense;;\r\r\n; ;\u00a0;;\r\r\n3;"J. "Jo" S.";c@b.example;;\r\r\n\u001A',
  'windows-1252',
)

describe('a spreadsheet from Germany', () => {
  test('is read, and the run says how, what it guessed and what it passed over', async () => {
    const { result } = await staged(GERMAN)
    expect(result).toMatchObject({ records: 3, rejected: 2 })
    expect(result.reading).toEqual({
      source: 'data/x.csv',
      format: 'csv',
      text: {
        encoding: 'windows-1252',
        encodingBy: 'guessed',
        samples: ['Müller'],
        delimiter: ';',
        delimiterBy: 'detected',
      },
      emptyRows: 3,
    })
    expect(result.warnings).toEqual([
      expect.stringMatching(/^The source data\/x\.csv was read as windows-1252, a guess.*"Müller".*set encoding/),
    ])
  })

  test('gives a rejected.csv in its own form, with a byte order mark, that loads again with the same sync', async () => {
    const first = await staged(GERMAN, { encoding: 'cp1252' })
    expect(first.result.reading).toMatchObject({ text: { encodingBy: 'declared' } })
    const { rejected, report, results } = await ended(first)
    expect(rejected.split('\n').slice(0, 2)).toEqual([
      '\uFEFFid;name;mail;note;;errorcode;errormessage',
      expect.stringMatching(/^1;Müller;a@b\.example;"x\r$/),
    ])
    expect(results.split('\n').slice(1, 4)).toEqual([
      expect.stringMatching(/,1,Müller$/),
      expect.stringMatching(/,2,Berg; jr\.$/),
      expect.stringMatching(/,3,"J\. ""Jo"" S\."$/),
    ])
    expect(report.reading).toEqual(first.result.reading)
    const again = await staged(Buffer.from(rejected), { encoding: 'cp1252' })
    expect(again.result).toMatchObject({ records: 3, rejected: 1 })
    expect(again.result.reading?.text).toMatchObject({
      encoding: 'utf-8',
      encodingBy: 'byte order mark',
      delimiter: ';',
    })
    expect((await ended(again)).rejected.split('\n')[0]).toBe('\uFEFFid;name;mail;note;;errorcode;errormessage')
  })
})

test('a row with misplaced quotes is rejected alone, with its values as well as they can be read', async () => {
  const file = await staged(Buffer.from('id,name,mail\n1,"TV 50\\"",a@b.example\n2,Berg,b@b.example\n'))
  expect(file.result).toMatchObject({ records: 2, rejected: 1, rejections: [{ errorCode: 'MISPLACED_QUOTE' }] })
  expect((await ended(file)).rejected).toContain('\n1,"TV 50""",a@b.example,MISPLACED_QUOTE,')
})

test('short rows and words for null are read as the sync says', async () => {
  const bytes = Buffer.from('id,name,mail\n1,Weber\n2,Berg,\\N\n')
  expect((await staged(bytes)).result).toMatchObject({ rejected: 2 })
  const filled = await staged(bytes, { shortRows: 'fill', blankValues: ['\\N'] })
  expect(filled.result).toMatchObject({ records: 2, rejected: 0 })
})

test('marks in the values are warned of before anything is sent', async () => {
  const { result } = await staged(Buffer.from('\uFEFFid,name,mail\n1,MÃ¼ller,a@b.example\n'))
  expect(result.warnings).toEqual([
    expect.stringMatching(/UTF-8 that was read in another encoding.*"MÃ¼ller" in row 1/),
  ])
})
