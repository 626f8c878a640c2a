import type { OpenedExternal, SourceFormat } from '../../../packages/client/contract/sourceSpec.ts'
import { SourceEmptyError } from '../../csv/errors.ts'
import { rejected } from '../errors.ts'
import { descriptionOf, matchingUris } from '../filePattern.ts'
import { openBytes } from '../schemes.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { SpooledRows } from '../spooledRows.ts'
import { readAsUtf8 } from '../utf8Text.ts'
import { SourceJsonError } from './errors.ts'
import { JsonColumns } from './jsonColumns.ts'
import { JsonScanner } from './jsonScanner.ts'

/**
 * Reads all records of JSON into a temporary file, since any of them may have a column of its own. Text stays as it is written.
 * Throws SourceJsonError, SourceEmptyError when there is no record, and what `openBytes` throws.
 */
export async function openJsonTable(
  source: OpenedExternal,
  opening: SourceOpening,
  format: SourceFormat,
): Promise<SourceTable> {
  const uris = await matchingUris(source.uri, opening)
  const rows = await SpooledRows.open()
  const columns = new JsonColumns(opening.decimalSeparator ?? '.')
  try {
    let first: string | undefined
    for (const uri of uris) {
      const description = await readRecords({ ...source, uri }, opening, { rows, columns, format })
      first ??= description
    }
    const description = descriptionOf(source.uri, uris, first ?? source.uri)
    if (columns.names.length === 0) {
      throw new SourceEmptyError(description, 'it has no record with a value. Export it again.')
    }
    return {
      description,
      csv: () => rows.csv(columns.names),
      reading: () => ({ source: description, format }),
      close: () => rows.close(),
    }
  } catch (error) {
    await rows.close()
    throw error
  }
}

type Target = { readonly rows: SpooledRows; readonly columns: JsonColumns; readonly format: SourceFormat }

/** Adds the records of one file. Returns its name in messages. */
async function readRecords(
  source: OpenedExternal,
  opening: SourceOpening,
  { rows, columns, format }: Target,
): Promise<string> {
  const { signal, maxSourceBytes = Number.POSITIVE_INFINITY } = opening
  const { description, stream } = await openBytes(source.uri, opening, signal)
  const text = readAsUtf8(description, stream(), source.encoding, 'JSON')
  const scanner = new JsonScanner(description, source.records)
  let records = 0
  for await (const block of text.blocks) {
    for (const record of scanner.push(block)) {
      rows.add(columns.row(record))
      records += 1
    }
    if (rows.isFull) await rows.write()
    if (rows.bytes > maxSourceBytes) {
      const problem = `its rows have more than ${maxSourceBytes} bytes, the most that is allowed`
      throw rejected(source.uri, 'tooLarge', problem, 'Split it, or raise maxSourceBytes in sflink.yaml.')
    }
  }
  scanner.end()
  await rows.write()
  if (text.encoding().encodingBy === 'guessed') {
    throw new SourceJsonError(description, 'it is not UTF-8', undefined, ENCODING)
  }
  const [list] = columns.lists
  if (format === 'json' && scanner.isSequence && records === 1 && list !== undefined) {
    const advice = `If its records are at ${list}, set records: ${list}; if it is one record, set format: ndjson.`
    throw new SourceJsonError(description, 'it is one object', undefined, advice)
  }
  return description
}

const ENCODING =
  'Save it as UTF-8, or set encoding beside its uri to the one in which it was written, such as windows-1252.'
