// The schedules in Temporal that sflink made: marked by a memo, so that other schedules are never changed.
import { type ScheduleDescription, ScheduleNotFoundError, type ScheduleSummary } from '@temporalio/client'
import type { ScheduledKind } from '../../packages/client/contract/names.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { CommandError, EXIT } from '../commandError.ts'
import type { TemporalAccess } from '../temporal.ts'

const PREFIX = 'sflink/'

/** What marks a schedule as sflink's. */
export const ownMemo = (sync: string) => ({ sflink: { sync } })

export function scheduleIdOf(sync: string): string {
  return `${PREFIX}${sync}`
}

/** The schedule of a sync or a flow; undefined when there is none. Throws CommandError when another program made the schedule of that id. */
export async function findSchedule(temporal: TemporalAccess, sync: string): Promise<ScheduleDescription | undefined> {
  const scheduleId = scheduleIdOf(sync)
  const found = await temporal.client.schedule
    .getHandle(scheduleId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof ScheduleNotFoundError) return undefined
      throw error
    })
  if (found === undefined || isOwn(found)) return found
  throw new CommandError(
    `The schedule ${scheduleId} in Temporal was not made by sflink (it has no memo "sflink") and is not changed. ` +
      `Give the sync ${sync} another name, or delete that schedule: temporal schedule delete --schedule-id ${scheduleId}`,
    EXIT.runFailed,
  )
}

/** Throws CommandError also when there is none. */
export async function requireSchedule(temporal: TemporalAccess, sync: string): Promise<ScheduleDescription> {
  const found = await findSchedule(temporal, sync)
  if (found !== undefined) return found
  const syncs = (await ownedSchedules(temporal)).map(syncOf)
  const known = syncs.length === 0 ? 'it has none' : `it has ${syncs.join(', ')}`
  throw new CommandError(
    `There is no schedule of a sync or a flow '${sync}' in Temporal (namespace ${temporal.namespace}): ${known}${didYouMean(sync, syncs) || '.'} ` +
      'Give it a schedule in sflink.yaml, then: sflink schedule apply',
  )
}

/** In the order of their names. Temporal updates its lists with a delay: a schedule just created or removed may be missing or present. */
export async function ownedSchedules({ client }: TemporalAccess): Promise<readonly ScheduleSummary[]> {
  const owned: ScheduleSummary[] = []
  for await (const summary of client.schedule.list()) {
    if (summary.scheduleId.startsWith(PREFIX) && isOwn(summary)) owned.push(summary)
  }
  return owned.toSorted((a, b) => a.scheduleId.localeCompare(b.scheduleId))
}

/** What the schedule runs. */
export const kindOf = ({ action }: Pick<ScheduleDescription, 'action'>): ScheduledKind =>
  String(action.workflowType) === 'runFlow' ? 'flow' : 'sync'

export function syncOf({ scheduleId }: { readonly scheduleId: string }): string {
  return scheduleId.slice(PREFIX.length)
}

const isOwn = ({ memo }: { readonly memo?: Record<string, unknown> }): boolean => memo?.['sflink'] !== undefined
