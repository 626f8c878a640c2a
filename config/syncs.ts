// `syncs:` of sflink.yaml: the loads and their schedules.

import { z } from 'zod'
import type { Schedule } from '../loader/schedule/scheduleSchema.ts'
import { parseSchedule } from '../loader/schedule/scheduleSchema.ts'
import { SourceUriError } from '../loader/sources/errors.ts'
import { checkSourceUri, databaseOfSource, kindOfSource } from '../loader/sources/sourceUri.ts'
import { parseSyncSpec } from '../loader/spec/parseSyncSpec.ts'
import { isObject, type Problem, type ShowGiven, strictShape } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { SYNC_EXAMPLE, type SyncSpec, writtenSyncSpecSchema } from '../packages/client/contract/syncSpec.ts'
import { type ConfigDocument, locate } from './document.ts'
import type { ConfigPath, ConfigProblem } from './problems.ts'

export type ReadSyncs = {
  readonly syncs: ReadonlyMap<string, SyncSpec>
  /** By the name of their sync. */
  readonly schedules: ReadonlyMap<string, Schedule>
  readonly problems: readonly ConfigProblem[]
}

/** Reads the document itself, so that problems here and in the rest of the file are reported together. */
export function readSyncs(document: ConfigDocument, show: ShowGiven): ReadSyncs {
  const connections = Object.keys(mappingAt(document.value, 'connections'))
  const databases = Object.keys(mappingAt(document.value, 'databases'))
  const syncs = new Map<string, SyncSpec>()
  const schedules = new Map<string, Schedule>()
  const problems: ConfigProblem[] = []
  const add = (found: readonly Problem[], above: ConfigPath) =>
    problems.push(...found.map(one => locate(document, one, above)))
  for (const [name, written] of Object.entries(mappingAt(document.value, 'syncs'))) {
    const { schedule: writtenSchedule, spec: writtenSpec } = withoutSchedule(written)
    const showIn =
      (above: ConfigPath): ShowGiven =>
      (path, value) =>
        show([...above, ...path], value)
    const parsed = parseSyncSpec(writtenSpec, { shape: syncShape, show: showIn(['syncs', name]), name })
    if (writtenSchedule !== undefined) {
      const read = parseSchedule(
        writtenSchedule,
        parsed.ok ? parsed.spec.source : undefined,
        showIn(['syncs', name, 'schedule']),
      )
      if (read.ok) schedules.set(name, read.schedule)
      else add(read.problems, ['syncs', name, 'schedule'])
    }
    if (!parsed.ok) {
      add(parsed.problems, ['syncs', name])
      continue
    }
    syncs.set(name, parsed.spec)
    const { connection } = parsed.spec
    problems.push(...sourceProblems(parsed.spec, databases).map(one => locate(document, one, ['syncs', name])))
    // Missing connections are one problem, reported once.
    if (connections.length === 0 || connections.includes(connection)) continue
    const message = `"${connection}" is not under connections; use one of ${connections.join(', ')}${didYouMean(connection, connections)}`
    problems.push(locate(document, { path: ['syncs', name, 'connection'], message }))
  }
  return { syncs, schedules, problems }
}

function databaseProblems(name: string, databases: readonly string[]): readonly Problem[] {
  if (databases.includes(name)) return []
  const known = databases.length === 0 ? 'add it there, with its url' : `use one of ${databases.join(', ')}`
  return [
    { path: ['source', 'uri'], message: `"${name}" is not under databases; ${known}${didYouMean(name, databases)}` },
  ]
}

/** `schedule` is read by itself; here it is an allowed key. */
const syncShape = strictShape({ ...writtenSyncSpecSchema.shape, schedule: z.unknown().optional() }, SYNC_EXAMPLE)

/** The form of the URI. The worker checks its location, because its dataDirectories may differ. */
function sourceProblems({ source }: SyncSpec, databases: readonly string[]): readonly Problem[] {
  if ('inline' in source) return []
  const tables = Object.entries(source.tables ?? {})
  const inner = tables.flatMap(([name, uri]) => uriProblems(uri, ['source', 'tables', name], databases))
  return [...uriProblems(source.uri, ['source', 'uri'], databases), ...inner]
}

function uriProblems(uri: string, path: Problem['path'], databases: readonly string[]): readonly Problem[] {
  try {
    if (kindOfSource(uri) === 'database') return databaseProblems(databaseOfSource(uri), databases)
    // A placeholder may stand for any text.
    checkSourceUri(uri.replaceAll(/\{[^{}]*\}/g, 'x'))
    return []
  } catch (error) {
    if (!(error instanceof SourceUriError)) throw error
    return [{ path, message: error.message }]
  }
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
