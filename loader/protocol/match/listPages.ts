import { isObject } from '../../../packages/client/contract/issues.ts'
import { present } from '../../../packages/client/contract/scalars.ts'
import { csvLine } from '../../csv/ownCsv.ts'
import type { QueriedRecord } from '../../salesforce/salesforceConnection.ts'
import type { RunFileWriter } from '../../storage/runStore.ts'
import { searchFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'
import { chunkGroups, eachKey } from './keyedChunks.ts'
import { type OrgSearch, selectedPaths, storedPage, storePage } from './searchPages.ts'

/** Stores the records that `IN` lists find, in one page for the keys of several chunks. */
export async function pagesOfLists(search: OrgSearch, number: number): Promise<readonly string[]> {
  const { store, step, chunks, limits } = search
  const pages: string[] = []
  for (const group of chunkGroups(chunks, limits.listKeys)) {
    const files = searchFiles(search.folder, search.place, number).page(pages.length + 1)
    step.heartbeat({ searchingByLists: pages.length + 1 })
    const write = async (writer: RunFileWriter) => {
      await writer.write(csvLine(selectedPaths(search)))
      await query(search, group, line => writer.write(line))
      return null
    }
    const { file } = (await storedPage(store, files)) ?? (await storePage(store, files, write))
    pages.push(file)
  }
  return pages
}

async function query(
  search: OrgSearch,
  chunks: readonly StagedChunk[],
  write: (line: string) => Promise<void>,
): Promise<void> {
  const { salesforce, store, object, key, where, step } = search
  const paths = selectedPaths(search)
  const values: string[] = []
  await eachKey(store, chunks, step, (bytes, start, end) => values.push(bytes.toString('utf8', start, end)))
  await salesforce.queryByKeys({
    object,
    key,
    ...present({ where }),
    fields: paths,
    values,
    signal: step.signal,
    take: record => write(csvLine(paths.map(path => textAt(record, path)))),
  })
}

/** The value at a path such as `LastName` or `Account.Name`; blank where the org has none. */
export function textAt(record: QueriedRecord, path: string): string {
  let value: unknown = record
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined
  return String(value ?? '')
}
