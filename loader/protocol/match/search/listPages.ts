import { isObject } from '../../../../packages/client/contract/issues.ts'
import { present } from '../../../../packages/client/contract/scalars.ts'
import type { CellReader } from '../../../csv/cellReader.ts'
import { csvLine } from '../../../csv/ownCsv.ts'
import { type KeyField, keyFormOf } from '../../../salesforce/keyForms.ts'
import type { QueriedRecord } from '../../../salesforce/salesforceConnection.ts'
import { RunRejectedError } from '../../../spec/runRejectedError.ts'
import type { RunFileWriter } from '../../../storage/runStore.ts'
import { searchFiles } from '../../layout.ts'
import { chunkGroups, eachKey, type KeyFile } from '../keyedChunks.ts'
import { type OrgSearch, selectedPaths, storedPage, storePage } from './searchPages.ts'

/** Stores the records that `IN` lists find, in one page for the keys of several files. */
export async function pagesOfLists(search: OrgSearch, number: number): Promise<readonly string[]> {
  const { store, step, files: keyFiles, limits } = search
  const pages: string[] = []
  for (const group of chunkGroups(keyFiles, limits.listKeys)) {
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
  files: readonly KeyFile[],
  write: (line: string) => Promise<void>,
): Promise<void> {
  const { salesforce, store, object, keys, where, limits, step } = search
  const { mostFound = Number.POSITIVE_INFINITY } = limits
  const paths = selectedPaths(search)
  const columns = keys.map((key): ListedKey => ({ key, values: [] }))
  await eachKey(store, files, step, keys.length, cells => {
    for (const [index, { values }] of columns.entries()) values.push((cells[index] as CellReader).text)
  })
  const { key, values } = mostSelective(columns)
  let found = 0
  await salesforce.queryByKeys({
    object,
    key,
    ...present({ where }),
    fields: paths,
    values,
    signal: step.signal,
    take: record => {
      found += 1
      if (found > mostFound) throw tooMany(object, key, mostFound)
      return write(csvLine(paths.map(path => textAt(record, path))))
    },
  })
}

/** Fields that many records share find no single one. */
const tooMany = (object: string, { name }: KeyField, most: number): RunRejectedError =>
  new RunRejectedError(`The search for ${object} records`, [
    `more than ${most.toLocaleString('en-US')} have one of the values of ${name}; nothing was sent. Find them by fields that few records share, or narrow them by where`,
  ])

type ListedKey = { readonly key: KeyField; readonly values: string[] }

/**
 * Of several key fields, the one with the most different values in the source: the fewest records of the org have one of them. The first one
 * among equals. All fields are compared when the records are joined.
 */
function mostSelective(columns: readonly ListedKey[]): ListedKey {
  const [first] = columns
  if (first === undefined || columns.length === 1) return first as ListedKey
  const counts = columns.map(({ key, values }) => new Set(values.map(keyFormOf(key).canonical)).size)
  return columns[counts.indexOf(Math.max(...counts))] ?? first
}

/** The value at a path such as `LastName` or `Account.Name`; blank where the org has none. */
export function textAt(record: QueriedRecord, path: string): string {
  let value: unknown = record
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined
  return String(value ?? '')
}
