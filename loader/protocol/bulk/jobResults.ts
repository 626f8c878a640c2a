import {
  INGEST_RESULTS,
  type IngestJob,
  type IngestResultsKind,
  type SalesforceConnection,
} from '../../salesforce/salesforceConnection.ts'
import { SourceEmptyError } from '../../sources/errors.ts'
import type { SourceReader } from '../../sources/sourceReader.ts'
import type { RunStore } from '../../storage/runStore.ts'
import { type ChunkAttempt, chunkFiles } from '../layout.ts'
import { readStoredCsv } from '../storedCsv.ts'

/** The results of one ingest job, downloaded to the run store. */
export type ResultFile = { readonly kind: IngestResultsKind; readonly reader: SourceReader }

/** The file of a job's results. It is never removed: another workflow under the same run id may be reading it. */
const fileOf = (place: ChunkAttempt, kind: IngestResultsKind): string =>
  chunkFiles(place.chunk, place.attempt).answers[kind]

/** A job that was aborted before it processed any record has no results. */
export function kindsOf(job: IngestJob): readonly IngestResultsKind[] {
  return job.state === 'Aborted' && job.numberRecordsProcessed === 0 ? [] : INGEST_RESULTS
}

/** Downloads the results of a job as they are. They are read afterwards, so no connection is held open between downloads. */
export async function downloadResults(
  store: RunStore,
  place: ChunkAttempt,
  salesforce: SalesforceConnection,
  jobId: string,
  kinds: readonly IngestResultsKind[],
  signal: AbortSignal,
): Promise<void> {
  for (const kind of kinds) {
    await store.write(fileOf(place, kind), await salesforce.ingestResults(jobId, kind, signal))
  }
}

/** Opens downloaded results, the file with the most columns first, as the correlator requires. Closes them at the end. */
export async function withResults<T>(
  store: RunStore,
  place: ChunkAttempt,
  kinds: readonly IngestResultsKind[],
  read: (files: readonly ResultFile[]) => Promise<T>,
): Promise<T> {
  const files: ResultFile[] = []
  try {
    for (const kind of kinds) {
      const reader = await openResults(store, fileOf(place, kind))
      if (reader !== undefined) files.push({ kind, reader })
    }
    return await read(files.toSorted((a, b) => b.reader.header.length - a.reader.header.length))
  } finally {
    await Promise.all(files.map(({ reader }) => reader.close()))
  }
}

/** An empty file has no results and no header. */
async function openResults(store: RunStore, path: string): Promise<SourceReader | undefined> {
  try {
    return await readStoredCsv(store, path)
  } catch (error) {
    if (error instanceof SourceEmptyError) return undefined
    throw error
  }
}
