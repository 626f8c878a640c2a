// The files of a run with their sizes, as text.
import { IN_DOUBT_FILE, REJECTED_FILE, REPORT_FILE, RESULTS_FILE, SPEC_FILE } from '../loader/protocol/layout.ts'
import { count } from '../workflows/page/markdown.ts'
import { columns, fileSize } from './columns.ts'

export type StoredFile = { readonly path: string; readonly bytes: number }

/** Files that a person opens, the most useful first. */
const NAMED = [RESULTS_FILE, REJECTED_FILE, IN_DOUBT_FILE, REPORT_FILE, SPEC_FILE]

/** The files that a person opens one by one; the run's working files in one line. */
export function storedFilesText(location: string, files: readonly StoredFile[]): string {
  const named = NAMED.flatMap(name => files.filter(({ path }) => path === name))
  const others = files.filter(({ path }) => !NAMED.includes(path))
  const rows = named.map(({ path, bytes }) => [`${location}/${path}`, fileSize(bytes)])
  if (others.length > 0) {
    const what = `${count(others.length)} working ${others.length === 1 ? 'file' : 'files'}`
    rows.push([what, fileSize(others.reduce((sum, { bytes }) => sum + bytes, 0))])
  }
  return columns(rows, { align: ['left', 'right'] })
}
