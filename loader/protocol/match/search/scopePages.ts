import { csvLine } from '../../../csv/ownCsv.ts'
import { apiName } from '../../../salesforce/soql.ts'
import type { RunFileWriter } from '../../../storage/runStore.ts'
import { searchFiles } from '../../layout.ts'
import { textAt } from './listPages.ts'
import { type OrgSearch, selectedPaths, storedPage, storePage } from './searchPages.ts'

/** Stores all records of a scope in one page, read by REST queries. */
export async function pagesOfScope(search: OrgSearch, number: number): Promise<readonly string[]> {
  const { salesforce, store, object, scope = '', step } = search
  const paths = selectedPaths(search)
  const files = searchFiles(search.folder, search.place, number).page(1)
  step.heartbeat({ searchingScope: object })
  const write = async (writer: RunFileWriter) => {
    await writer.write(csvLine(paths))
    const soql = `SELECT ${paths.map(apiName).join(', ')} FROM ${apiName(object)} WHERE (${scope})`
    for await (const record of salesforce.query(soql, step.signal)) {
      await writer.write(csvLine(paths.map(path => textAt(record, path))))
    }
    return null
  }
  const { file } = (await storedPage(store, files)) ?? (await storePage(store, files, write))
  return [file]
}
