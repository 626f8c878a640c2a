// Which column fills which field. A match that is not certain is proposed, never taken.
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { isAddressCode } from '../values/picklist.ts'
import { candidatesOf, type FieldNames, fieldNamesOf, isPerson, rankOf } from './candidates.ts'
import { type ColumnFacts, isMostly } from './columnFacts.ts'
import { formsOf, formsOfAll, isOneOf, shareOne } from './columnName.ts'
import { COMPANY_WORDS, FULL_NAME_WORDS, NAME_WORDS } from './concepts.ts'
import { type Fit, fitOf, shown } from './fieldFit.ts'
import { fileTargets } from './fileTargets.ts'
import { asTarget, idTargets, ownKeyTargets, recordTypeTargets, type Target } from './lookups.ts'
import { decideNumbers, type NumberDecision } from './numberFormats.ts'
import { type LookupField, lookupFieldsOf, lookupTargets } from './parentLookups.ts'
import { type ParentField, parentFieldsOf, parentTargets } from './parents.ts'
import { rowParentTargets } from './rowParents.ts'
import { type OtherSync, syncParentTargets } from './syncParents.ts'

/** A field that a column may fill, and what its values say. */
export type Proposal = Target &
  Fit & {
    /** Whether the values are written as the picklist has them. */
    readonly translated?: boolean
  }

export type ColumnMatch = {
  readonly facts: ColumnFacts
  /** Position in the header, from 0. */
  readonly position: number
  /** The field that the column certainly fills. */
  readonly match?: Proposal
  /** Fields that it may fill. */
  readonly proposals: readonly Proposal[]
  /** What to know about a column that fills no field. */
  readonly note?: string
}

/** Proposals for one column that are shown. */
const MOST_PROPOSALS = 3

/**
 * @param parents the objects that lookups lead to, as far as the integration user may describe them
 * @param syncs other syncs of the same file
 */
export function matchColumns(
  columns: readonly ColumnFacts[],
  object: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
  syncs: readonly OtherSync[] = [],
): readonly ColumnMatch[] {
  const names = fieldNamesOf(object)
  const parentFields = parentFieldsOf(object, parents)
  const lookupFields = lookupFieldsOf(object, parents)
  const numbers = decideNumbers(columns.flatMap(({ kind, filled }) => (kind === 'number' ? filled : [])))
  const found = columns.map((facts, position) => ({
    facts,
    position,
    targets: isUsable(facts.name, columns)
      ? proposalsOf(facts, names, { parentFields, lookupFields, syncs, numbers })
      : [],
  }))
  const withRows = found.map(one => {
    const parents = rowParentTargets(one.facts, found, object).map(target => ({ ...target, fits: 'yes' as const }))
    const others = one.targets.filter(({ key }) => !parents.some(parent => parent.key === key))
    return { ...one, targets: [...parents, ...others, ...byRows(one.facts, found, names)] }
  })
  return withoutRivals(withRows.map(one => decided(one, columns, object)))
}

const isUsable = (name: string, columns: readonly ColumnFacts[]): boolean =>
  name !== '' && columns.filter(other => other.name === name).length === 1

type Found = { readonly facts: ColumnFacts; readonly position: number; readonly targets: readonly Proposal[] }

type Known = {
  readonly parentFields: readonly ParentField[]
  readonly lookupFields: readonly LookupField[]
  readonly syncs: readonly OtherSync[]
  readonly numbers: NumberDecision
}

function proposalsOf(
  facts: ColumnFacts,
  names: FieldNames,
  { parentFields, lookupFields, syncs, numbers }: Known,
): readonly Proposal[] {
  const { object } = names
  const ids = idTargets(facts, names)
  const records = [
    ...fileTargets(facts, object),
    ...ids,
    ...recordTypeTargets(facts, object),
    ...parentTargets(facts, parentFields),
  ]
  const fields = candidatesOf(facts.name, names)
    .filter(({ field }) => !records.some(({ sets }) => sets === field.name))
    .map(candidate => ({ ...asTarget(candidate), ...fitOf(facts, candidate.field, numbers) }))
    .map(proposal => (isPlaceText(proposal, object) ? { ...proposal, ...PLACE_TEXT } : proposal))
  const parents = [...lookupTargets(facts, lookupFields), ...syncParentTargets(facts, syncs, object)]
  const keys = [...records, ...parents, ...ownKeyTargets(facts, object)].map(target => ({
    ...target,
    fits: 'yes' as const,
  }))
  return [...keys, ...fields]
}

/** The text of a state or a country in an org that has codes for it. */
const isPlaceText = ({ key }: Proposal, { fields }: ObjectDescribe): boolean =>
  /(?:State|Country)$/.test(key) && fields.some(field => field.name === `${key}Code` && isAddressCode(field))

const PLACE_TEXT = { certainty: 'doubtful', note: 'takes the integration values of the org only' } as const

const isCertain = ({ certainty, fits }: Proposal): boolean => fits === 'yes' && rankOf(certainty) >= rankOf('synonym')

/** The one certain field of a column; two that are equally certain are both proposed. */
function decided(
  { facts, position, targets }: Found,
  columns: readonly ColumnFacts[],
  object: ObjectDescribe,
): ColumnMatch {
  const certain = targets
    .filter(isCertain)
    .filter((one, _, all) => !all.some(other => other.key === `${one.key}Code`))
    .toSorted((a, b) => rankOf(b.certainty) - rankOf(a.certainty))
  const [first, second] = certain
  const isOnly = first !== undefined && (second === undefined || rankOf(second.certainty) < rankOf(first.certainty))
  const others = targets.filter(target => target !== first && isProposed(target))
  const proposals = isOnly ? [] : [...(first === undefined ? [] : [first]), ...others].slice(0, MOST_PROPOSALS)
  const note = isOnly || proposals.length > 0 ? undefined : noteOf(facts, columns, object, targets)
  return { facts, position, ...(isOnly ? { match: first } : {}), proposals, ...(note === undefined ? {} : { note }) }
}

/** A field whose values do not fit is shown only if its name is certain: then the values may be corrected. */
const isProposed = ({ certainty, fits, values }: Proposal): boolean =>
  fits === 'yes' || rankOf(certainty) >= rankOf('synonym') || (values !== undefined && certainty === 'doubtful')

/** Of several columns for one field the surest is taken; equally sure ones are all proposed. */
function withoutRivals(matches: readonly ColumnMatch[]): readonly ColumnMatch[] {
  return matches.map(one => {
    const { match } = one
    if (match === undefined) return one
    const rivals = matches.filter(other => other !== one && other.match?.sets === match.sets)
    const strongest = Math.max(...rivals.map(rival => strengthOf(rival)))
    if (rivals.length === 0 || strengthOf(one) > strongest) return one
    const names = rivals.map(({ facts }) => shown(facts.name)).join(', ')
    const { match: _, ...rest } = one
    return { ...rest, proposals: [{ ...match, note: `${names} fits ${match.key} too` }] }
  })
}

/** A column with values counts more than one without. */
const strengthOf = ({ match, facts }: ColumnMatch): number =>
  match === undefined ? -1 : rankOf(match.certainty) + (facts.filled.length > 0 ? 0.5 : 0)

const NAMES = formsOfAll(NAME_WORDS)
const WHOLE_NAMES = formsOfAll(`${FULL_NAME_WORDS}|${NAME_WORDS}`)
const COMPANIES = formsOfAll(COMPANY_WORDS)

/** Matches that only other columns of the same rows decide: which part of a name, or of an address, a column has. */
function byRows(facts: ColumnFacts, found: readonly Found[], names: FieldNames): readonly Proposal[] {
  const valuesOf = (...fields: readonly string[]) =>
    found.find(({ targets }) => targets.some(one => isCertain(one) && fields.includes(one.key)))?.facts.values
  if (isPerson(names.object) && isOneOf(facts.name, NAMES)) {
    const first = valuesOf('FirstName')
    const last = valuesOf('LastName')
    if (first !== undefined && last === undefined) return partOfName(facts, first, 'LastName', 'last name', names)
    if (last !== undefined && first === undefined) return partOfName(facts, last, 'FirstName', 'first name', names)
    return []
  }
  const name = names.object.fields.find(field => field.name === 'Name' && field.createable)
  if (name !== undefined && isOneOf(facts.name, NAMES) && valuesOf('Name') === undefined) {
    return [{ key: 'Name', sets: 'Name', certainty: 'synonym', reason: 'means name', ...fitOf(facts, name, {}) }]
  }
  const street = found.find(one => one.facts === facts)?.targets.find(({ concept }) => concept === 'street')
  if (street?.certainty !== 'doubtful' || street.fits === 'no') return []
  if (!isMostly(facts.filled, value => /\d/.test(value))) return []
  const city = valuesOf('MailingCity', 'City', 'BillingCity')
  if (city === undefined || !areApart(facts.values, city)) return []
  return [{ ...street, certainty: 'synonym', reason: 'means street: the city has its own column' }]
}

function partOfName(
  facts: ColumnFacts,
  other: readonly string[],
  key: string,
  what: string,
  { object }: FieldNames,
): readonly Proposal[] {
  const field = object.fields.find((one: FieldDescribe) => one.name === key)
  if (field === undefined || !areApart(facts.values, other)) return []
  const reason = `means ${what}: the other part of the name has its own column`
  return [{ key, sets: key, certainty: 'synonym', reason, ...fitOf(facts, field, {}) }]
}

/** Whether the values of a column do not have those of another in them, row by row. */
function areApart(values: readonly string[], others: readonly string[]): boolean {
  const rows = values.flatMap((value, row) => {
    const other = others[row] ?? ''
    return value.trim() === '' || other.trim() === ''
      ? []
      : [[value.toLowerCase(), other.trim().toLowerCase()] as const]
  })
  return isMostly(
    rows.map(([value, other]) => (value.includes(other) ? '' : 'apart')),
    one => one !== '',
  )
}

function noteOf(
  { name }: ColumnFacts,
  columns: readonly ColumnFacts[],
  object: ObjectDescribe,
  targets: readonly Proposal[],
): string | undefined {
  if (name === '') return 'has no name in the header; give it one to use it'
  if (columns.filter(other => other.name === name).length > 1) return 'occurs more than once; give each its own name'
  if (isPerson(object) && isOneOf(name, WHOLE_NAMES)) {
    return 'may have the whole name, which Salesforce keeps in FirstName and LastName; split it in the source'
  }
  if (isOneOf(name, COMPANIES) && isPerson(object)) {
    return 'is the account of a person, which is found by its Id, an External ID or its name: AccountId: { lookup: Account, by: Name, from: COLUMN }'
  }
  const forms = formsOf(name)
  const readOnly = object.fields.find(
    field => !field.createable && !field.updateable && field.type !== 'id' && shareOne(formsOf(field.name), forms),
  )
  if (readOnly !== undefined) return `${readOnly.name} cannot be written by this user`
  const misfit = targets.find(({ fits, note }) => fits === 'no' && note !== undefined)
  return misfit && `not ${misfit.key}: ${misfit.note}`
}
