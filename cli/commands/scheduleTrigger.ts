import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client'
import { runNameOf } from '../../packages/client/contract/names.ts'
import { CommandError, EXIT } from '../commandError.ts'
import type { SharedOptions } from '../optionValues.ts'
import { kindOf, requireSchedule, scheduleIdOf } from '../schedules/ownedSchedules.ts'
import { withTemporal } from '../temporal.ts'

/** Milliseconds that Temporal may take to start the run, and between two polls. */
const START_TIME = 10_000
const POLL_INTERVAL = 200

export async function scheduleTrigger(name: string, { json, config }: SharedOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await requireSchedule(temporal, name)
    const { overlap } = found.policies
    const kind = kindOf(found)
    const running = found.info.runningActions[0]?.workflow.workflowId
    if (running !== undefined && overlap === 'SKIP') {
      const { runId } = runNameOf(running)
      throw new CommandError(
        `The schedule of ${name} is running ${runId}, and its overlap policy is skip: nothing was started. ` +
          `Wait for its end, or cancel it: sflink ${kind} cancel ${runId}`,
        EXIT.runFailed,
      )
    }
    const handle = temporal.client.schedule.getHandle(scheduleIdOf(name))
    await handle.trigger(overlap)
    const started = await startedSince(handle, found)
    const runId = started && runNameOf(started).runId
    if (json) console.log(JSON.stringify({ sync: name, runId }))
    else if (runId === undefined) console.log(`A run of ${name} will start when the runs before it have ended`)
    else console.log(`Run ${runId} started. Check its progress: sflink ${kind} status ${runId} --follow`)
  }, config)
}

/** undefined when the run waits for others. */
async function startedSince(handle: ScheduleHandle, before: ScheduleDescription): Promise<string | undefined> {
  const known = new Set(before.info.recentActions.map(({ takenAt }) => takenAt.getTime()))
  const end = Date.now() + START_TIME
  while (Date.now() < end) {
    const { info } = await handle.describe()
    const started = info.recentActions.findLast(({ takenAt }) => !known.has(takenAt.getTime()))
    if (started !== undefined) return started.action.workflow.workflowId
    if (before.info.runningActions.length > 0) return undefined
    await sleep(POLL_INTERVAL)
  }
  return undefined
}
