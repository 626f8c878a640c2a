import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { csvLine } from '../../csv/ownCsv.ts'
import type { Column } from './columns.ts'
import { ValueProblem } from './columns.ts'
import { BATCH_CHARACTERS, fetchRows } from './cursor.ts'
import type { Session } from './databaseClient.ts'

const BLOCK_CHARACTERS = 64 * 1024

/** Bytes that wait for the consumer until the socket is not read: rows may be larger than those before them. */
const MOST_WAITING = 4 * BATCH_CHARACTERS

/**
 * The rows of the cursor as CSV with a header line. Reads no faster than the consumer, and then closes the session.
 * Rejects with the errors of pg, and with ValueProblem.
 */
export async function* rowsAsCsv(session: Session, columns: readonly Column[]): AsyncGenerator<Uint8Array, void> {
  const output = new PassThrough({ writableHighWaterMark: BATCH_CHARACTERS })
  writeRows(session, columns, output).then(
    () => output.end(),
    error => output.destroy(error),
  )
  try {
    yield* output as AsyncIterable<Buffer>
  } finally {
    await session.close()
  }
}

async function writeRows({ client, socket }: Session, columns: readonly Column[], output: PassThrough): Promise<void> {
  let block = csvLine(columns.map(({ name }) => name))
  const write = () => {
    output.write(block)
    block = ''
    if (output.writableLength < MOST_WAITING) return
    socket().pause()
    output.once('drain', () => socket().resume())
  }
  await fetchRows(client, {
    onRow: row => {
      const line = csvLine(row.map((text, at) => valueText(columns, at, text)))
      block += line
      if (block.length >= BLOCK_CHARACTERS) write()
      return line.length
    },
    roomForMore: async () => {
      if (output.writableNeedDrain) await once(output, 'drain')
    },
  })
  if (block !== '') write()
  // Some functions write in a read-only transaction too, such as lo_import.
  await client.query('ROLLBACK')
}

function valueText(columns: readonly Column[], at: number, text: string | null): string {
  if (text === null) return ''
  const { name, render } = columns[at] as Column
  try {
    return render(text)
  } catch (error) {
    throw error instanceof ValueProblem
      ? new ValueProblem(`the column ${JSON.stringify(name)} ${error.message}`)
      : error
  }
}
