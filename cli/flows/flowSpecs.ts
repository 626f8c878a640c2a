// The input of a run of a flow: its syncs with the options of the command line.
import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../../config/configuration.ts'
import { readScheduledTime, scheduledPlaceholderProblem } from '../../loader/schedule/placeholders.ts'
import { DEFAULT_SCHEDULE_TIME_ZONE } from '../../loader/schedule/schedule.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { RunFlowInput } from '../../packages/client/contract/runFlow.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { CommandError } from '../commandError.ts'
import { changedSpec, openPlaceholder, placeholders } from '../runSpec.ts'

export type FlowOptions = {
  /** `key=value` for each source with {key}, or `sync.key=value`, in order. */
  readonly set: readonly string[]
  /** Fills `{date}` and the other placeholders of all sources; by the clock of the flow's schedule when it has no offset. */
  readonly scheduledTime?: string
}

/** The syncs of a flow. Throws CommandError when there is no such flow. */
export function syncsOfFlow({ file, flows }: Configuration, name: string): readonly string[] {
  const flow = flows.get(name)
  if (flow !== undefined) return flow.syncs
  const names = [...flows.keys()]
  const known = names.length === 0 ? 'it has no flows; add one below flows:' : `its flows are ${names.join(', ')}`
  throw new CommandError(`There is no flow '${name}' in ${file}: ${known}${didYouMean(name, names)}`)
}

/** Throws CommandError when there is no such flow, or the options don't fit it. */
export function flowInput(configuration: Configuration, name: string, options: FlowOptions): RunFlowInput {
  const syncs = syncsOfFlow(configuration, name)
  const configured = new Map(syncs.map(sync => [sync, configuration.syncs.get(sync) as SyncSpec]))
  const settings = settingsBySync(name, configured, options.set)
  const time = timeOf(configuration, name, options.scheduledTime)
  let isTimed = false
  const specs: Record<string, Record<string, unknown>> = {}
  for (const [sync, spec] of configured) {
    const changed = changedSpec(configuration, sync, { set: settings.get(sync) ?? [] })
    for (const open of placeholders(changed)) {
      if (time.scheduledTime === undefined || scheduledPlaceholderProblem(open) !== undefined)
        throw openPlaceholder(sync, open)
      isTimed = true
    }
    const differing = Object.entries(changed).filter(
      ([key, value]) => !isDeepStrictEqual(value, spec[key as keyof SyncSpec]),
    )
    const removed = Object.keys(spec).filter(key => !Object.hasOwn(changed, key))
    const replaced = { ...Object.fromEntries(differing), ...Object.fromEntries(removed.map(key => [key, null])) }
    if (Object.keys(replaced).length > 0) specs[sync] = replaced
  }
  if (time.scheduledTime !== undefined && !isTimed) {
    throw new CommandError(
      `--scheduled-time fills nothing: no source of the flow ${name} has {date} or another time in its uri or query. Leave it out`,
    )
  }
  return { flow: name, ...time, ...(Object.keys(specs).length === 0 ? {} : { specs }) }
}

/** The settings of each sync: those that fill a placeholder of its source, and those that name it. */
function settingsBySync(
  flow: string,
  syncs: ReadonlyMap<string, SyncSpec>,
  set: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, string[]>()
  const add = (sync: string, setting: string) => settings.set(sync, [...(settings.get(sync) ?? []), setting])
  for (const setting of set) {
    const [key = ''] = setting.split('=', 1)
    const filled = [...syncs].filter(([, spec]) => placeholders(spec).includes(key))
    for (const [sync] of filled) add(sync, setting)
    if (filled.length > 0) continue
    const named = [...syncs.keys()].find(sync => key.startsWith(`${sync}.`))
    if (named === undefined) {
      throw new CommandError(
        `--set ${key}: no source of the flow ${flow} has {${key}}; to replace a key of one sync write it as SYNC.KEY=value, like ${[...syncs.keys()][0]}.maxRejected=10`,
      )
    }
    add(named, setting.slice(named.length + 1))
  }
  return settings
}

/** All syncs of a flow get one time, and read it by one clock. */
function timeOf(
  { schedules }: Configuration,
  flow: string,
  text: string | undefined,
): Pick<RunFlowInput, 'scheduledTime' | 'timeZone'> {
  if (text === undefined) return {}
  const timeZone = schedules.get(flow)?.timeZone ?? DEFAULT_SCHEDULE_TIME_ZONE
  const read = readScheduledTime(text, timeZone)
  if ('problem' in read) throw new CommandError(`--scheduled-time: ${read.problem}`)
  return { scheduledTime: new Date(read.time).toISOString(), timeZone }
}
