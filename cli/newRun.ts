// The name of a run that a command starts, and the command as it was typed.
import { randomInt } from 'node:crypto'
import { shownUri } from '../loader/storage/uris.ts'
import { type RunName, runLabel, runNameOf, workflowIdOf } from '../packages/client/contract/names.ts'
import type { RunOptions } from './runSpec.ts'

export function newRun(sync: string): RunName {
  return runNameOf(
    workflowIdOf(
      sync,
      runLabel(
        new Date(),
        randomInt(36 * 36)
          .toString(36)
          .padStart(2, '0'),
      ),
    ),
  )
}

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
