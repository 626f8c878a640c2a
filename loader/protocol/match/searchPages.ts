import { randomUUID } from 'node:crypto'
import { recordCells } from '../../csv/cellReader.ts'
import type { RecordBytes } from '../../csv/recordBytes.ts'
import type { KeyField } from '../../salesforce/keyForms.ts'
import type { SalesforceConnection } from '../../salesforce/salesforceConnection.ts'
import type { Step } from '../../step.ts'
import type { RunFileWriter, RunStore } from '../../storage/runStore.ts'
import type { SearchPageFiles } from '../layout.ts'
import { readJsonIfThere } from '../runRecords.ts'
import type { StagedChunk } from '../staged.ts'

export type SearchLimits = {
  /** From this many keys on, a query job over the whole object is considered: 20,000 are about 60 to 100 `IN` queries, against about 10 calls of a job. */
  readonly jobKeys: number
  /** A job reads the whole object, so it pays off only if the object has at most this many records for each key. */
  readonly jobRatio: number
  /** With more records for each key than this, those that no key can mean are not kept. */
  readonly keptRatio: number
  /** Keys that are searched for by lists at a time. */
  readonly listKeys: number
  /** Milliseconds until a job is polled for the first time; short, for small objects. */
  readonly firstPoll: number
}

export const SEARCH_LIMITS: SearchLimits = {
  jobKeys: 20_000,
  jobRatio: 10,
  keptRatio: 2,
  listKeys: 100_000,
  firstPoll: 500,
}

export type OrgSearch = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly object: string
  readonly key: KeyField
  /** The chunks whose records are searched for. */
  readonly chunks: readonly StagedChunk[]
  readonly limits: SearchLimits
  readonly step: Step
}

/** A page of a search in the run store. */
export type SearchPage = {
  readonly file: string
  /** Where the next page begins; null after the last one. */
  readonly next: string | null
}

/** Writes a file unless another worker has written it; returns what it contains. */
export async function decideOnce<T extends object>(store: RunStore, path: string, content: T): Promise<T> {
  if (await store.writeOnce(path, `${JSON.stringify(content)}\n`)) return content
  return (await readJsonIfThere<T>(store, path)) ?? content
}

/** undefined while the page has not been stored. */
export const storedPage = (store: RunStore, { note }: SearchPageFiles): Promise<SearchPage | undefined> =>
  readJsonIfThere<SearchPage>(store, note)

/**
 * Stores a page. Of two workers that store it the first one decides.
 * @param write returns where the next page begins
 */
export async function storePage(
  store: RunStore,
  files: SearchPageFiles,
  write: (writer: RunFileWriter) => Promise<string | null>,
): Promise<SearchPage> {
  const file = files.records(randomUUID())
  const writer = store.writer(file)
  let next: string | null
  try {
    next = await write(writer)
  } catch (error) {
    await writer.discard()
    throw error
  }
  await writer.finish()
  return decideOnce<SearchPage>(store, files.note, { file, next })
}

/** Where a page has the Id and the key of a record, counted from 0. */
export type PageColumns = { readonly id: number; readonly key: number }

/** Reads the header of a page; undefined when it lacks one of the columns. @param records the first ones of the page */
export function pageColumns(records: RecordBytes, { name }: KeyField): PageColumns | undefined {
  const names = recordCells(records, 0).map(text => text.trim().toLowerCase())
  const columns = { id: names.indexOf('id'), key: names.indexOf(name.toLowerCase()) }
  return columns.id < 0 || columns.key < 0 ? undefined : columns
}
