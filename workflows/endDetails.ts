import { code, counted, plain, table } from '../sync/markdown.ts'
import type { RunOutcome } from '../sync/report.ts'
import type { RunState } from './runState.ts'

const OUTCOMES: Readonly<Record<RunOutcome, string>> = {
  completed: 'Completed: every record was created or updated',
  completed_with_refused: 'Completed with refused records: every record has its result',
  skipped: 'Skipped',
  cancelled: 'Cancelled before every record was sent',
  failed: 'Failed',
}

/** Most characters of a failure; all of it is the failure of the workflow. */
const FAILURE_SHOWN = 1_000

/** How the run ended, in one line; undefined while it has not. */
export function endHeadline({ report, failure }: RunState): string | undefined {
  if (failure?.outcome === 'failed') return `Failed: ${failure.message.replaceAll(/\s+/g, ' ').slice(0, FAILURE_SHOWN)}`
  const outcome = failure?.outcome ?? report?.outcome
  if (outcome === 'skipped' && report?.skipped !== undefined) return `Skipped: ${report.skipped.message}`
  return outcome === undefined ? undefined : OUTCOMES[outcome]
}

/** Where the files are, and what to do next with them. */
export function filesOf({ report, settings, failure, runId }: RunState): string {
  if (report === undefined) {
    const files = settings === undefined ? '' : `Files of the run: ${code(settings.location)}`
    return [files, nextStep(failure?.outcome, runId)].filter(part => part !== '').join('\n\n')
  }
  const { results, rejected, inDoubt } = report.files
  const { failed, inDoubt: doubtful } = report.tally
  const rows = [['Result of each record', code(results)]]
  if (rejected !== undefined) rows.push([`${counted(failed, 'record')} to mend and load again`, code(rejected)])
  if (inDoubt !== undefined) {
    rows.push([`${counted(doubtful, 'record')} to look for in the org before loading again`, code(inDoubt)])
  }
  const next = nextStep(failure?.outcome ?? report.outcome, runId)
  return [`**Files**\n\n${table(['', ''], rows)}`, next].filter(part => part !== '').join('\n\n')
}

function nextStep(outcome: RunOutcome | undefined, runId: string): string {
  const resume = `${code(`sflink sync resume ${runId}`)} goes on; what was sent is not sent again.`
  switch (outcome) {
    case 'failed':
      return `Next: mend what the failure says, then ${resume}`
    case 'cancelled':
      return `Next: ${resume}`
    case 'completed_with_refused':
      return `Next: mend the rejected file and load it with the same sync: ${code('sflink sync run NAME --source file:…')}`
    case 'completed':
    case 'skipped':
    case undefined:
      return ''
  }
}

/** Why those who watch over the sync do not know yet. */
export function untoldOf({ untold }: RunState): string {
  if (untold === undefined) return ''
  return `**Nobody was told:** ${plain(untold.replaceAll(/\s+/g, ' '))} The next run of this sync tries again.`
}
