import { csvRecords } from '../csv/csvRecords.ts'
import { readCsv } from '../sources/csv.ts'
import type { SourceReader } from '../sources/sourceReader.ts'
import type { RunStore } from '../storage/runStore.ts'

/** Opens one of our CSV files in the run store (UTF-8, commas) as a stream. Throws RunFileMissingError when it does not exist. */
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

/** Its lines without the header, unparsed, in batches. Throws RunFileMissingError when it does not exist. */
export async function* storedRecords(store: RunStore, path: string): AsyncGenerator<readonly string[]> {
  let isFirst = true
  for await (const records of csvRecords(await store.read(path))) {
    yield isFirst ? records.slice(1) : records
    isFirst = false
  }
}

/** Lines of two files that belong together line by line, in batches. Throws a RangeError when the second has fewer. */
export async function* pairedLines(
  store: RunStore,
  first: string,
  second: string,
): AsyncGenerator<readonly (readonly [readonly string[], readonly string[]])[]> {
  const others = storedLines(store, second)
  let waiting: readonly (readonly string[])[] = []
  let next = 0
  try {
    for await (const lines of storedLines(store, first)) {
      const pairs: [readonly string[], readonly string[]][] = []
      for (const line of lines) {
        while (next === waiting.length) {
          const { value, done } = await others.next()
          if (done) throw new RangeError(`${store.location}: ${second} has fewer lines than ${first}`)
          waiting = value
          next = 0
        }
        pairs.push([line, waiting[next] ?? []])
        next += 1
      }
      yield pairs
    }
  } finally {
    await others.return(undefined)
  }
}
