import { PassThrough } from 'node:stream'
import { csvLine } from '../../csv/ownCsv.ts'
import type { Column } from './columns.ts'
import { ValueProblem } from './columns.ts'
import { fetchRows } from './cursor.ts'
import type { Session } from './databaseClient.ts'

const BLOCK_CHARACTERS = 64 * 1024

/** Bytes that wait for the consumer until the socket is not read. One command of the server may answer with gigabytes. */
const MOST_WAITING = 256 * 1024

/**
 * The rows of the cursor as CSV with a header line. Reads no faster than the consumer, and then closes the session.
 * Rejects with the errors of pg, and with ValueProblem.
 */
export async function* rowsAsCsv(session: Session, columns: readonly Column[]): AsyncGenerator<Uint8Array, void> {
  const output = new PassThrough({ highWaterMark: MOST_WAITING })
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
    const isFull = !output.write(block)
    block = ''
    if (!isFull) return
    socket().pause()
    output.once('drain', () => socket().resume())
  }
  await fetchRows(client, row => {
    block += csvLine(row.map((text, at) => valueText(columns, at, text)))
    if (block.length >= BLOCK_CHARACTERS) write()
  })
  if (block !== '') write()
  await client.query('COMMIT')
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
