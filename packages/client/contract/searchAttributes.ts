import { cutToBytes } from './boundedText.ts'

/**
 * The search attributes of runs in Temporal; `sflink setup` registers them, each a Keyword. Their values are names, never record values.
 * The visibility store of a Temporal on SQL has room for ten Keywords.
 */
export const SEARCH_ATTRIBUTES = [
  'SflinkSync',
  'SflinkObject',
  'SflinkOperation',
  'SflinkOrg',
  'SflinkOutcome',
] as const
export type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number]
export type SearchValues = Readonly<Partial<Record<SearchAttribute, string>>>

/** Bytes. A visibility store on SQL accepts 255 characters, and Temporal ends a workflow whose attributes have 2 kB. */
const VALUE_BYTES = 255

/** Value of SflinkOperation for a sync whose source names the operation of each record. */
export const OPERATION_BY_COLUMN = 'by column'

/** Values for Temporal's SDK, without the attributes that the namespace does not have: such an attribute would stop the run. */
export function searchPairs(registered: readonly SearchAttribute[], values: SearchValues) {
  return SEARCH_ATTRIBUTES.flatMap(name => {
    const value = values[name]
    if (value === undefined || !registered.includes(name)) return []
    return [{ key: { name, type: 'KEYWORD' }, value: cutToBytes(value, VALUE_BYTES) }] as const
  })
}
