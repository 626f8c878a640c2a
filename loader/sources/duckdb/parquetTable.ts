import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { openLocalFile } from '../localFile.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { SOURCE_TABLE } from '../sourceUri.ts'
import { queryTable } from './queryTable.ts'

/** Reads all rows of a Parquet file. Throws SourceQueryError, and what `openLocalFile` throws. */
export async function openParquetTable({ uri }: OpenedExternal, opening: SourceOpening): Promise<SourceTable> {
  const file = await openLocalFile(uri, opening, opening.signal)
  try {
    const { description } = file
    const tables = [{ name: SOURCE_TABLE, files: [file.path] }]
    const table = await queryTable({ description, format: 'parquet', tables }, opening)
    await file.check()
    return table
  } finally {
    await file.close()
  }
}
