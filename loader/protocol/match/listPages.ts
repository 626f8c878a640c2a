import { csvLine } from '../../csv/ownCsv.ts'
import type { RunFileWriter } from '../../storage/runStore.ts'
import { searchFiles } from '../layout.ts'
import type { StagedChunk } from '../staged.ts'
import { chunkGroups, eachKey } from './keyedChunks.ts'
import { type OrgSearch, storedPage, storePage } from './searchPages.ts'

/** Stores the records that `IN` lists find, in one page for the keys of several chunks. */
export async function pagesOfLists(search: OrgSearch, number: number): Promise<readonly string[]> {
  const { store, step, chunks, limits } = search
  const pages: string[] = []
  for (const group of chunkGroups(chunks, limits.listKeys)) {
    const files = searchFiles(search.key.name, number).page(pages.length + 1)
    step.heartbeat({ searchingByLists: pages.length + 1 })
    const write = async (writer: RunFileWriter) => {
      await writer.write(csvLine(['Id', search.key.name]))
      await query(search, group, line => writer.write(line))
      return null
    }
    const { file } = (await storedPage(store, files)) ?? (await storePage(store, files, write))
    pages.push(file)
  }
  return pages
}

async function query(
  { salesforce, store, object, key, step }: OrgSearch,
  chunks: readonly StagedChunk[],
  write: (line: string) => Promise<void>,
): Promise<void> {
  const values: string[] = []
  await eachKey(store, chunks, step, (bytes, start, end) => values.push(bytes.toString('utf8', start, end)))
  await salesforce.queryByKeys({
    object,
    key,
    values,
    signal: step.signal,
    take: record => write(csvLine([String(record['Id']), String(record[key.name] ?? '')])),
  })
}
