import { readCsv } from '../sources/csv.ts'
import type { SourceReader } from '../sources/sourceReader.ts'
import type { RunStore } from '../store/runStore.ts'

/** A CSV of ours in the run store, streamed: UTF-8, commas. Throws RunFileMissingError when there is none. */
export async function readStoredCsv(store: RunStore, path: string): Promise<SourceReader> {
  return readCsv(await store.read(path), {
    description: `${store.location}/${path}`,
    delimiter: ',',
    encoding: 'utf-8',
    anyNames: true,
  })
}

/** Its lines without the header, one by one, in batches. */
export async function* storedLines(store: RunStore, path: string): AsyncGenerator<readonly (readonly string[])[]> {
  const reader = await readStoredCsv(store, path)
  try {
    for await (const { rows } of reader.batches) yield rows
  } finally {
    await reader.close()
  }
}

/** Lines of two files that belong together line by line. Throws a RangeError when one has fewer. */
export async function* pairedLines(
  store: RunStore,
  first: string,
  second: string,
): AsyncGenerator<readonly [readonly string[], readonly string[]]> {
  const others = each(storedLines(store, second))
  try {
    for await (const line of each(storedLines(store, first))) {
      const { value: other, done } = await others.next()
      if (done) throw new RangeError(`${store.location}: ${second} has fewer lines than ${first}`)
      yield [line, other]
    }
  } finally {
    await others.return(undefined)
  }
}

async function* each<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch
}
