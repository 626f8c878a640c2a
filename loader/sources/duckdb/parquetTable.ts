import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { descriptionOf, matchingUris } from '../filePattern.ts'
import { type LocalFile, openLocalFile } from '../localFile.ts'
import type { SourceOpening, SourceTable } from '../sourceReader.ts'
import { SOURCE_TABLE } from '../sourceUri.ts'
import { queryTable } from './queryTable.ts'

/** Reads all rows of a Parquet file. Throws SourceQueryError, and what `openLocalFile` throws. */
export async function openParquetTable({ uri }: OpenedExternal, opening: SourceOpening): Promise<SourceTable> {
  const files = await openParquetFiles(uri, opening)
  try {
    const { description, paths } = files
    const tables = [{ name: SOURCE_TABLE, files: paths }]
    const table = await queryTable({ description, format: 'parquet', tables }, opening)
    await files.check()
    return table
  } finally {
    await files.close()
  }
}

export type ParquetFiles = {
  readonly description: string
  readonly paths: readonly string[]
  /** Throws SourceFileError when one of them has changed since it was opened. */
  readonly check: () => Promise<void>
  /** Removes copies. */
  readonly close: () => Promise<void>
}

/** The files of a URI, which may be a pattern, on this machine. Throws what `openLocalFile` throws. */
export async function openParquetFiles(uri: string, opening: SourceOpening): Promise<ParquetFiles> {
  const files: LocalFile[] = []
  const close = async () => {
    for (const file of files) await file.close()
  }
  try {
    const uris = await matchingUris(uri, opening)
    for (const one of uris) files.push(await openLocalFile(one, opening, opening.signal))
    const description = descriptionOf(uri, uris, files[0]?.description ?? uri)
    const check = async () => {
      for (const file of files) await file.check()
    }
    return { description, paths: files.map(({ path }) => path), check, close }
  } catch (error) {
    await close()
    throw error
  }
}
