// `syncs:` of sflink.yaml: the loads, and when they run by themselves.

import type { Schedule } from '../loader/schedule/schedule.ts'
import { parseSchedule } from '../loader/schedule/scheduleSchema.ts'
import { parseSyncSpec } from '../loader/spec/parseSyncSpec.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import type { SpecProblem } from '../packages/client/contract/specProblems.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import type { ConfigDocument } from './document.ts'
import { problem } from './issueProblems.ts'
import type { ConfigPath, ConfigProblem } from './problems.ts'

export type ReadSyncs = {
  readonly syncs: ReadonlyMap<string, SyncSpec>
  /** By the name of their sync. */
  readonly schedules: ReadonlyMap<string, Schedule>
  readonly problems: readonly ConfigProblem[]
}

/** From the document itself, so that mistakes here and in the rest of the file are told together. */
export function readSyncs(document: ConfigDocument): ReadSyncs {
  const connections = Object.keys(mappingAt(document.value, 'connections'))
  const syncs = new Map<string, SyncSpec>()
  const schedules = new Map<string, Schedule>()
  const problems: ConfigProblem[] = []
  const add = (found: readonly SpecProblem[], above: ConfigPath) =>
    problems.push(...found.map(one => specProblem(one, above, document)))
  for (const [name, written] of Object.entries(mappingAt(document.value, 'syncs'))) {
    const { schedule: writtenSchedule, spec: writtenSpec } = withoutSchedule(written)
    const parsed = parseSyncSpec(writtenSpec)
    if (writtenSchedule !== undefined) {
      const read = parseSchedule(writtenSchedule, parsed.ok ? parsed.spec.source : undefined)
      if (read.ok) schedules.set(name, read.schedule)
      else add(read.problems, ['syncs', name, 'schedule'])
    }
    if (!parsed.ok) {
      add(parsed.problems, ['syncs', name])
      continue
    }
    syncs.set(name, parsed.spec)
    const { connection } = parsed.spec
    if (connections.includes(connection)) continue
    const message = `'${connection}' is not under connections; use one of ${connections.join(', ')}${didYouMean(connection, connections)}`
    problems.push(problem(document, ['syncs', name, 'connection'], message))
  }
  return { syncs, schedules, problems }
}

/** The schedule is the configuration's: no run's own spec has one. */
function withoutSchedule(written: unknown): { readonly schedule: unknown; readonly spec: unknown } {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return { schedule: undefined, spec: written }
  }
  const { schedule, ...spec } = written as Readonly<Record<string, unknown>>
  return { schedule, spec }
}

/** The mapping at a key of the document; empty when there is none. */
export function mappingAt(value: unknown, key: string): object {
  const inner = typeof value === 'object' && value !== null && Object.getOwnPropertyDescriptor(value, key)?.value
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {}
}

/** An unknown key is named in the message, and stands in the mapping that the path leads to. */
function specProblem({ path, message }: SpecProblem, above: ConfigPath, document: ConfigDocument): ConfigProblem {
  const unknown = /^unknown key "([^"]+)"/.exec(message)?.[1]
  if (unknown === undefined) return problem(document, [...above, ...path], message)
  return { ...problem(document, [...above, ...path, unknown], message, true), path: [...above, ...path] }
}
