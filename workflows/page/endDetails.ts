import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { RunState } from '../runState.ts'
import { code, count, counted, plain, table } from './markdown.ts'

/** Most characters of a failure; all of it is the failure of the workflow. */
const FAILURE_SHOWN = 1_000

/** How the run ended, in one line; undefined while it has not. */
export function endHeadline({ report, failure }: RunState): string | undefined {
  if (failure?.outcome === 'failed') return `Failed: ${failure.message.replaceAll(/\s+/g, ' ').slice(0, FAILURE_SHOWN)}`
  if (report === undefined) return failure === undefined ? undefined : 'Cancelled: nothing was sent'
  const { outcome, records, skipped } = report
  switch (failure?.outcome ?? outcome) {
    case 'completed':
      return `Completed: ${inOrg(report)}`
    case 'completed_with_rejected':
      return `Completed with rejected records: ${inOrg(report)}`
    case 'skipped':
      return `Skipped: ${skipped?.message ?? 'there was nothing to load'}`
    case 'cancelled':
      return `Cancelled before all of ${counted(records, 'record')} were sent: ${inOrg(report)}`
    case 'failed':
      return `Failed: ${inOrg(report)}`
  }
}

function inOrg({ records, tally }: RunReport): string {
  return `${count(tally.created + tally.updated)} of ${counted(records, 'record')} created or updated`
}

/** Where the files are. */
export function filesOf({ report, settings }: RunState): string {
  if (report === undefined) return settings === undefined ? '' : `Files of the run: ${code(settings.location)}`
  const { results, rejected, inDoubt } = report.files
  const { failed, inDoubt: doubtful } = report.tally
  const rows = [['Result of each record', code(results)]]
  if (rejected !== undefined) rows.push([`${counted(failed, 'record')} to mend and load again`, code(rejected)])
  if (inDoubt !== undefined) {
    rows.push([`${counted(doubtful, 'record')} to look for in the org before loading again`, code(inDoubt)])
  }
  return `**Files**\n\n${table(['', ''], rows)}`
}

/** What a person may do about an end that is none to leave alone. */
export function nextStep({ report, settings, staged, failure, runId }: RunState): string {
  const resume = `${code(`sflink sync resume ${runId}`)} goes on; ${staged === undefined ? 'nothing was sent so far.' : 'what was sent is not sent again.'}`
  switch (failure?.outcome ?? report?.outcome) {
    case 'failed':
      if (settings === undefined) return 'Next: mend what the failure says and start the run again; nothing was sent.'
      return `Next: mend what the failure says, then ${resume}`
    case 'cancelled':
      return settings === undefined ? '' : `Next: ${resume}`
    case 'completed_with_rejected':
      return mending(settings?.title.sync ?? 'NAME')
    default:
      return ''
  }
}

function mending(sync: string): string {
  const command = code(`sflink sync run ${sync} --source file:…`)
  return `Next: mend the rejected rows and load them alone, ${command}; look for those in doubt in the org first.`
}

/** Why those who watch over the sync do not know yet. */
export function untoldOf({ untold }: RunState): string {
  if (untold === undefined) return ''
  return `**Nobody was told:** ${plain(untold.replaceAll(/\s+/g, ' '))} The next run of this sync tries again.`
}
