// Names of countries in the languages of sources, for an org whose picklist has them in another one.
import type { FieldDescribe } from '../salesforce/describe.ts'
import { formsOf, shareOne } from './columnName.ts'
import type { ValueMap } from './valueWords.ts'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv']

/** Other names, by the code of ISO 3166. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  GB: ['UK', 'Great Britain', 'Großbritannien', 'England'],
  NL: ['Holland'],
  US: ['USA', 'U.S.A.', 'United States of America'],
}

/** How names of countries would be written in the picklist. @param fits whether the picklist has a value itself */
export function countryMapOf(
  values: readonly string[],
  { picklistValues, restrictedPicklist }: FieldDescribe,
  fits: (value: string) => boolean,
): ValueMap {
  const languages = LANGUAGES.map(language => new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }))
  const active = picklistValues.filter(one => one.active)
  const names = active.map(({ value }) => [value, formsOfCountry(value, languages)] as const)
  const pairs = new Map<string, string>()
  const unknown: string[] = []
  for (const value of values.filter(one => !fits(one))) {
    const forms = formsOf(value)
    const [code, ...others] = names.filter(([, own]) => shareOne(forms, own)).map(([own]) => own)
    if (code !== undefined && others.length === 0) pairs.set(value, code)
    else unknown.push(value)
  }
  return { pairs, same: values.filter(fits), unknown, isRestricted: restrictedPicklist }
}

function formsOfCountry(code: string, languages: readonly Intl.DisplayNames[]): ReadonlySet<string> {
  // Codes of custom countries may be longer.
  if (!/^[A-Z]{2}$/.test(code)) return new Set()
  const names = languages.flatMap(language => language.of(code) ?? [])
  return new Set([...names, ...(OTHERS[code] ?? [])].flatMap(name => [...formsOf(name)]))
}
