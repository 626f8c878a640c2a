import type { RunReport } from '../../packages/client/contract/runReport.ts'
import type { RunState } from '../runState.ts'
import { code, count, counted, plain, table } from './markdown.ts'

/** Maximum characters of a failure. The workflow's own failure has the whole text. */
const FAILURE_SHOWN = 1_000

/** How the run ended, in one line; undefined while it runs. */
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

/** Locations of the files. */
export function filesOf({ report, settings }: RunState): string {
  if (report === undefined) return settings === undefined ? '' : `Files of the run: ${code(settings.location)}`
  const { results, rejected, inDoubt } = report.files
  const { failed, inDoubt: doubtful } = report.tally
  const rows = [['Result of each record', code(results)]]
  if (rejected !== undefined) rows.push([`${counted(failed, 'record')} to correct and reload`, code(rejected)])
  if (inDoubt !== undefined) {
    rows.push([`${counted(doubtful, 'record')} to check in the org before reloading`, code(inDoubt)])
  }
  return `**Files**\n\n${table(['', ''], rows)}`
}

/** What a person can do next, unless the run completed or was skipped. */
export function nextStep({ report, settings, staged, failure, runId }: RunState): string {
  const resume = `${code(`sflink sync resume ${runId}`)} continues; ${staged === undefined ? 'nothing was sent yet.' : 'records already sent are not sent again.'}`
  switch (failure?.outcome ?? report?.outcome) {
    case 'failed':
      if (settings === undefined) return 'Next: fix the reported error and start the run again; nothing was sent.'
      return `Next: fix the reported error, then ${resume}`
    case 'cancelled':
      return settings === undefined ? '' : `Next: ${resume}`
    case 'completed_with_rejected':
      return correction(settings?.title.sync ?? 'NAME')
    default:
      return ''
  }
}

function correction(sync: string): string {
  const command = code(`sflink sync run ${sync} --source file:…`)
  return `Next: correct the rejected rows and load only these, ${command}; check records in doubt in the org first.`
}

/** Why the notification of the end was not sent. */
export function notificationErrorOf({ notificationError }: RunState): string {
  if (notificationError === undefined) return ''
  return `**Notification was not sent:** ${plain(notificationError.replaceAll(/\s+/g, ' '))} The next run of this sync tries again.`
}
