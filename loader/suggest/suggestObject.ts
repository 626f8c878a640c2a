// Which object the records of a source are for.

import { isRequiredOnCreate } from '../plan/planPermissions.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import type { ObjectSummary } from '../salesforce/salesforceConnection.ts'
import type { ColumnFacts } from './columnFacts.ts'
import { bareApiName, formsOf, wordsOf } from './columnName.ts'
import { matchColumns } from './matchColumns.ts'

/** Objects that lists of marketing are for. */
const USUAL: readonly string[] = ['Contact', 'Lead', 'Account', 'CampaignMember', 'Opportunity', 'Case', 'Campaign']

/** Objects that are described and compared. */
const MOST_COMPARED = 12

/** Names of files for the usual objects. */
const FILE_WORDS: Readonly<Record<string, string>> = {
  Contact:
    'contact|contacts|kontakt|kontakte|contacto|contactos|contatti|contatos|contacten|kontakty|kontakter|personen',
  Lead: 'lead|leads|interessenten|prospects|prospect|registrations|registrants',
  Account:
    'account|accounts|companies|company|firmen|unternehmen|comptes|cuentas|empresas|aziende|bedrijven|firmy|foretag|organisations|organizations',
  CampaignMember: 'campaignmember|campaignmembers|members',
  Opportunity: 'opportunity|opportunities|deals|chancen|opportunites|oportunidades',
  Case: 'case|cases|tickets|support',
  Campaign: 'campaign|campaigns|kampagnen|campagnes|campanas',
}

/** Objects worth a comparison with the columns: the usual ones, and those that the name of the source has. */
export function objectsToCompare(objects: readonly ObjectSummary[], sourceName: string): readonly string[] {
  const named = objects.filter(object => isNamed(object, sourceName)).map(({ name }) => name)
  const usual = USUAL.filter(name => objects.some(object => object.name === name))
  return [...new Set([...named, ...usual])].slice(0, MOST_COMPARED)
}

/** Whether the name of a source has the name of an object, or its label, or a plural of it. */
function isNamed({ name, label }: Pick<ObjectSummary, 'name' | 'label'>, sourceName: string): boolean {
  const words = wordsOf(sourceName)
  const own = [bareApiName(name), label].flatMap(text => [...formsOf(text)]).filter(form => form.length > 2)
  const known = (FILE_WORDS[name] ?? '').split('|')
  const pairs = words.map((word, index) => word + (words[index + 1] ?? ''))
  return [...words, ...pairs].some(
    word => known.includes(word) || own.includes(word) || own.includes(word.replace(/s$/, '')),
  )
}

export type RankedObject = {
  readonly object: ObjectDescribe
  /** Columns that certainly fill a field. */
  readonly fitting: number
  /** Required fields that no column fills. */
  readonly missing: readonly string[]
  readonly isNamed: boolean
}

/** The objects with the number of columns that fit, the best first. */
export function rankObjects(
  columns: readonly ColumnFacts[],
  objects: readonly ObjectDescribe[],
  sourceName: string,
): readonly RankedObject[] {
  return objects
    .map(object => {
      const matches = matchColumns(columns, object, new Map())
      const keys = new Set(matches.flatMap(({ match }) => (match === undefined ? [] : [match.sets])))
      const missing = object.fields
        .filter(field => isRequiredOnCreate(field) && !keys.has(field.name))
        .map(({ name }) => name)
      return { object, fitting: keys.size, missing, isNamed: isNamed(object, sourceName) }
    })
    .toSorted((a, b) => scoreOf(b) - scoreOf(a))
}

const scoreOf = ({ fitting, missing, isNamed: named }: RankedObject): number =>
  fitting - missing.length + (named ? NAME_BONUS : 0)

/** The name of the file counts as much as so many columns. */
const NAME_BONUS = 3
/** Columns by which the best object has to be ahead if nothing else names it. */
const CLEAR = 3

/** The object that is meant without doubt; undefined when a person has to choose. */
export function certainObject(ranked: readonly RankedObject[]): RankedObject | undefined {
  const [best, second] = ranked
  if (best === undefined || best.fitting === 0) return undefined
  const isAhead = second === undefined || scoreOf(best) - scoreOf(second) >= CLEAR
  const others = ranked.filter(other => other !== best)
  const isOnlyNamed =
    best.isNamed && others.every(({ isNamed: named, fitting }) => !named && fitting - best.fitting < CLEAR)
  return isAhead || isOnlyNamed ? best : undefined
}
