// A sync for a source, as far as its columns, its first records and the org show it.

import { present } from '../../packages/client/contract/scalars.ts'
import { isPersonName } from '../plan/planField.ts'
import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import { factsOf, type SampledColumn } from './columnFacts.ts'
import type { SuggestedParent } from './lookups.ts'
import { type ColumnMatch, matchColumns } from './matchColumns.ts'
import { type FormatChoice, type SuggestedFormats, suggestFormats } from './suggestFormats.ts'
import { type KeyChoice, type SuggestedKey, suggestKey } from './suggestKey.ts'
import type { OtherSync } from './syncParents.ts'

export type SuggestedSync = {
  readonly object: ObjectDescribe
  /** In the order of the columns. */
  readonly matches: readonly ColumnMatch[]
  readonly key: SuggestedKey
  readonly formats: SuggestedFormats['formats']
  readonly formatReasons: SuggestedFormats['reasons']
  readonly undecided: SuggestedFormats['undecided']
  readonly zoneless: SuggestedFormats['zoneless']
  /** For `blankValues` of the source. */
  readonly blankValues: readonly string[]
  /** Fields that a new record must have and no column fills. */
  readonly missing: readonly string[]
}

/** What a column fills by the decision of a person or the org. */
export type FieldChoice = {
  /** Under `fields:`; absent for a column that fills none. */
  readonly key?: string
  /** How the column finds a parent: two proposals may have the same key. */
  readonly parent?: SuggestedParent | undefined
  /** As a comment. */
  readonly reason: string
  /** Whether the values are written as the picklist has them. */
  readonly translated?: boolean
}

export type SuggestionChoices = KeyChoice &
  FormatChoice & {
    /** By column. */
    readonly fields?: ReadonlyMap<string, FieldChoice> | undefined
    /** Other syncs of the same file. */
    readonly syncs?: readonly OtherSync[]
  }

/**
 * Suggests the mapping, the formats, the key and the operation.
 * @param parents the objects that lookups lead to, by name
 */
export function suggestSync(
  columns: readonly SampledColumn[],
  object: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
  { fields = new Map(), syncs = [], ...choice }: SuggestionChoices = {},
): SuggestedSync {
  const found = matchColumns(columns.map(factsOf), object, parents, syncs).map(one => chosen(one, fields))
  const { matches: all, formats, reasons, undecided, zoneless } = suggestFormats(found, object, choice)
  const key = suggestKey(all, object, choice)
  const matches = key.operation === 'create' ? all : all.map(withoutRowParent)
  const filled = new Set(matches.flatMap(({ match }) => match?.sets ?? []))
  const creates = key.operation === 'create' || key.operation === 'upsert'
  const missing = object.fields.filter(
    field => creates && isRequiredOnCreate(field) && !filled.has(field.name) && !isPersonName(field, object),
  )
  const marks = matches.flatMap(({ facts, match }) => (match === undefined ? [] : facts.blankMarks))
  const facts = { formats, formatReasons: reasons, undecided, zoneless, blankValues: [...new Set(marks)] }
  return { object, matches, key, ...facts, missing: missing.map(({ name }) => name) }
}

/** Rows of one source are parents of each other only while they are created. */
function withoutRowParent(one: ColumnMatch): ColumnMatch {
  const { match, ...rest } = one
  if (match?.parent === undefined || !('sync' in match.parent)) return one
  return { ...rest, proposals: [{ ...match, note: 'with operation: create' }] }
}

/** A column as it was decided. */
function chosen(one: ColumnMatch, fields: ReadonlyMap<string, FieldChoice>): ColumnMatch {
  const choice = fields.get(one.facts.name)
  if (choice === undefined) return one
  const { match, proposals, ...rest } = one
  const { key, parent, reason, translated = false } = choice
  if (key === undefined) return { ...rest, proposals: [] }
  const meant = [...(match === undefined ? [] : [match]), ...proposals].find(
    proposal => proposal.key === key && JSON.stringify(proposal.parent) === JSON.stringify(parent),
  )
  const { note, ...known } = meant ?? { key, sets: key }
  return {
    ...rest,
    match: {
      ...known,
      ...(translated ? {} : present({ note })),
      certainty: 'api name',
      fits: 'yes',
      reason,
      translated,
    },
    proposals: [],
  }
}
