// What callers may load. Without rules anyone who may start workflows loads any object by any connection.
import { isDeepStrictEqual } from 'node:util'
import { writtenDuration } from '../../packages/client/contract/duration.ts'
import { type FieldMapping, SELF } from '../../packages/client/contract/fieldMapping.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { ExternalSource, SourceSpec } from '../../packages/client/contract/sourceSpec.ts'
import type { SyncSpec, syncSpecSchema } from '../../packages/client/contract/syncSpec.ts'
import { kindOfSource } from '../sources/sourceUri.ts'
import { RunRejectedError } from './runRejectedError.ts'

type SpecKey = keyof typeof syncSpecSchema.shape

/** Allows another database, query, table or SQL: a caller who may write one reads whatever the user of the database may. */
export const OTHER_QUERY = 'source.query'

/** Allows other lookups: a caller who may write one finds records of any object that the integration user reads. */
export const OTHER_LOOKUP = 'fields.lookup'

/** `allow:` of the configuration. */
export type CallerRules = {
  /** Syncs that callers may run. */
  readonly syncs: readonly string[]
  /** Keys of a sync that a run may replace. */
  readonly overrides: readonly (SpecKey | typeof OTHER_QUERY | typeof OTHER_LOOKUP)[]
}

const WHERE = 'allow in sflink.yaml'

/** @param sync the configured sync that the run names */
export type RunAsked = {
  readonly name: string | undefined
  readonly sync: SyncSpec | undefined
  readonly spec: SyncSpec
}

/** Throws RunRejectedError unless the rules allow the run. @param ignored keys that the run replaces for itself */
export function rejectForbiddenRun(
  rules: CallerRules | undefined,
  { name, sync, spec }: RunAsked,
  ignored: readonly SpecKey[] = [],
): void {
  if (rules === undefined) return
  rejectForbiddenSync(rules, name)
  const keys = [...new Set([...Object.keys(spec), ...Object.keys(sync ?? {})])] as SpecKey[]
  const replaced = keys.filter(key => !isDeepStrictEqual(spec[key], sync?.[key]))
  const free = [...ignored, ...rules.overrides, ...parentKey(rules, spec)]
  const forbidden: string[] = replaced.filter(key => !free.includes(key))
  if (!forbidden.includes('source') && !rules.overrides.includes(OTHER_QUERY)) {
    forbidden.push(...otherQuery(spec.source, sync?.source))
  }
  if (!forbidden.includes('fields') && !rules.overrides.includes(OTHER_LOOKUP)) {
    if (hasOtherLookup(spec, sync)) forbidden.push(OTHER_LOOKUP)
  }
  if (forbidden.length === 0) return
  const allowed = rules.overrides.length === 0 ? 'none' : rules.overrides.join(', ')
  throw new RunRejectedError(`Sync ${name}`, [
    `a run may not replace ${forbidden.join(', ')}; allowed: ${allowed} (overrides under ${WHERE}); nothing was loaded`,
  ])
}

/** A caller may name the run of the parents if it may run their syncs: their rejections are quoted in its own results. */
const parentKey = ({ syncs }: CallerRules, { parentRuns = {} }: SyncSpec): readonly SpecKey[] =>
  Object.keys(parentRuns).every(sync => syncs.includes(sync)) ? ['parentRuns'] : []

/** Keys by which a source selects more than a file that a caller could send itself. */
const SELECTING = ['query', 'table', 'sql', 'tables'] as const satisfies readonly (keyof ExternalSource)[]

/** What a source reads that the sync does not. */
function otherQuery(asked: SourceSpec, configured: SourceSpec | undefined): readonly string[] {
  if ('inline' in asked) return []
  const own: Partial<ExternalSource> = configured !== undefined && 'uri' in configured ? configured : {}
  const keys = SELECTING.filter(key => asked[key] !== undefined && !isDeepStrictEqual(asked[key], own[key]))
  const isOtherDatabase = kindOfSource(asked.uri) === 'database' && asked.uri !== own.uri
  return [...(isOtherDatabase ? ['uri'] : []), ...keys].map(key => `source.${key}`)
}

/** Whether the run finds parents as no field of the sync does. Its columns may have other names. */
function hasOtherLookup({ fields }: SyncSpec, sync: SyncSpec | undefined): boolean {
  const own = Object.values(sync?.fields ?? {}).flatMap(parentsOf)
  return Object.values(fields)
    .flatMap(parentsOf)
    .some(asked => !own.some(one => isDeepStrictEqual(one, asked)))
}

/** Where a field finds its parents, unless they are rows of the same source. */
function parentsOf(mapping: FieldMapping): readonly object[] {
  if (!('from' in mapping) || ('sync' in mapping && mapping.sync === SELF)) return []
  const { from: _columns, ...parents } = mapping
  return [parents]
}

/** A lost create is sent again after this time: with a shorter one than the sync has, records could be created twice. */
export function rejectShorterWait({ name, sync, spec }: RunAsked): void {
  const [asked, configured] = [spec.resend.lostAnswerWait, sync?.resend.lostAnswerWait ?? 0]
  if (asked >= configured) return
  throw new RunRejectedError(`Sync ${name}`, [
    `resend.lostAnswerWait ${writtenDuration(asked)} is shorter than the ${writtenDuration(configured)} of the sync, and a run may only lengthen it; nothing was loaded`,
  ])
}

/** Throws RunRejectedError for a load without a sync, and for a sync that callers may not run. */
export function rejectForbiddenSync(rules: CallerRules | undefined, name: string | undefined): void {
  if (rules === undefined || (name !== undefined && rules.syncs.includes(name))) return
  const allowed = rules.syncs.length === 0 ? 'none' : rules.syncs.join(', ')
  if (name === undefined) {
    throw new RunRejectedError('The load', [
      `callers may run syncs of the configuration only, by name: ${allowed} (${WHERE}); nothing was loaded`,
    ])
  }
  throw new RunRejectedError(`Sync ${name}`, [
    `callers may not run it; allowed: ${allowed} (${WHERE})${didYouMean(name, rules.syncs)}`,
  ])
}

/** Objects by the name of the connection, those of the syncs that callers may run. */
export function objectsOfCallers(
  { syncs }: CallerRules,
  sync: (name: string) => SyncSpec | undefined,
): ReadonlyMap<string, ReadonlySet<string>> {
  const specs = syncs.flatMap(name => sync(name) ?? [])
  const byConnection = Map.groupBy(specs, ({ connection }) => connection)
  return new Map([...byConnection].map(([name, of]) => [name, new Set(of.map(({ object }) => object.toLowerCase()))]))
}

/** Throws RunRejectedError for a connection, or an object, that no sync uses which callers may run. */
export function rejectForbiddenObject(
  rules: CallerRules | undefined,
  sync: (name: string) => SyncSpec | undefined,
  { connection, object }: { readonly connection: string; readonly object?: string },
): void {
  if (rules === undefined) return
  const objects = objectsOfCallers(rules, sync).get(connection)
  if (objects !== undefined && (object === undefined || objects.has(object.toLowerCase()))) return
  const what = objects === undefined ? `The connection ${connection}` : `The object ${object} in ${connection}`
  throw new RunRejectedError(what, [`no sync uses it that callers may run (${WHERE})`])
}
