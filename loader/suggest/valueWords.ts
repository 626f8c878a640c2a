// Words of other languages for the values of checkboxes and picklists.
import type { FieldDescribe } from '../salesforce/describe.ts'
import { formsOfAll, isOneOf, isSameName } from './columnName.ts'

const TRUE = 'ja|oui|sí|si|sim|tak|wahr|vrai|verdadero|vero|verdadeiro|prawda|sant|x|✓|✔|checked'.split('|')
const FALSE = 'nein|non|não|nao|nee|nie|nej|falsch|faux|falso|fałsz|falskt|unchecked'.split('|')
/** Words that every sync knows. */
const KNOWN = 'true|yes|y|on|1|false|no|n|off|0'.split('|')

export type CheckboxWords = { readonly true: readonly string[]; readonly false: readonly string[] }

/** The words that a sync has to declare for these values; undefined when one of them is no word for a checkbox. */
export function checkboxWordsOf(values: Iterable<string>): CheckboxWords | undefined {
  const words = [...new Set([...values].map(value => value.normalize('NFC').toLowerCase()))]
  if (words.some(word => ![...TRUE, ...FALSE, ...KNOWN].includes(word))) return undefined
  return { true: words.filter(word => TRUE.includes(word)), false: words.filter(word => FALSE.includes(word)) }
}

/** Values that mean the same, as picklists of Salesforce have them first. */
const SAME_VALUES: readonly string[] = [
  'Mr.|Mr|Mister|Herr|Herrn|Hr|M|Monsieur|Sr|Señor|Sig|Signor|Dhr|De heer|Pan|Senhor',
  'Ms.|Ms|Frau|Fr|Mme|Madame|Sra|Señora|Sig.ra|Signora|Mevr|Mw|Mevrouw|Pani|Fru|Senhora',
  'Mrs.|Mrs',
  'Miss|Mlle|Mademoiselle|Srta|Señorita|Fräulein|Sig.na|Signorina',
  'Mx.|Mx',
  'Dr.|Dr|Doktor|Doctor|Docteur',
  'Prof.|Prof|Professor|Professeur',
]

const GROUPS = SAME_VALUES.map(formsOfAll)

/** Whether a value is how a person is addressed: `Mr`, `Frau`, `Dr.` */
export const isCourtesy = (value: string): boolean => GROUPS.some(forms => isOneOf(value, forms))

export type ValueMap = {
  /** Values of the source to values of the picklist. */
  readonly pairs: ReadonlyMap<string, string>
  /** Values that the picklist has itself. */
  readonly same: readonly string[]
  /** Values for which the picklist has none. */
  readonly unknown: readonly string[]
  readonly isRestricted: boolean
}

/** How values that a picklist does not have would be written in it. */
export function valueMapOf(values: Iterable<string>, field: FieldDescribe): ValueMap {
  const active = field.picklistValues.filter(value => value.active)
  const has = new Set(active.map(({ value }) => value.toLowerCase()))
  const pairs = new Map<string, string>()
  const same: string[] = []
  const unknown: string[] = []
  for (const value of values) {
    const meant = active.find(one => isSame(value, one.label) || isSame(value, one.value))?.value
    if (has.has(value.toLowerCase())) same.push(value)
    else if (meant === undefined) unknown.push(value)
    else pairs.set(value, meant)
  }
  return { pairs, same, unknown, isRestricted: field.restrictedPicklist }
}

function isSame(given: string, value: string | undefined): boolean {
  if (value === undefined) return false
  const group = GROUPS.find(forms => isOneOf(value, forms))
  return isSameName(given, value) || (group !== undefined && isOneOf(given, group))
}
