// The steps from the schedules on the server to those of the configuration.
import type { ScheduleDescription } from '@temporalio/client'
import type { Configuration } from '../../config/configuration.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { registeredAttributes } from '../../workers/searchAttributes.ts'
import { CommandError, EXIT } from '../commandError.ts'
import type { TemporalAccess } from '../temporal.ts'
import { type Change, changesOf } from './difference.ts'
import { findSchedule, ownedSchedules, ownMemo, scheduleIdOf, syncOf } from './ownedSchedules.ts'
import { zoneProblem } from './serverTimes.ts'
import { flowStarted, syncStarted, type WantedSchedule, wantedSchedule } from './wantedSchedule.ts'

export type ScheduleStep =
  | { readonly step: 'create'; readonly sync: string; readonly wanted: WantedSchedule }
  | {
      readonly step: 'unchanged'
      readonly sync: string
      readonly wanted: WantedSchedule
      readonly paused: boolean
      /** The server knows other rules of the time zone. */
      readonly zoneProblem: string | undefined
    }
  | {
      readonly step: 'change'
      readonly sync: string
      readonly wanted: WantedSchedule
      readonly changes: readonly Change[]
      readonly paused: boolean
    }
  | { readonly step: 'remove'; readonly sync: string }

/** In the order of the names. Throws CommandError when another program's schedule has the id. */
export async function planSchedules(
  temporal: TemporalAccess,
  { schedules, syncs, flows, encryptionKeys }: Configuration,
): Promise<readonly ScheduleStep[]> {
  const registered = await registeredAttributes(temporal.client.connection.operatorService, temporal.namespace)()
  const facts = { registered, isEncrypted: encryptionKeys.length > 0 }
  const steps: ScheduleStep[] = []
  for (const [sync, schedule] of schedules) {
    const [spec, flow] = [syncs.get(sync), flows.get(sync)]
    if (spec === undefined && flow === undefined) continue
    const started =
      flow === undefined ? syncStarted(sync, spec as SyncSpec, schedule) : flowStarted(sync, flow, schedule)
    const wanted = wantedSchedule(sync, schedule, started, facts)
    const found = await findSchedule(temporal, sync)
    const step = stepOf(wanted, found)
    const isSame = step.step === 'unchanged' && found !== undefined
    steps.push(isSame ? { ...step, zoneProblem: await zoneProblem(temporal, sync, found) } : step)
  }
  for (const sync of (await ownedSchedules(temporal)).map(syncOf)) {
    // Lists are updated with a delay: they may still have a schedule that was just removed.
    if (!schedules.has(sync) && (await findSchedule(temporal, sync)) !== undefined) steps.push({ step: 'remove', sync })
  }
  return steps.toSorted((a, b) => a.sync.localeCompare(b.sync))
}

function stepOf(wanted: WantedSchedule, found: ScheduleDescription | undefined): ScheduleStep {
  const { sync } = wanted
  if (found === undefined) return { step: 'create', sync, wanted }
  const changes = changesOf(wanted, found)
  const { paused } = found.state
  return changes.length === 0
    ? { step: 'unchanged', sync, wanted, paused, zoneProblem: undefined }
    : { step: 'change', sync, wanted, changes, paused: wanted.schedule.paused ?? paused }
}

/** How the server's rules of a schedule's time zone differ from those of Node.js; undefined when they do not. */
export async function zoneProblemOf(temporal: TemporalAccess, sync: string): Promise<string | undefined> {
  const found = await findSchedule(temporal, sync)
  return found === undefined ? undefined : zoneProblem(temporal, sync, found)
}

/**
 * Executes the step. Settings that the configuration does not have, such as a pause, stay unchanged on the server.
 * Throws CommandError when the server does not know the time zone.
 */
export async function doStep(temporal: TemporalAccess, step: ScheduleStep): Promise<void> {
  try {
    await execute(temporal, step)
  } catch (error) {
    // The server tells this from other invalid requests by its words alone.
    if (!(error instanceof Error && error.message.includes('unknown time zone')) || step.step === 'remove') throw error
    const { timeZone } = step.wanted.schedule
    throw new CommandError(
      `The Temporal server at ${temporal.address} does not know the time zone ${timeZone} of the schedule of ${step.sync}, and Node.js does (tzdata ${process.versions.tz}). Update tzdata of the server, or write another name of the zone`,
      EXIT.runFailed,
    )
  }
}

async function execute({ client }: TemporalAccess, step: ScheduleStep): Promise<void> {
  const handle = client.schedule.getHandle(scheduleIdOf(step.sync))
  switch (step.step) {
    case 'create': {
      const { options, schedule, sync, note } = step.wanted
      const paused = schedule.paused ?? false
      const state = { paused, note: paused ? `${PAUSED_BY_FILE}; ${note}` : note }
      await client.schedule.create({ scheduleId: scheduleIdOf(sync), ...options, memo: ownMemo(sync), state })
      return
    }
    case 'change': {
      const { options, schedule, note } = step.wanted
      await handle.update(({ state, action: { staticSummary: before = '' } }) => ({
        ...options,
        state: { ...state, note: noteAfter(state.note, before, note), ...pauseOf(schedule.paused, state, note) },
      }))
      return
    }
    case 'remove':
      await handle.delete()
      return
    case 'unchanged':
      return
  }
}

/** The notes with what is loaded now in place of what was loaded before; those of a person stay. */
function noteAfter(noted: string | undefined, before: string, now: string): string {
  if (!noted) return now
  return before === '' ? noted : noted.replace(before, () => now)
}

const PAUSED_BY_FILE = 'paused in sflink.yaml'

function pauseOf(wanted: boolean | undefined, { paused }: ScheduleDescription['state'], note: string) {
  if (wanted === undefined || wanted === paused) return {}
  return { paused: wanted, note: wanted ? `${PAUSED_BY_FILE}; ${note}` : note }
}
