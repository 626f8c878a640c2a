import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { writtenDuration } from '../../packages/client/contract/duration.ts'
import { check, type Problem, type ShowGiven } from '../../packages/client/contract/issues.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import { OPERATIONS, type Operation } from '../../packages/client/contract/operations.ts'
import { type SyncSpec, type SyncSpecInput, syncSpecSchema } from '../../packages/client/contract/syncSpec.ts'
import { readWhereClause } from '../salesforce/whereClause.ts'
import { checkboxWordProblem } from '../values/checkbox.ts'
import { contraryPatterns, patternProblem } from '../values/datePattern.ts'
import { existingPolicy, existingProblems } from './existing.ts'
import { fileProblems } from './fileProblems.ts'
import { lookupProblems } from './lookupProblems.ts'
import { missingProblems } from './missingProblems.ts'
import { parentRunProblems } from './parentSyncs.ts'
import { selfReferenceProblems, selfReferring } from './selfReferences.ts'
import { sendingProblems } from './sendingRules.ts'
import { sourceKeyProblems } from './sourceKeys.ts'
import { valueMapProblems } from './valueMapProblems.ts'

export type ParsedSyncSpec =
  | { readonly ok: true; readonly spec: SyncSpec }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export type SpecOptions = {
  /** @default syncSpecSchema */
  readonly shape?: z.ZodType<z.output<typeof syncSpecSchema>>
  /** Name of the sync: a field that names it means its own rows. */
  readonly name?: string
  /** Shows given values in messages. @default as JSON */
  readonly show?: ShowGiven
}

/**
 * Validates the spec that a person or a service wrote and applies every default. Parsing the result again returns it unchanged.
 * Reports all problems at once.
 */
export function parseSyncSpec(
  input: unknown,
  { shape = syncSpecSchema, show, name }: SpecOptions = {},
): ParsedSyncSpec {
  const checked = check(shape, input, show)
  if (!checked.ok) return checked
  const spec = selfReferring(checked.value, name)
  const problems = [
    ...keyProblems(spec),
    ...matchProblems(spec),
    ...hardDeleteProblems(spec),
    ...sendingProblems(spec),
    ...missingProblems(spec),
    ...existingProblems(spec, possibleOperations(spec)),
    ...fieldProblems(spec),
    ...fileProblems(spec),
    ...valueMapProblems(spec),
    ...lookupProblems(spec),
    ...selfReferenceProblems(spec),
    ...formatProblems(spec),
    ...sourceKeyProblems(spec),
    ...identityProblems(spec),
    ...parentRunProblems(spec),
  ]
  return problems.length > 0 ? { ok: false, problems } : { ok: true, spec }
}

function keyProblems(spec: SyncSpec): Problem[] {
  const { keyField, externalIdField } = spec
  const problems: Problem[] = []
  const { operation } = spec
  if ((operation === 'update' || operation === 'delete') && keyField === undefined && !isMapped(spec, 'Id')) {
    problems.push(problem(['keyField'], `is missing: ${operation} needs keyField, or a mapping of Id`))
  }
  if (spec.operation === 'upsert' && externalIdField === undefined) {
    problems.push(problem(['externalIdField'], 'is missing: upsert needs an External ID field'))
  }
  const keys = [
    ...keyFieldsOf(spec).map(([path, name]) => [path, name, 'Key field'] as const),
    [['externalIdField'], externalIdField, 'External ID field'] as const,
  ]
  problems.push(...keyListProblems(spec))
  for (const [path, name, words] of keys) {
    if (name === undefined || isMapped(spec, name)) continue
    const mapped = Object.keys(spec.fields)
    problems.push(
      problem(path, `${words}: ${name} is not present in data; map it under fields${didYouMean(name, mapped)}`),
    )
  }
  return problems
}

/** The fields of `keyField`, each with its path in the spec. */
export function keyFieldsOf({ keyField = [] }: SyncSpec): readonly (readonly [Problem['path'], string])[] {
  if (typeof keyField === 'string') return [[['keyField'], keyField]]
  return keyField.map((name, index) => [['keyField', index], name])
}

function keyListProblems(spec: SyncSpec): Problem[] {
  const names = keyFieldsOf(spec).map(([path, name]) => [path, name.toLowerCase()] as const)
  return names.flatMap(([path, name], index) => {
    if (names.findIndex(([, other]) => other === name) < index) return [problem(path, 'is listed twice')]
    if (name !== 'id' || names.length === 1) return []
    return [problem(path, 'Id finds a record alone; leave it out, or leave out the other fields')]
  })
}

/** Salesforce itself finds the record of an upsert, and most creates search for none. */
function matchProblems(spec: SyncSpec): Problem[] {
  if (spec.match === undefined) return []
  const read = readWhereClause(spec.match.where)
  if (!read.ok) return [problem(['match', 'where'], read.problem)]
  const operations = possibleOperations(spec)
  if (operations.includes('update') || operations.includes('delete')) return []
  if (operations.includes('create') && existingPolicy(spec, 'create') === 'keep') return []
  const words = `narrows what update and delete find, and this sync does ${operations.join(' and ')}`
  return [problem(['match'], `${words}; leave match out, or load with operation: update`)]
}

/** Of the two APIs only Bulk API 2.0 deletes past the recycle bin. */
function hardDeleteProblems(spec: SyncSpec): Problem[] {
  if (!spec.hardDelete) return []
  if (spec.missing !== 'delete' && !possibleOperations(spec).includes('delete')) {
    return [
      problem(['hardDelete'], 'is for runs that delete: set operation or missing to delete, or leave hardDelete out'),
    ]
  }
  if (spec.engine !== 'collections') return []
  return [problem(['hardDelete'], 'needs Bulk API 2.0: set engine to bulk or auto, or leave hardDelete out')]
}

function fieldProblems(spec: SyncSpec): Problem[] {
  const names = Object.keys(spec.fields)
  if (names.length === 0) return [problem(['fields'], 'is empty: map at least one field, such as LastName: last_name')]
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) problems.push(problem(['fields', name], 'is mapped twice'))
    seen.add(name.toLowerCase())
  }
  return problems
}

function formatProblems({ formats }: SyncSpec): Problem[] {
  const problems = formats.dates.flatMap((pattern, index) => {
    const words = patternProblem(pattern)
    return words === undefined ? [] : [problem(['formats', 'dates', index], words)]
  })
  const contrary = contraryPatterns(formats.dates)
  if (contrary) {
    const [one, other] = contrary.map(pattern => JSON.stringify(pattern))
    problems.push(problem(['formats', 'dates'], `${one} and ${other} read one text as two days; leave out one of them`))
  }
  const { decimalSeparator, groupSeparator, checkbox } = formats
  if (groupSeparator !== undefined && groupSeparator === decimalSeparator) {
    problems.push(problem(['formats', 'groupSeparator'], `"${groupSeparator}" is the decimalSeparator too`))
  }
  const words = checkboxWordProblem(checkbox)
  if (words !== undefined) problems.push(problem(['formats', 'checkbox'], words))
  return problems
}

const identityProblems = (spec: SyncSpec): Problem[] => [
  ...resultColumnProblems(spec),
  ...repeatedIdentityProblems(spec),
]

/** Two columns of results.csv with the same name could not be read by name. */
function resultColumnProblems({ identityFields, resultColumns }: SyncSpec): Problem[] {
  const identity = new Set(identityFields)
  return resultColumns.flatMap((name, index) =>
    identity.has(name)
      ? [problem(['resultColumns', index], `"${name}" is an identity field too; leave out one of them`)]
      : [],
  )
}

function repeatedIdentityProblems(spec: SyncSpec): Problem[] {
  const seen = new Set<string>()
  return spec.identityFields.flatMap((name, index) => {
    const isRepeated = seen.has(name)
    seen.add(name)
    return isRepeated ? [problem(['identityFields', index], `"${name}" is listed twice`)] : []
  })
}

const problem = (path: Problem['path'], message: string): Problem => ({ path, message })

/**
 * The operations that a record of the run may request. A column may name create, and each operation that the spec has a
 * key for.
 */
export function possibleOperations(spec: SyncSpec): readonly Operation[] {
  if (typeof spec.operation === 'string') return [spec.operation]
  const hasKey = spec.keyField !== undefined || isMapped(spec, 'Id')
  const possible = {
    create: true,
    update: hasKey,
    upsert: spec.externalIdField !== undefined,
    delete: hasKey,
  } as const satisfies Readonly<Record<Operation, boolean>>
  return OPERATIONS.filter(operation => possible[operation])
}

/** Whether the spec maps the field; Salesforce's API names are case-insensitive. */
function isMapped(spec: SyncSpec, field: string): boolean {
  const wanted = field.toLowerCase()
  return Object.keys(spec.fields).some(name => name.toLowerCase() === wanted)
}

type Written = Readonly<Record<string, unknown>>

/** The spec with its durations as a person writes them: `2h`. */
export function writtenSpec({ source, resend, ...spec }: SyncSpec): SyncSpecInput {
  return { ...spec, source: withWrittenTimes(source), resend: withWrittenTimes(resend) } as SyncSpecInput
}

const TIMES = ['waitFor', 'stableFor', 'delay', 'lostAnswerWait']

const withWrittenTimes = (written: object): object =>
  Object.fromEntries(
    Object.entries(written).map(([key, value]) => [
      key,
      TIMES.includes(key) && typeof value === 'number' ? writtenDuration(value) : value,
    ]),
  )

/** Replaces keys of the named sync with the given ones; null removes a key. Validate the result with `parseSyncSpec`. */
export function overriddenSpec(named: SyncSpec | undefined, given: Written | null | undefined): Written {
  return Object.fromEntries(Object.entries({ ...named, ...given }).filter(([, value]) => value !== null))
}

/** What a sync loads, and where. Another source, or another way to send it, leaves it the same sync. */
const WHAT_A_SYNC_LOADS = [
  'connection',
  'object',
  'operation',
  'keyField',
  'match',
  'externalIdField',
  'existing',
  'hardDelete',
  'fields',
] as const

/** Whether a run with this spec is one of the sync. A caller may give any spec beside the name of a sync. */
export function isRunOf(sync: SyncSpec | undefined, spec: SyncSpec): boolean {
  return sync !== undefined && WHAT_A_SYNC_LOADS.every(key => isDeepStrictEqual(sync[key], spec[key]))
}

/** Overrides that result in exactly this spec for any named sync. */
export function overridesTo(spec: SyncSpec): Written {
  const absent = Object.keys(syncSpecSchema.shape).map(key => [key, null] as const)
  return { ...Object.fromEntries(absent), ...spec }
}
