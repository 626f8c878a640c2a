import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { RunState } from '../runState.ts'
import { code, count, counted, plain, table } from './text.ts'

/** Characters of a failure shown here; the failure of the workflow has all of it. */
const MAX_FAILURE_CHARACTERS = 1_000

/** How the run ended, in one line; undefined before its end. */
export function endHeadline({ report, failure }: RunState): string | undefined {
  if (failure?.outcome === 'failed')
    return `Failed: ${failure.message.replaceAll(/\s+/g, ' ').slice(0, MAX_FAILURE_CHARACTERS)}`
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
      return `Cancelled before all ${counted(records, 'record')} were sent: ${inOrg(report)}`
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
  if (rejected !== undefined) rows.push([`${counted(failed, 'record')} to correct and load again`, code(rejected)])
  if (inDoubt !== undefined) {
    rows.push([`${counted(doubtful, 'record')} to find in the org before loading again`, code(inDoubt)])
  }
  return `**Files**\n\n${table(['', ''], rows)}`
}

/** What a person can do about the end of the run. */
export function nextStep({ report, settings, staged, failure, runId }: RunState): string {
  const resume = `${code(`sflink sync resume ${runId}`)} continues; ${staged === undefined ? 'nothing was sent so far.' : 'what was sent is not sent again.'}`
  switch (failure?.outcome ?? report?.outcome) {
    case 'failed':
      if (settings === undefined) return 'Next: fix the reported error and start the run again; nothing was sent.'
      return `Next: fix the reported error, then ${resume}`
    case 'cancelled':
      return settings === undefined ? '' : `Next: ${resume}`
    case 'completed_with_rejected':
      return correcting(settings?.title.sync ?? 'NAME')
    default:
      return ''
  }
}

function correcting(sync: string): string {
  const command = code(`sflink sync run ${sync} --source file:…`)
  return `Next: correct the rejected rows and load only those, ${command}; search the org for records in doubt first.`
}

/** Why the notification was not sent. */
export function notificationProblem({ notNotified }: RunState): string {
  if (notNotified === undefined) return ''
  return `**Notification was not sent:** ${plain(notNotified.replaceAll(/\s+/g, ' '))} The next run of this sync sends it.`
}
