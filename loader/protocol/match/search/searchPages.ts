import { randomUUID } from 'node:crypto'
import { type CellReader, recordCells } from '../../../csv/cellReader.ts'
import type { RecordBytes } from '../../../csv/recordBytes.ts'
import type { KeyField } from '../../../salesforce/keyForms.ts'
import type { SalesforceConnection } from '../../../salesforce/salesforceConnection.ts'
import type { Step } from '../../../step.ts'
import type { RunFileWriter, RunStore } from '../../../storage/runStore.ts'
import type { SearchFolder, SearchPageFiles } from '../../layout.ts'
import { readJsonIfThere } from '../../runRecords.ts'
import type { KeyFile } from '../keyedChunks.ts'
import type { MatchLimits } from '../matchLimits.ts'

export type OrgSearch = {
  readonly salesforce: SalesforceConnection
  readonly store: RunStore
  readonly folder: SearchFolder
  /** Names its files in the folder. */
  readonly place: string
  readonly object: string
  /** The fields that together find a record. */
  readonly keys: readonly KeyField[]
  /** Paths of the values that are read beside the Id and the key; none when only Ids are needed. */
  readonly paths: readonly string[]
  /** Conditions that a record must meet to be found. */
  readonly where?: string
  /** The conditions of the records that are read, whatever their keys are. @default those that the keys may mean */
  readonly scope?: string
  /** The keys that are searched for. */
  readonly files: readonly KeyFile[]
  readonly limits: MatchLimits
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

/** What a search selects: the Id, the keys, and the values, each once. */
export function selectedPaths({ keys, paths }: Pick<OrgSearch, 'keys' | 'paths'>): readonly string[] {
  return [...new Set(['Id', ...keys.map(({ name }) => name), ...paths])]
}

/** Where a page has the Id, the keys and the values of a record, counted from 0. */
export type PageColumns = {
  readonly id: number
  readonly keys: readonly number[]
  readonly values: ReadonlyMap<string, number>
}

/** Reads the keys of a record of a page. @param cells one for each key field */
export function readKeys(
  cells: readonly CellReader[],
  { keys }: Pick<PageColumns, 'keys'>,
  bytes: Buffer,
  start: number,
  end: number,
): readonly CellReader[] {
  for (let index = 0; index < cells.length; index++) {
    ;(cells[index] as CellReader).readAt(keys[index] as number, bytes, start, end)
  }
  return cells
}

type StoredPage = Pick<OrgSearch, 'keys' | 'paths' | 'store'> & { readonly page: string }

/** Reads the header of a page in the run store. Throws a RangeError when it lacks a column. */
export function columnsOf(records: RecordBytes, { store, page, ...search }: StoredPage): PageColumns {
  const columns = pageColumns(records, search)
  if (typeof columns !== 'string') return columns
  throw new RangeError(`${store.location}: ${page} lacks the column ${columns}`)
}

/** Reads the header of a page. @param records the first ones of the page @returns the columns, or the name of one that it lacks */
export function pageColumns(records: RecordBytes, search: Pick<OrgSearch, 'keys' | 'paths'>): PageColumns | string {
  const names = recordCells(records, 0).map(text => text.trim().toLowerCase())
  const columns = new Map(selectedPaths(search).map(path => [path, names.indexOf(path.toLowerCase())]))
  for (const [path, column] of columns) if (column < 0) return path
  return columnsAt(search, columns)
}

/** The columns of a page whose paths are in these places. */
export const columnsAt = ({ keys }: Pick<OrgSearch, 'keys'>, places: ReadonlyMap<string, number>): PageColumns => ({
  id: places.get('Id') as number,
  keys: keys.map(({ name }) => places.get(name) as number),
  values: places,
})
