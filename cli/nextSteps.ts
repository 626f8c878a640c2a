// What can be done about a run that did not get every record through.
import { relative } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { IN_DOUBT_FILE, REJECTED_FILE, REPORT_FILE, RESULTS_FILE, SPEC_FILE } from '../loader/protocol/layout.ts'
import { count } from '../workflows/page/markdown.ts'
import type { ListedRun } from './allRuns.ts'
import { columns, fileSize } from './columns.ts'

/** One line for each thing to do; none when all is well. */
export function nextSteps(
  run: ListedRun,
  location: string,
  files: readonly StoredFile[],
  { baseDirectory, dataDirectories }: Configuration,
): readonly string[] {
  const { runId, sync = '<sync>', state } = run
  const has = (name: string) => files.some(({ path }) => path === name)
  const lines: string[] = []
  if (state === 'failed' || state === 'cancelled' || state === 'unfinished') {
    lines.push(`Resume it, nothing is sent twice: sflink sync resume ${runId}`)
  }
  if (has(REJECTED_FILE)) {
    const [folder = baseDirectory] = dataDirectories
    const source = `file:${relative(baseDirectory, folder)}/corrected.csv`
    lines.push(
      `Correct ${location}/${REJECTED_FILE}, save it as ${folder}/corrected.csv and load those records: sflink sync run ${sync} --source ${source}`,
    )
  }
  if (has(IN_DOUBT_FILE)) {
    lines.push(
      `Look up in the org each record of ${location}/${IN_DOUBT_FILE}: it may be there; load only those that are not`,
    )
  }
  return lines
}

type StoredFile = { readonly path: string; readonly bytes: number }

/** Files that a person opens, the most wanted first. */
const NAMED = [RESULTS_FILE, REJECTED_FILE, IN_DOUBT_FILE, REPORT_FILE, SPEC_FILE]

/** The files that a person opens one by one, what the run works with in one line. */
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
