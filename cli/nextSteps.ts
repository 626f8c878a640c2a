// What to do about a run that did not load every record.
import { relative } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import { IN_DOUBT_FILE, REJECTED_FILE } from '../loader/protocol/layout.ts'
import type { ListedRun } from './allRuns.ts'
import type { StoredFile } from './storedFiles.ts'

/** One line for each thing to do; empty when every record was loaded. */
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
