// Columns that name a parent, or an owner, by a field that finds its record.
import { present } from '../../packages/client/contract/scalars.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import type { ColumnFacts } from './columnFacts.ts'
import { bareApiName, formsOf, formsOfAll, shareOne } from './columnName.ts'
import { type Target, writable } from './lookups.ts'

/** A field of a parent that finds its record, with the names that a column for it has. */
export type ParentField = Pick<Target, 'key' | 'sets' | 'parent'> & {
  readonly finds: NonNullable<Target['finds']>
  readonly label: string
  readonly isOwner: boolean
  readonly apiForms: ReadonlySet<string>
  readonly labelForms: ReadonlySet<string>
  /** Names that have a word for the parent and a word for a key: `account_code`. */
  readonly doubtfulForms: ReadonlySet<string>
}

const KEY_WORDS =
  'id|code|number|key|ref|reference|external id|ext id|nummer|kennung|kuerzel|numero|numer|codigo|codice|kod|kode|identifier'

const OWNER_NAMES = formsOfAll(
  'owner|record owner|contact owner|lead owner|account owner|owner email|Besitzer|Inhaber|Zuständig|propriétaire|propietario|proprietario|proprietário|eigenaar|właściciel|ägare|assigned to',
)

/** Other names of parents in sources. */
const PARENT_WORDS: Readonly<Record<string, string>> = {
  Account:
    'account|company|firma|unternehmen|kunde|customer|societe|empresa|azienda|bedrijf|foretag|compte|cuenta|client',
  Campaign: 'campaign|kampagne|campagne|campana|campagna|campanha|kampania|kampanj',
}

/** Compiles the fields by which the parents of an object are found. */
export function parentFieldsOf(
  object: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
): readonly ParentField[] {
  const lookups = writable(object).filter(({ name }) => name !== 'RecordTypeId')
  return lookups.flatMap(lookup =>
    lookup.referenceTo.flatMap(name => {
      const parent = parents.get(name)
      const keys = parent?.fields.filter(field => field.externalId || (field.idLookup && field.type !== 'id'))
      return parent === undefined || keys === undefined || lookup.relationshipName === null
        ? []
        : keys.map(field => parentField(lookup, lookup.relationshipName ?? '', parent, field))
    }),
  )
}

function parentField(
  { name: sets, label, referenceTo }: FieldDescribe,
  relationship: string,
  parent: ObjectDescribe,
  field: FieldDescribe,
): ParentField {
  const names = [bareApiName(relationship), label.replace(/\s+ID$/i, ''), parent.label].filter(name => name !== '')
  const isOwner = relationship === 'Owner' && parent.name === 'User'
  const words = isOwner ? [] : [...names, ...(PARENT_WORDS[parent.name]?.split('|') ?? [])]
  const joined = (befores: readonly string[], afters: readonly string[]) =>
    new Set(befores.flatMap(before => afters.flatMap(after => [...formsOf(`${before} ${after}`)])))
  return {
    // Several users may have one address, and the search leaves out inactive ones.
    ...(isOwner && field.type === 'email'
      ? { key: sets, parent: { lookup: parent.name, by: field.name } }
      : { key: keyOf(relationship, parent, field, referenceTo) }),
    sets,
    finds: { objects: [parent.name], field },
    label: parent.label,
    isOwner,
    apiForms: joined([relationship], [field.name]),
    labelForms: joined(names, [field.label, bareApiName(field.name)]),
    doubtfulForms: isOwner ? OWNER_NAMES : joined(words, KEY_WORDS.split('|')),
  }
}

function keyOf(relationship: string, parent: ObjectDescribe, { name }: FieldDescribe, referenceTo: readonly string[]) {
  return `${referenceTo.length > 1 ? `${parent.name}:` : ''}${relationship}.${name}`
}

/** Parents by one of their fields that find records. */
export function parentTargets({ name, kind }: ColumnFacts, fields: readonly ParentField[]): readonly Target[] {
  if (kind === 'recordId') return []
  const forms = formsOf(name)
  return fields.flatMap(({ key, sets, parent, finds, label, isOwner, ...names }): readonly Target[] => {
    // That a user has the address does not show that the column names the owner.
    const target = { key, sets, ...present({ parent }), ...(isOwner ? {} : { finds }) }
    const { field } = finds
    if (shareOne(forms, names.apiForms)) return [{ ...target, certainty: 'api name', reason: 'same name' }]
    if ((field.type === 'email' || isOwner) && kind !== 'email') return []
    if (shareOne(forms, names.labelForms)) {
      return [{ ...target, certainty: 'label', reason: `${label} and its ${field.label}` }]
    }
    if (!shareOne(forms, names.doubtfulForms)) return []
    const effect = isOwner ? 'changes the owner; ' : ''
    return [{ ...target, certainty: 'doubtful', reason: `${effect}may be the ${field.label} of ${label}` }]
  })
}
