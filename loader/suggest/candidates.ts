// Fields that a column may mean by its name.
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import { partNames } from '../values/geolocation.ts'
import { bareApiName, formsOf, wordsOf } from './columnName.ts'
import { CONCEPTS, type Concept } from './concepts.ts'

/** How sure a name is, the surest last. Below `synonym` a field is proposed and not taken. */
const CERTAINTIES = ['partly', 'doubtful', 'synonym', 'label', 'api name'] as const
export type Certainty = (typeof CERTAINTIES)[number]

export type Candidate = {
  readonly field: FieldDescribe
  readonly certainty: Certainty
  /** Why, as a comment in sflink.yaml. */
  readonly reason: string
  /** What the column means, where a synonym says so. */
  readonly concept?: string
}

/** A name that a field may have in a source. */
type Name = Omit<Candidate, 'reason'> & { readonly reason: string }

export type FieldNames = {
  readonly object: ObjectDescribe
  /** By the form of a name. */
  readonly names: ReadonlyMap<string, readonly Name[]>
  /** Words that stand before the name of a field and mean the object. */
  readonly prefixes: ReadonlySet<string>
}

const isWritable = ({ createable, updateable }: FieldDescribe): boolean => createable || updateable

/** A geolocation field takes one column for its two parts. */
const isLocation = ({ type, name }: FieldDescribe, { fields }: ObjectDescribe): boolean =>
  type === 'location' && partNames(name).every(part => fields.some(field => field.name === part && isWritable(field)))

const PERSON_WORDS = 'contact|kontakt|person|subscriber|lead|contacto|contatto|contato|c|ansprechpartner|member'

/** Standard objects whose records are persons. */
const PERSONS: readonly string[] = ['Contact', 'Lead']

/** Compiles the names of the fields that the integration user may write. */
export function fieldNamesOf(object: ObjectDescribe): FieldNames {
  const fields = object.fields.filter(field => isWritable(field) || isLocation(field, object))
  const names = new Map<string, Name[]>()
  const add = (forms: Iterable<string>, name: Name) => {
    for (const form of forms) {
      const known = names.get(form) ?? []
      if (!known.some(other => other.field === name.field)) names.set(form, [...known, name])
    }
  }
  for (const field of fields) {
    add([...formsOf(field.name), ...formsOf(bareApiName(field.name))], named(field, 'api name', 'same name'))
  }
  for (const field of fields) add(labelForms(field), named(field, 'label', `label ${JSON.stringify(field.label)}`))
  for (const concept of CONCEPTS) {
    const { name } = concept
    for (const field of conceptFields(concept, object, fields)) {
      add(formsIn(concept.words), { ...named(field, 'synonym', `means ${name}`), concept: name })
      add(formsIn(concept.doubtful), { ...named(field, 'doubtful', `may mean ${name}`), concept: name })
    }
  }
  const own = [object.name, object.label, ...(isPerson(object) ? PERSON_WORDS.split('|') : [])]
  return { object, names, prefixes: new Set(own.flatMap(one => [...formsOf(bareApiName(one))])) }
}

/** The first field of a concept that the object has; of a code and a name of the same thing both, whose values decide. */
function conceptFields(
  concept: Concept,
  { name: object }: ObjectDescribe,
  fields: readonly FieldDescribe[],
): readonly FieldDescribe[] {
  const found = concept.fields.flatMap(name => fields.find(one => one.name === name) ?? [])
  // A company is the name of an account, and of no other record.
  if (found[0]?.name === 'Name' && object !== 'Account') return []
  return found.slice(0, found[0]?.name.endsWith('Code') && !found[0].name.endsWith('PostalCode') ? 2 : 1)
}

export const isPerson = ({ name }: ObjectDescribe): boolean => PERSONS.includes(name)

function named(field: FieldDescribe, certainty: Certainty, reason: string): Name {
  return { field, certainty, reason }
}

/** `Mailing Zip/Postal Code` is also written with one of the two words. */
function labelForms({ label, type }: FieldDescribe): readonly string[] {
  const withoutId = type === 'reference' ? [label.replace(/\s+ID$/i, '')] : []
  return [label, ...withoutId].flatMap(text => [...formsOf(text)])
}

const formsIn = (words: Concept['doubtful'] = ''): readonly string[] =>
  words.split('|').flatMap(word => [...formsOf(word)])

/** Words that may stand beside the words of a field in a name that means it only partly. */
const MOST_OTHER_WORDS = 2
/** Characters; shorter words are parts of many names. */
const SHORTEST_PART = 4

/** The fields that a name may mean, the surest first; each field once. */
export function candidatesOf(name: string, { names, prefixes }: FieldNames): readonly Candidate[] {
  const words = wordsOf(name)
  const found = [...formsOf(name)].flatMap(form => names.get(form) ?? [])
  if (found.length === 0 && prefixes.has(words[0] ?? '')) {
    found.push(...formsOfWords(words.slice(1)).flatMap(form => names.get(form) ?? []))
  }
  if (found.length === 0) found.push(...partsOf(words).flatMap(part => partly(names.get(part) ?? [])))
  const best = Map.groupBy(found, ({ field }) => field)
  return [...best.values()].map(all => all.reduce(surer)).toSorted((a, b) => rank(b) - rank(a))
}

const formsOfWords = (words: readonly string[]): readonly string[] => [...formsOf(words.join(' '))]

const partly = (names: readonly Name[]): readonly Name[] =>
  names
    .filter(({ certainty }) => rankOf(certainty) >= rankOf('synonym'))
    .map(name => ({ ...name, certainty: 'partly' as const, reason: `${name.reason}, in part` }))

/** Runs of words of a name, without at most so many others. */
function partsOf(words: readonly string[]): readonly string[] {
  const parts: string[] = []
  for (let length = words.length - 1; length >= Math.max(1, words.length - MOST_OTHER_WORDS); length -= 1) {
    for (let start = 0; start + length <= words.length; start += 1) {
      parts.push(...formsOfWords(words.slice(start, start + length)))
    }
  }
  return parts.filter(part => part.length >= SHORTEST_PART)
}

export const rankOf = (certainty: Certainty): number => CERTAINTIES.indexOf(certainty)

const rank = ({ certainty }: Candidate): number => rankOf(certainty)

const surer = (a: Name, b: Name): Name => (rankOf(b.certainty) > rankOf(a.certainty) ? b : a)
