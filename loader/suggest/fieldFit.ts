// Whether the values of a column fit a field.

import { present } from '../../packages/client/contract/scalars.ts'
import type { ValueFormats } from '../../packages/client/contract/syncSpec.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import { compileConverter, isLoadable } from '../values/fieldValue.ts'
import { locationConverter } from '../values/geolocation.ts'
import { isAddressCode } from '../values/picklist.ts'
import { type ColumnFacts, hasForm, isMainly, isMostly, type ValueKind } from './columnFacts.ts'
import { countryMapOf } from './countryNames.ts'
import { datesOf, hasShortYears } from './dateFormats.ts'
import { marksOf, type NumberDecision } from './numberFormats.ts'
import { checkboxWordsOf, isCourtesy, type ValueMap, valueMapOf } from './valueWords.ts'

export type Fit = {
  /** `yes`: most values can be written; `no`: they cannot. */
  readonly fits: 'yes' | 'no'
  /** What to know before the field is used, without a value of a record. */
  readonly note?: string
  /** A value that does not fit. */
  readonly example?: string
  /** Values of a picklist that are written otherwise in the source. */
  readonly values?: ValueMap
}

/** Distinct values that are compared with a field. */
const COMPARED = 200

const FITS: Fit = { fits: 'yes' }

/** @param numbers how all numbers of the source are written, for a column that does not show it itself */
export function fitOf(facts: ColumnFacts, field: FieldDescribe, numbers: NumberDecision): Fit {
  const values = [...facts.distinct].slice(0, COMPARED)
  if (values.length === 0) return { fits: 'yes', note: 'no value in the sample' }
  if (!isLoadable(field.type) && field.type !== 'location')
    return { fits: 'no', note: `${field.name} cannot be loaded from text` }
  const strange = strangeKind(facts, field)
  if (strange !== undefined) return { fits: 'no', note: strange, ...present({ example: values[0] }) }
  if ((field.type === 'picklist' && !isAddressCode(field)) || field.type === 'multipicklist')
    return picklistFit(values, field)
  const formats = ownFormats(facts, field, numbers)
  if (formats === undefined) {
    const note = hasShortYears(values) ? SHORT_YEARS : `its values are no ${WHAT[field.type]}`
    return { fits: 'no', note, ...present({ example: values[0] }) }
  }
  const context = { field, column: facts.name }
  const convert = field.type === 'location' ? locationConverter(context) : compileConverter(field, formats, facts.name)
  const wrong = values.filter(value => typeof convert(value) !== 'string')
  if (wrong.length === 0) return FITS
  if (/Country/.test(field.name) && isAddressCode(field)) {
    const map = countryMapOf(values, field, value => !wrong.includes(value))
    if (map.pairs.size > 0) return translatedFit(values, map)
  }
  const note = `${wrong.length} of ${values.length} different values do not fit`
  const fits = isMainly(values, value => !wrong.includes(value)) ? 'yes' : 'no'
  return { fits, note, ...present({ example: wrong[0] }) }
}

const SHORT_YEARS = 'its years have two digits, which may mean two centuries; write four in the source'

const WHAT: Readonly<Partial<Record<FieldDescribe['type'], string>>> = {
  date: 'dates that can be read',
  datetime: 'dates and times that can be read',
  boolean: 'words for a checkbox',
}

/** The formats that the values of one column want; undefined when no format reads them. */
function ownFormats(facts: ColumnFacts, { type }: FieldDescribe, numbers: NumberDecision): ValueFormats | undefined {
  const none: ValueFormats = { dates: [], timeZone: 'UTC' }
  switch (type) {
    case 'date':
    case 'datetime': {
      const dates = datesOf(facts)
      return dates && { ...none, dates: dates.patterns.slice(0, 1) }
    }
    case 'double':
    case 'currency':
    case 'percent':
    case 'int':
    case 'long':
      return { ...none, ...marksOf(facts.filled, numbers) }
    case 'boolean': {
      const checkbox = checkboxWordsOf(facts.distinct)
      return checkbox && { ...none, checkbox: { true: [...checkbox.true], false: [...checkbox.false] } }
    }
    default:
      return none
  }
}

/** A picklist that is not restricted takes any text, but a word of another language would become a value of its own. */
function picklistFit(values: readonly string[], field: FieldDescribe): Fit {
  const parts = field.type === 'multipicklist' ? [...new Set(values.flatMap(value => value.split(';')))] : values
  const map = valueMapOf(
    parts.map(part => part.trim()),
    field,
  )
  const others = map.pairs.size + map.unknown.length
  if (others === 0) return FITS
  const isSmall = others <= parts.length * 0.2 && !field.restrictedPicklist
  return { ...translatedFit(parts, map), ...(isSmall ? { fits: 'yes' } : {}) }
}

function translatedFit(values: readonly string[], map: ValueMap): Fit {
  const pairs = [...map.pairs].map(([from, to]) => `${from} -> ${to}`).slice(0, SHOWN)
  const others = map.pairs.size + map.unknown.length
  const note = [`${others} of ${values.length} different values are not in the picklist`, ...pairs].join(', ')
  return { fits: 'no', note, ...present({ example: map.unknown[0] }), values: map }
}

const SHOWN = 8
const LONGEST_SHOWN = 40

/** A text of the source in quotes, on one line. */
export const shown = (value = ''): string =>
  JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value)

/** Fields of text whose values have a form, by their API names. */
const TEXT_FORMS: readonly (readonly [RegExp, (facts: ColumnFacts) => boolean])[] = [
  [/PostalCode$/, ({ filled }) => isMostly(filled, value => /\d/.test(value) && value.length <= 12)],
  [/^(First|Last|Middle)Name$|City$|^Salutation$|^Title$|^Department$/, ({ kind }) => kind === 'text'],
  [/(Country|State|Street)$/, ({ kind }) => kind === 'text' || kind === 'date'],
  [/^Company$|^Name$/, ({ kind }) => kind === 'text' || kind === 'url'],
  [/^Description$/, ({ kind }) => kind === 'text' || kind === 'url'],
  [/^Site$/, ({ kind }) => kind === 'text'],
]

/** What the values are instead of what the field is for; undefined when nothing speaks against it. */
function strangeKind(facts: ColumnFacts, { name, type }: FieldDescribe): string | undefined {
  const { kind, filled } = facts
  const words = kind === undefined ? '' : `its values look like ${KIND_WORDS[kind]}`
  if (type === 'email' && !isMainly(filled, value => hasForm('email', value))) return words
  if (type === 'phone' && (kind === 'date' || !isMainly(filled, value => hasForm('phone', value)))) return words
  if (type === 'url' && !isMainly(filled, value => hasForm('url', value))) return words
  const form = TEXT_FORMS.find(([pattern]) => pattern.test(name))
  if (form === undefined) return undefined
  if (isMostly(filled, value => ANSWERS.test(value))) return 'its values look like answers to a question'
  if (/^(Title|FirstName|LastName)$/.test(name) && isMostly(filled, isCourtesy))
    return 'its values look like salutations'
  if (/State/.test(name) && isMostly(filled, value => STATUS.test(value))) return 'its values look like a status'
  return form[1](facts) ? undefined : words
}

const ANSWERS = /^(yes|no|y|n|true|false|0|1|x|ja|nein|oui|non|s[ií]|sì|sim|n[aã]o|nee|tak|nie|nej)$/i
const STATUS = /^((in)?a[ck]ti(ve|v|f|vo|ef)|new|open|closed|subscribed|unsubscribed|pending|confirmed|done|won|lost)$/i

const KIND_WORDS: Readonly<Record<ValueKind, string>> = {
  email: 'e-mail addresses',
  url: 'addresses of web pages',
  recordId: 'Ids of Salesforce',
  date: 'dates',
  number: 'numbers',
  phone: 'phone numbers',
  text: 'other text',
}
