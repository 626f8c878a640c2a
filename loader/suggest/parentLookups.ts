// Columns that name a parent by a field of which the org may have the same value twice: `AccountId: { lookup: Account, by: Name, from: company }`.
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import type { ColumnFacts, ValueKind } from './columnFacts.ts'
import { bareApiName, formsOf, formsOfAll, shareOne } from './columnName.ts'
import { COMPANY_WORDS } from './concepts.ts'
import { type Target, writable } from './lookups.ts'

/** A lookup field whose parents a column may name. */
export type LookupField = {
  readonly sets: string
  readonly objects: readonly string[]
  /** The field of the parents that has the values. */
  readonly by: FieldDescribe
  /** Names of a column for it. */
  readonly forms: ReadonlySet<string>
  readonly kinds: readonly ValueKind[]
}

/** Parents of one lookup field; a lookup such as Task.WhatId leads to a hundred objects. */
const MOST_OBJECTS = 5

/** Names of a column for the usual parent of this object. */
const PARENT_NAMES: Readonly<Record<string, string>> = {
  Account: COMPANY_WORDS,
  Campaign: 'campaign|campaign name|Kampagne|Kampagnenname|campagne|campaña|campagna|campanha|kampania|kampanj',
}

const NAME_KINDS: readonly ValueKind[] = ['text', 'url', 'number']

const PERSON_OBJECTS: readonly string[] = ['Contact', 'Lead']
const PERSON_NAMES =
  'email|e mail|email address|E-Mail-Adresse|contact email|lead email|person|participant|attendee|member|Teilnehmer|adresse e mail|correo electrónico|indirizzo email|endereço de email|e mailadres|adres e mail|epost'

/** Compiles the lookup fields of an object; owners and record types are found otherwise. */
export function lookupFieldsOf(
  object: ObjectDescribe,
  parents: ReadonlyMap<string, ObjectDescribe>,
): readonly LookupField[] {
  const hasEmail = object.fields.some(({ type }) => type === 'email')
  return writable(object)
    .filter(({ name, type }) => type === 'reference' && name !== 'OwnerId' && name !== 'RecordTypeId')
    .filter(({ referenceTo }) => referenceTo.length <= MOST_OBJECTS)
    .flatMap(lookup => {
      const described = lookup.referenceTo.flatMap(name => parents.get(name) ?? [])
      const persons = described.filter(({ name }) => PERSON_OBJECTS.includes(name))
      const others = described.filter(({ name }) => !PERSON_OBJECTS.includes(name) && name !== 'User')
      // The e-mail address of a record that has its own is its own.
      return [
        ...(hasEmail ? [] : personLookup(lookup, persons)),
        ...others.flatMap(one => namedLookup(lookup, one, object)),
      ]
    })
}

function personLookup(lookup: FieldDescribe, persons: readonly ObjectDescribe[]): readonly LookupField[] {
  const by = persons[0]?.fields.find(({ name, filterable }) => name === 'Email' && filterable)
  if (by === undefined) return []
  const forms = new Set([
    ...formsOfAll(PERSON_NAMES),
    ...namesOf(lookup).flatMap(name => [...formsOf(name), ...formsOf(`${name} email`)]),
  ])
  return [{ sets: lookup.name, objects: persons.map(({ name }) => name), by, forms, kinds: ['email'] }]
}

function namedLookup(lookup: FieldDescribe, parent: ObjectDescribe, object: ObjectDescribe): readonly LookupField[] {
  const by = parent.fields.find(({ name, filterable }) => name === 'Name' && filterable)
  if (by === undefined) return []
  const isUsual = lookup.name === `${parent.name}Id` && parent.name !== object.name
  const usual = isUsual
    ? formsOfAll([parent.label, `${parent.label} name`, PARENT_NAMES[parent.name] ?? ''].join('|'))
    : []
  const own = namesOf(lookup).flatMap(name => [...formsOf(name), ...formsOf(`${name} name`)])
  return [{ sets: lookup.name, objects: [parent.name], by, forms: new Set([...usual, ...own]), kinds: NAME_KINDS }]
}

/** The relationship and the label of a lookup field, without words for an Id. */
const namesOf = ({ relationshipName, name, label }: FieldDescribe): readonly string[] =>
  [bareApiName(relationshipName ?? name), label.replace(/\s+ID$/i, '')].filter(text => text !== '')

/** Lookups that a column may fill: proposed, and taken if the org has its values. */
export function lookupTargets({ name, kind }: ColumnFacts, fields: readonly LookupField[]): readonly Target[] {
  if (kind === undefined) return []
  const forms = formsOf(name)
  return fields
    .filter(field => field.kinds.includes(kind) && shareOne(forms, field.forms))
    .map(({ sets, objects, by }) => ({
      ...{ key: sets, sets, certainty: 'doubtful' as const, finds: { objects, field: by } },
      reason: `may be the ${by.label} of ${objects.join(' or ')}`,
      parent: { lookup: objects.length === 1 ? (objects[0] as string) : objects, by: by.name },
    }))
}
