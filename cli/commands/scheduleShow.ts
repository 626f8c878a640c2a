import type { ScheduleDescription, ScheduleSummary } from '@temporalio/client'
import { wallText } from '../../loader/schedule/scheduleTimes.ts'
import { writtenDuration } from '../../packages/client/contract/duration.ts'
import { runNameOf } from '../../packages/client/contract/names.ts'
import { present } from '../../packages/client/contract/scalars.ts'
import { columns, printJson } from '../columns.ts'
import { endState } from '../endOfRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { cronText } from '../schedules/difference.ts'
import { ownedSchedules, requireSchedule, syncOf } from '../schedules/ownedSchedules.ts'
import { zoneOf, zoneProblem } from '../schedules/serverTimes.ts'
import { type TemporalAccess, withTemporal } from '../temporal.ts'

const TIMES_SHOWN = 5

export async function scheduleShow(name: string, { json, config }: SharedOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const { scheduleId, spec, policies, state, info } = found
    const runs = await recentRuns(temporal, found)
    const timeZone = zoneOf(found)
    const problem = await zoneProblem(temporal, name, found)
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
      ...present({ zoneProblem: problem }),
    }
    if (json) return printJson(facts)
    console.log(
      columns([
        ['Schedule', scheduleId],
        ['State', `${state.paused ? 'paused' : 'on'}${state.note ? `: ${state.note}` : ''}`],
        ['Times', `${facts.cron} (${timeZone}), jitter ${facts.jitter}`],
        ['Policies', policiesText(facts)],
        ...(problem === undefined ? [] : [['Time zone', problem]]),
        ['Next', times.map(time => wallText(time.getTime(), timeZone)).join(', ') || '-'],
        [
          'Started',
          `${info.numActionsTaken}; ${facts.skippedByOverlap} skipped by overlap, ${facts.missedByCatchupWindow} missed by the catch-up window`,
        ],
      ]),
    )
    if (runs.length === 0) return
    const rows = runs.map(({ runId, startedAt, state: end }) => [runId, wallText(Date.parse(startedAt), timeZone), end])
    console.log(`\n${columns(rows, { head: ['RUN', `STARTED (${timeZone})`, 'STATE'] })}`)
  }, config)
}

type Policies = { readonly overlap: string; readonly catchupWindow: string; readonly pauseOnFailure: boolean }

function policiesText({ overlap, catchupWindow, pauseOnFailure }: Policies): string {
  return `overlap ${overlap}, catches up ${catchupWindow}, ${pauseOnFailure ? 'pauses' : 'continues'} after a failed run`
}

/** The last runs that a schedule has started, the oldest first, as they are now: one that failed may have been resumed. */
async function recentRuns({ client }: TemporalAccess, { info }: ScheduleDescription) {
  return await Promise.all(
    info.recentActions.map(async ({ takenAt, action }) => {
      const { workflowId } = action.workflow
      // Without the id of its execution: the last one counts. Temporal deletes it after its retention.
      const found = await client.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => undefined)
      const state = found === undefined ? 'forgotten' : endState(found)
      return { runId: runNameOf(workflowId).runId, startedAt: takenAt.toISOString(), state }
    }),
  )
}

export async function scheduleList({ json, config }: SharedOptions): Promise<void> {
  await withTemporal(async temporal => {
    const listed = (await ownedSchedules(temporal)).map(listedOf)
    if (json) return printJson(listed)
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
    console.log(
      columns(rows, { head: ['SYNC', 'STATE', 'CRON', 'TIME ZONE', 'NEXT', 'LAST RUN'], drop: ['TIME ZONE', 'CRON'] }),
    )
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
    ...present({ next, lastRun: last && runNameOf(last).runId }),
  }
}
