import { wallText } from '../../loader/schedule/scheduleTimes.ts'
import { writtenDuration } from '../../packages/client/contract/duration.ts'
import { columns } from '../columns.ts'
import { cronText } from '../schedules/difference.ts'
import { requireSchedule } from '../schedules/ownedSchedules.ts'
import { recentRuns } from '../schedules/recentRuns.ts'
import { withTemporal } from '../temporal.ts'

type ShowOptions = { readonly json?: boolean; readonly config?: string }

/** Next times that are shown. */
const TIMES_SHOWN = 5

export async function scheduleShow(name: string, { json, config }: ShowOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const { scheduleId, spec, policies, state, info } = found
    const runs = await recentRuns(temporal, found)
    const timeZone = spec.timezone || 'UTC'
    const times = info.nextActionTimes.slice(0, TIMES_SHOWN)
    const facts = {
      sync: name,
      scheduleId,
      paused: state.paused,
      note: state.note ?? '',
      cron: cronText(spec) ?? '-',
      timeZone,
      jitter: writtenDuration(spec.jitter ?? 0),
      overlap: policies.overlap?.toLowerCase() ?? '',
      catchupWindow: writtenDuration(policies.catchupWindow),
      pauseOnFailure: policies.pauseOnFailure,
      next: times.map(time => time.toISOString()),
      started: info.numActionsTaken,
      skippedByOverlap: info.numActionsSkippedOverlap,
      missedByCatchupWindow: info.numActionsMissedCatchupWindow,
      runs,
    }
    if (json) {
      console.log(JSON.stringify(facts, undefined, 2))
      return
    }
    console.log(
      columns([
        ['Schedule', scheduleId],
        ['State', `${state.paused ? 'paused' : 'on'}${state.note ? `: ${state.note}` : ''}`],
        ['Times', `${facts.cron} (${timeZone}), jitter ${facts.jitter}`],
        ['Policies', policiesText(facts)],
        ['Next', times.map(time => wallText(time.getTime(), timeZone)).join(', ') || '-'],
        [
          'Started',
          `${info.numActionsTaken}; ${facts.skippedByOverlap} skipped by overlap, ${facts.missedByCatchupWindow} missed by the catch-up window`,
        ],
      ]),
    )
    if (runs.length === 0) return
    const rows = runs.map(({ runId, startedAt, state: end }) => [runId, wallText(Date.parse(startedAt), timeZone), end])
    console.log(`\n${columns(rows, { head: ['RUN', 'STARTED', 'STATE'] })}`)
  }, config)
}

type Policies = { readonly overlap: string; readonly catchupWindow: string; readonly pauseOnFailure: boolean }

function policiesText({ overlap, catchupWindow, pauseOnFailure }: Policies): string {
  return `overlap ${overlap}, catches up ${catchupWindow}, ${pauseOnFailure ? 'pauses' : 'continues'} after a failed run`
}
