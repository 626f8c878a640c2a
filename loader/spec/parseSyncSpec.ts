import { MAX_INLINE_BYTES } from '../../packages/client/contract/defaults.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { type SpecProblem, specProblems } from '../../packages/client/contract/specProblems.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { syncSpecShape } from '../../packages/client/contract/syncSpecSchema.ts'
import { zeroCharacterProblem } from '../../packages/client/contract/zeroCharacter.ts'
import { patternProblem } from '../values/datePattern.ts'
import { isMapped } from './operations.ts'

export type ParsedSyncSpec =
  | { readonly ok: true; readonly spec: SyncSpec }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] }

/**
 * Validates the spec that a person or a service wrote and applies every default. Parsing the result again returns it unchanged.
 * Reports all problems at once.
 */
export function parseSyncSpec(input: unknown): ParsedSyncSpec {
  const parsed = syncSpecShape.safeParse(input)
  if (!parsed.success) return { ok: false, problems: specProblems(parsed.error.issues, input) }
  const spec: SyncSpec = parsed.data
  const problems = [...keyProblems(spec), ...fieldProblems(spec), ...identityProblems(spec), ...sourceProblems(spec)]
  return problems.length > 0 ? { ok: false, problems } : { ok: true, spec }
}

function keyProblems(spec: SyncSpec): SpecProblem[] {
  const { keyField, externalIdField } = spec
  const problems: SpecProblem[] = []
  if (spec.operation === 'update' && keyField === undefined && !isMapped(spec, 'Id')) {
    problems.push(problem(['keyField'], 'is missing: update needs keyField, or a mapping of Id'))
  }
  if (spec.operation === 'upsert' && externalIdField === undefined) {
    problems.push(problem(['externalIdField'], 'is missing: upsert needs an External ID field'))
  }
  const keys = [
    ['keyField', keyField, 'Key field'],
    ['externalIdField', externalIdField, 'External ID field'],
  ] as const
  for (const [path, name, words] of keys) {
    if (name === undefined || isMapped(spec, name)) continue
    const mapped = Object.keys(spec.fields)
    problems.push(
      problem([path], `${words}: ${name} is not present in data; map it under fields${didYouMean(name, mapped)}`),
    )
  }
  return problems
}

function fieldProblems(spec: SyncSpec): SpecProblem[] {
  const names = Object.keys(spec.fields)
  if (names.length === 0) return [problem(['fields'], 'is empty: map at least one field, such as LastName: last_name')]
  const problems = spec.formats.dates.flatMap((pattern, index) => {
    const words = patternProblem(pattern)
    return words === undefined ? [] : [problem(['formats', 'dates', index], words)]
  })
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) problems.push(problem(['fields', name], 'is mapped twice'))
    seen.add(name.toLowerCase())
  }
  return problems
}

function identityProblems(spec: SyncSpec): SpecProblem[] {
  return [...resultColumnProblems(spec), ...repeatedIdentityProblems(spec)]
}

/** Two columns of results.csv with the same name could not be read by name. */
function resultColumnProblems({ identityFields, resultColumns }: SyncSpec): SpecProblem[] {
  return resultColumns.flatMap((name, index) =>
    identityFields.includes(name)
      ? [problem(['resultColumns', index], `"${name}" is an identity field too; leave out one of them`)]
      : [],
  )
}

function repeatedIdentityProblems(spec: SyncSpec): SpecProblem[] {
  return spec.identityFields.flatMap((name, index) =>
    spec.identityFields.indexOf(name) < index ? [problem(['identityFields', index], `"${name}" is listed twice`)] : [],
  )
}

function sourceProblems({ source }: SyncSpec): SpecProblem[] {
  if (!('inline' in source)) return []
  const bytes = new TextEncoder().encode(JSON.stringify(source.inline)).length
  if (bytes > MAX_INLINE_BYTES) {
    const words = `has ${bytes} bytes; the maximum is ${MAX_INLINE_BYTES}; put the records into a file and give its uri`
    return [problem(['source', 'inline'], words)]
  }
  return source.inline.flatMap((record, index) =>
    Object.entries(record).flatMap(([column, value]) => {
      const words = zeroCharacterProblem(column) ?? zeroCharacterProblem(value)
      return words === undefined ? [] : [problem(['source', 'inline', index, JSON.stringify(column)], words)]
    }),
  )
}

function problem(path: SpecProblem['path'], message: string): SpecProblem {
  return { path, message }
}
