// `flows:` of sflink.yaml: syncs that run one after the other, and how their records depend on each other.
import { z } from 'zod'
import { type ParsedSchedule, parseSchedule, type Schedule } from '../loader/schedule/scheduleSchema.ts'
import { type ParentField, parentFields } from '../loader/spec/parentSyncs.ts'
import { possibleOperations } from '../loader/spec/parseSyncSpec.ts'
import { check, type Problem, type ShowGiven, strictShape } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { MAX_FLOW_SYNCS } from '../packages/client/contract/runFlow.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'

const EXAMPLE = '{ syncs: [accounts, contacts] }'

export const flowSchema = strictShape(
  {
    syncs: z
      .array(z.string(), { error: 'expected a list such as [accounts, contacts]' })
      .min(1, 'is empty; name at least one sync')
      .max(MAX_FLOW_SYNCS, `expected at most ${MAX_FLOW_SYNCS} syncs`)
      .describe('Syncs of this file in the order in which they run, parents before their children.'),
    schedule: z.unknown().optional(),
  },
  EXAMPLE,
)

/** Syncs in the order in which they run. */
export type Flow = { readonly syncs: readonly string[] }

export type ReadFlows = {
  readonly flows: ReadonlyMap<string, Flow>
  readonly schedules: ReadonlyMap<string, Schedule>
  readonly problems: readonly Problem[]
}

export type ConfiguredSyncs = {
  readonly syncs: ReadonlyMap<string, SyncSpec>
  /** Names of all syncs of the file, also of those that are not valid. */
  readonly names: readonly string[]
}

/** Validates the flows of the file, and the schedules of flows. */
export function readFlows(written: object, configured: ConfiguredSyncs, show: ShowGiven): ReadFlows {
  const flows = new Map<string, Flow>()
  const schedules = new Map<string, Schedule>()
  const problems: Problem[] = []
  const rings = new Set(ringsOf(configured.syncs).flat())
  for (const [name, flow] of Object.entries(written)) {
    const above = ['flows', name]
    const showIn =
      (...more: string[]): ShowGiven =>
      (path, value) =>
        show([...above, ...more, ...path], value)
    const below = (one: Problem): Problem => ({ ...one, path: [...above, ...one.path] })
    if (configured.names.includes(name)) {
      problems.push({
        path: ['flows'],
        key: name,
        message: `"${name}" is the name of a sync too; give the flow another`,
      })
    }
    const checked = check(flowSchema, flow, showIn())
    if (!checked.ok) {
      problems.push(...checked.problems.map(below))
      continue
    }
    const { syncs, schedule } = checked.value
    flows.set(name, { syncs })
    problems.push(...flowProblems(syncs, configured, rings).map(below))
    if (schedule === undefined) continue
    const read = scheduleOf(schedule, syncs, configured.syncs, showIn('schedule'))
    if (read.ok) schedules.set(name, read.schedule)
    else problems.push(...read.problems.map(one => below({ ...one, path: ['schedule', ...one.path] })))
  }
  return { flows, schedules, problems }
}

function flowProblems(
  syncs: readonly string[],
  { syncs: specs, names }: ConfiguredSyncs,
  rings: ReadonlySet<string>,
): readonly Problem[] {
  return syncs.flatMap((name, index) => {
    const problem = (message: string): Problem[] => [{ path: ['syncs', index], message }]
    if (!names.includes(name)) {
      return problem(`"${name}" is not under syncs; use names of ${names.join(', ')}${didYouMean(name, names)}`)
    }
    if (syncs.indexOf(name) < index) return problem(`"${name}" is listed twice; a flow runs each sync once`)
    const spec = specs.get(name)
    if (spec === undefined || rings.has(name)) return []
    return ownParents(name, spec).flatMap(({ field, sync }) => {
      const place = syncs.indexOf(sync)
      if (!names.includes(sync) || (place >= 0 && place < index)) return []
      return problem(
        place < 0
          ? `"${name}" has the parents of ${field} in the sync ${sync}, which the flow does not have; list ${sync} before it`
          : `"${name}" has the parents of ${field} in the sync ${sync}, which runs later; list ${sync} before it`,
      )
    })
  })
}

/** Fields whose parents a run of the same flow has to write. */
function ownParents(name: string, spec: SyncSpec): readonly ParentField[] {
  return parentFields(spec, name).filter(({ sync }) => spec.parentRuns?.[sync] === undefined)
}

/** Each source is filled by the time of the schedule. */
function scheduleOf(
  written: unknown,
  names: readonly string[],
  syncs: ReadonlyMap<string, SyncSpec>,
  show: ShowGiven,
): ParsedSchedule {
  const read = parseSchedule(written, undefined, show)
  if (!read.ok) return read
  const problems = names.flatMap(name => {
    const one = parseSchedule(written, syncs.get(name)?.source, show)
    return one.ok ? [] : one.problems.map(problem => ({ ...problem, message: `${name}: ${problem.message}` }))
  })
  return problems.length > 0 ? { ok: false, problems } : read
}

/** What is wrong with the parents that syncs take from each other. @param scheduled syncs with a schedule of their own */
export function parentProblems({ syncs, names }: ConfiguredSyncs, scheduled: ReadonlySet<string>): readonly Problem[] {
  const rings = ringsOf(syncs).map(ring => {
    const [first = '', second = first] = ring
    const field = ownParents(first, syncs.get(first) as SyncSpec).find(({ sync }) => sync === second)?.field ?? ''
    const way = [...ring, first].join(' -> ')
    const message = `the syncs take their parents from each other (${way}), so none can be loaded first; leave out one of these fields, and write it by a sync of its own afterwards`
    return { path: ['syncs', first, 'fields', field], message }
  })
  const others = [...syncs].flatMap(([name, spec]) => [
    ...parentFields(spec, name).flatMap(parent => fieldProblems(name, spec, parent, { syncs, names })),
    ...(scheduled.has(name) ? scheduleProblems(name, spec) : []),
  ])
  return [...rings, ...others]
}

function fieldProblems(
  name: string,
  { fields }: SyncSpec,
  { field, sync }: ParentField,
  { syncs, names }: ConfiguredSyncs,
): readonly Problem[] {
  const problem = (key: string, message: string) => [{ path: ['syncs', name, 'fields', field, key], message }]
  if (!names.includes(sync)) {
    return problem('sync', `"${sync}" is not under syncs; use one of ${names.join(', ')}${didYouMean(sync, names)}`)
  }
  const parent = syncs.get(sync)
  const mapping = fields[field]
  if (parent === undefined || mapping === undefined) return []
  if (possibleOperations(parent).every(operation => operation === 'delete')) {
    return problem(
      'sync',
      `the sync ${sync} deletes its records, so there is no Id to link to; take the parents from a sync that loads them, or by lookup`,
    )
  }
  if (!('sync' in mapping) || mapping.by !== undefined || parent.identityFields.length === 1) return []
  const has =
    parent.identityFields.length === 0
      ? 'has no identity field'
      : `has the identity fields ${parent.identityFields.join(', ')}`
  return problem('by', `is missing, and the sync ${sync} ${has}; name the column of its source that finds the parent`)
}

function scheduleProblems(name: string, spec: SyncSpec): readonly Problem[] {
  const [parent] = ownParents(name, spec)
  if (parent === undefined) return []
  const message = `${parent.field} has its parents in the sync ${parent.sync}, so the sync runs in a flow only; give the schedule to a flow with both syncs`
  return [{ path: ['syncs', name, 'schedule'], message }]
}

/** The syncs that take their parents from each other, each ring once, in the order child -> parent. */
function ringsOf(syncs: ReadonlyMap<string, SyncSpec>): readonly (readonly string[])[] {
  const rings: (readonly string[])[] = []
  const done = new Set<string>()
  const visit = (name: string, way: readonly string[]): void => {
    const at = way.indexOf(name)
    if (at >= 0) {
      rings.push(way.slice(at))
      return
    }
    const spec = syncs.get(name)
    if (spec === undefined || done.has(name)) return
    for (const { sync } of ownParents(name, spec)) visit(sync, [...way, name])
    done.add(name)
  }
  for (const name of syncs.keys()) visit(name, [])
  return rings
}
