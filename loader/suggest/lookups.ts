// Columns that name another record: by its Id, its key in another system, its record type.
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { compileConverter } from '../values/fieldValue.ts'
import { recordTypeConverter, usableRecordTypes } from '../values/recordType.ts'
import type { Candidate, Certainty, FieldNames } from './candidates.ts'
import { type ColumnFacts, isMostly } from './columnFacts.ts'
import { bareApiName, formsOfAll, isOneOf, isSameName, wordsOf } from './columnName.ts'

/** A key under `fields:` of a sync that a column may fill. */
export type Target = {
  /** `LastName`, `Account.Ext_Id__c`, `User:Owner.Username`; `AccountId` for a parent by another field */
  readonly key: string
  /** The field that is set: `AccountId` for both of its spellings. */
  readonly sets: string
  readonly certainty: Certainty
  readonly reason: string
  /** Set for a key of a parent: where the org has the values of the column if it is right. */
  readonly finds?: { readonly objects: readonly string[]; readonly field: FieldDescribe }
  /** Set for a parent that the column finds by a field that is no key: what the mapping has besides `from`. */
  readonly parent?: SuggestedParent
  /** Set for the content of a file: what the column has. */
  readonly content?: 'file' | 'base64'
  /** Whether the column may be the key of the records in another system. */
  readonly isOwnKey?: boolean
  readonly concept?: string
}

/** How a column finds a parent: in the org, or in another row of the source. */
export type SuggestedParent =
  | { readonly lookup: string | readonly string[]; readonly by: string }
  | { readonly sync: string; readonly by: string }

/** Key prefixes of standard objects. https://help.salesforce.com/s/articleView?id=000385203 */
const PREFIXES: Readonly<Record<string, string>> = {
  '001': 'Account',
  '003': 'Contact',
  '005': 'User',
  '006': 'Opportunity',
  '00G': 'Group',
  '00Q': 'Lead',
  '00T': 'Task',
  '01t': 'Product2',
  '012': 'RecordType',
  '500': 'Case',
  '701': 'Campaign',
  '800': 'Contract',
  '801': 'Order',
}

/** Targets of a column whose values are Ids of Salesforce: the record itself, and lookups to its object. */
export function idTargets(facts: ColumnFacts, names: FieldNames): readonly Target[] {
  const { object } = names
  const idField = object.fields.find(({ type }) => type === 'id')
  if (facts.kind !== 'recordId' || idField === undefined) return []
  const prefix = facts.filled[0]?.slice(0, 3) ?? ''
  const convert = compileConverter(idField, { dates: [], timeZone: 'UTC' }, facts.name, prefix)
  if (!isMostly(facts.filled, value => typeof convert(value) === 'string')) return []
  const parent = prefix === object.keyPrefix ? object.name : PREFIXES[prefix]
  if (parent === undefined) return []
  const reason = `Ids of ${parent} begin with ${prefix}`
  const own = {
    key: 'Id',
    sets: 'Id',
    certainty: isOwnId(facts.name, names, idField) ? 'label' : 'doubtful',
    reason,
  } as const
  const lookups = writable(object)
    .filter(({ type, referenceTo }) => type === 'reference' && referenceTo.includes(parent))
    .map(field => {
      const certainty = isNamedLookup(facts.name, field, parent) ? 'label' : 'doubtful'
      return { key: field.name, sets: field.name, certainty, reason } as const
    })
  return parent === object.name ? [own, ...lookups] : lookups
}

/** Words of a name that say no more than that the column has Ids of Salesforce. */
const ID_WORDS: ReadonlySet<string> = new Set(
  'id ids sfdc sf sfid salesforce crm record case safe casesafe 15 18 digit key'.split(' '),
)

/** Whether a name is that of the Id of the records themselves: `Contact ID`, `SFDC Contact Id`, `Kontakt-ID`. */
function isOwnId(name: string, { prefixes }: FieldNames, { label }: FieldDescribe): boolean {
  const own = wordsOf(name).filter(word => !ID_WORDS.has(word))
  return isSameName(name, label) || own.every(word => prefixes.has(word)) || prefixes.has(own.join(''))
}

/** Whether a name is that of a lookup: it has the words of the relationship or of its label, and no others but those for an Id. */
function isNamedLookup(name: string, { name: api, relationshipName, label }: FieldDescribe, parent: string): boolean {
  const words = wordsOf(name).filter(word => !ID_WORDS.has(word))
  const own = [api, bareApiName(relationshipName ?? api), label].map(text =>
    wordsOf(text).filter(word => !ID_WORDS.has(word)),
  )
  const named = own.some(one => one.length > 0 && one.join(' ') === words.join(' '))
  return named || (bareApiName(relationshipName ?? '') === parent && words.join('') === parent.toLowerCase())
}

export const writable = ({ fields }: ObjectDescribe): readonly FieldDescribe[] =>
  fields.filter(({ createable, updateable }) => createable || updateable)

const RECORD_TYPE_NAMES = formsOfAll(
  'record type|recordtype|record type name|record type developer name|Datensatztyp|type d enregistrement|tipo de registro|tipo di record|recordtype naam|typ rekordu|posttyp',
)

/** The record type, by names that the object has. */
export function recordTypeTargets(facts: ColumnFacts, { recordTypes, fields }: ObjectDescribe): readonly Target[] {
  const field = fields.find(({ name }) => name === 'RecordTypeId')
  const usable = usableRecordTypes(recordTypes)
  if (field === undefined || usable.length === 0 || facts.filled.length === 0) return []
  if (!isOneOf(facts.name, RECORD_TYPE_NAMES)) return []
  const convert = recordTypeConverter({ field, column: facts.name }, usable)
  if (!isMostly(facts.filled, value => typeof convert(value) === 'string')) return []
  return [
    { key: 'RecordType.DeveloperName', sets: 'RecordTypeId', certainty: 'label', reason: 'names of record types' },
  ]
}

/** Names of a column that may be the key of the records in another system. */
const OWN_KEY_NAMES = formsOfAll(
  'id|external id|ext id|customer id|customer number|client id|contact id|contact key|subscriber key|member id|person id|lead id|crm id|user id|record id|unique id|Kundennummer|Kunden Nr|Kunden-ID|Mitgliedsnummer|Personalnummer|numéro client|n° client|identifiant|id client|número de cliente|id cliente|codice cliente|código cliente|klantnummer|numer klienta|kundnummer|key|account code|account number|account id|customer code|code client|uuid|guid',
)

/** External IDs of the object itself: the values are unique, and the name is that of a key. */
export function ownKeyTargets(facts: ColumnFacts, { fields }: ObjectDescribe): readonly Target[] {
  const { filled, distinct, values, kind } = facts
  const isKey = filled.length === values.length && distinct.size === filled.length && filled.length > 0
  if (!isKey || kind === 'recordId' || kind === 'email' || kind === 'date') return []
  if (!isOneOf(facts.name, OWN_KEY_NAMES)) return []
  return fields
    .filter(
      field =>
        field.externalId &&
        field.createable &&
        typeof compileConverter(field, { dates: [], timeZone: 'UTC' }, facts.name)(filled[0] ?? '') === 'string',
    )
    .map(field => ({
      key: field.name,
      sets: field.name,
      certainty: 'doubtful' as const,
      reason: `may be the key ${field.label}`,
      isOwnKey: true,
    }))
}

export const asTarget = ({ field, ...rest }: Candidate): Target => ({ key: field.name, sets: field.name, ...rest })
