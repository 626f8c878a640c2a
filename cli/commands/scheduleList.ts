import type { ScheduleSummary } from '@temporalio/client'
import { wallText } from '../../loader/schedule/scheduleTimes.ts'
import { runIdOfWorkflow } from '../../packages/client/contract/names.ts'
import { columns } from '../columns.ts'
import { cronText } from '../schedules/difference.ts'
import { ownedSchedules, syncOf } from '../schedules/ownedSchedules.ts'
import { withTemporal } from '../temporal.ts'

type ListOptions = { readonly json?: boolean; readonly config?: string }

export async function scheduleList({ json, config }: ListOptions): Promise<void> {
  await withTemporal(async temporal => {
    const listed = (await ownedSchedules(temporal)).map(listedOf)
    if (json) {
      console.log(JSON.stringify(listed, undefined, 2))
      return
    }
    if (listed.length === 0) {
      console.error(
        `There are no schedules of sflink in Temporal (namespace ${temporal.namespace}). See sflink schedule apply`,
      )
      return
    }
    const rows = listed.map(({ sync, paused, cron, timeZone, next, lastRun }) => [
      ...[sync, paused ? 'paused' : 'on', cron, timeZone],
      next === undefined || paused ? '-' : wallText(Date.parse(next), timeZone),
      lastRun ?? '-',
    ])
    console.log(columns(rows, { head: ['SYNC', 'STATE', 'CRON', 'TIME ZONE', 'NEXT', 'LAST RUN'] }))
  }, config)
}

function listedOf(summary: ScheduleSummary) {
  const { spec, state, info } = summary
  const next = info.nextActionTimes[0]?.toISOString()
  const last = info.recentActions.at(-1)?.action.workflow.workflowId
  return {
    sync: syncOf(summary),
    scheduleId: summary.scheduleId,
    paused: state.paused,
    cron: (spec === undefined ? undefined : cronText(spec)) ?? '-',
    timeZone: spec?.timezone || 'UTC',
    ...(next === undefined ? {} : { next }),
    ...(last === undefined ? {} : { lastRun: runIdOfWorkflow(last) ?? last }),
  }
}
