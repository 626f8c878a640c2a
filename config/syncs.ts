// `syncs:` of sflink.yaml: the loads and their schedules.
import type { Schedule } from '../loader/schedule/scheduleSchema.ts'
import { parseSchedule } from '../loader/schedule/scheduleSchema.ts'
import { parseSyncSpec } from '../loader/spec/parseSyncSpec.ts'
import { isObject, type Problem, valueAt } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import type { SyncSpec } from '../packages/client/contract/syncSpec.ts'
import { type ConfigDocument, locate } from './document.ts'
import type { ConfigPath, ConfigProblem } from './problems.ts'

export type ReadSyncs = {
  readonly syncs: ReadonlyMap<string, SyncSpec>
  /** By the name of their sync. */
  readonly schedules: ReadonlyMap<string, Schedule>
  readonly problems: readonly ConfigProblem[]
}

/** Reads the document itself, so that problems here and in the rest of the file are reported together. */
export function readSyncs(document: ConfigDocument): ReadSyncs {
  const connections = Object.keys(mappingAt(document.value, 'connections'))
  const isWithoutConnections = valueAt(document.value, ['connections']) === undefined
  const syncs = new Map<string, SyncSpec>()
  const schedules = new Map<string, Schedule>()
  const problems: ConfigProblem[] = []
  const add = (found: readonly Problem[], above: ConfigPath) =>
    problems.push(...found.map(one => locate(document, one, above)))
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
    // Missing connections are one problem, reported once.
    if (isWithoutConnections || connections.includes(connection)) continue
    const message = `"${connection}" is not under connections; use one of ${connections.join(', ')}${didYouMean(connection, connections)}`
    problems.push(locate(document, { path: ['syncs', name, 'connection'], message }))
  }
  return { syncs, schedules, problems }
}

/** The schedule belongs to the configuration: the spec of a run has none. */
function withoutSchedule(written: unknown): { readonly schedule: unknown; readonly spec: unknown } {
  if (!isObject(written)) return { schedule: undefined, spec: written }
  const { schedule, ...spec } = written
  return { schedule, spec }
}

/** The mapping at a key of the document; empty when there is none. */
export function mappingAt(value: unknown, key: string): object {
  const inner = typeof value === 'object' && value !== null && Object.getOwnPropertyDescriptor(value, key)?.value
  return isObject(inner) ? inner : {}
}
