import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSource } from '../../../loader/sources/open.ts'
import type { SourceOpening } from '../../../loader/sources/sourceReader.ts'
import type { OpenedExternal } from '../../../packages/client/contract/sourceSpec.ts'
import { allRows } from './tables.ts'

export type OpenedFile = Omit<OpenedExternal, 'uri'> &
  Pick<SourceOpening, 'decimalSeparator' | 'maxSourceBytes' | 'signal'>

/** Reads the file of this name below the directory, as a step does: its header and its rows. */
export async function openedRows(base: string, name: string, given: OpenedFile = {}) {
  const { decimalSeparator, maxSourceBytes, signal, ...source } = given
  const opening = { decimalSeparator, maxSourceBytes, signal }
  const kept = Object.fromEntries(Object.entries(opening).filter(([, value]) => value !== undefined))
  const places = { baseDirectory: base, dataDirectories: ['.'], ...kept }
  const reader = await openSource({ uri: `file:${name}`, ...source }, places)
  try {
    return { header: reader.header, rows: await allRows(reader), reading: reader.reading?.() }
  } finally {
    await reader.close()
  }
}

/** Writes the file and reads it. */
export async function rowsOf(base: string, name: string, content: string | Buffer, given: OpenedFile = {}) {
  await writeFile(join(base, name), content)
  return await openedRows(base, name, given)
}
