// The name of a run that a command starts, and the command as it was typed.
import { randomInt } from 'node:crypto'
import { shownUri } from '../loader/storage/uris.ts'
import { type RunName, runLabel, runNameOf, workflowIdOf } from '../packages/client/contract/names.ts'
import type { RunOptions } from './runSpec.ts'

/** Labels of one millisecond that are apart. */
const RANDOM = 36 * 36

/** The label of a run that starts now. */
export function newLabel(): string {
  const random = randomInt(RANDOM).toString(36).padStart(2, '0')
  return runLabel(new Date(), random)
}

export const newRun = (sync: string): RunName => runNameOf(workflowIdOf(sync, newLabel()))

/** The command as typed, with the options that change the run. */
export function commandLine(
  command: 'sync run' | 'sync plan',
  name: string,
  { source, set, limit, parentRuns = {} }: RunOptions,
): string {
  const settings = set.flatMap(setting => ['--set', setting])
  const given = [
    ...(source === undefined ? [] : ['--source', shownUri(source)]),
    ...settings,
    ...(limit === undefined ? [] : ['--limit', String(limit)]),
    ...Object.entries(parentRuns).flatMap(([sync, runId]) => ['--parents', `${sync}=${runId}`]),
  ]
  const words = [name, ...given].map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`))
  return [`sflink ${command}`, ...words].join(' ')
}
