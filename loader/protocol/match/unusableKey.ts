import type { KeyMatches } from '../../matching/keyMatches.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'

export type UnusableKey = { readonly errorCode: 'KEY_NOT_FOUND' | 'KEY_AMBIGUOUS'; readonly errorMessage: string }

/** Why a record cannot be sent whose key no record of the org has, or several have. @param key as `namedKey` gives it @param row in the matches */
export function unusableKey(
  { object, matchWhere }: Pick<SyncPlan, 'object' | 'matchWhere'>,
  key: string,
  matches: Pick<KeyMatches, 'count' | 'ids'>,
  row: number,
): UnusableKey {
  const [count, ids] = [matches.count(row), matches.ids(row)]
  if (count === 0) {
    const counted = matchWhere === undefined ? object : `${object} that meets match.where`
    return { errorCode: 'KEY_NOT_FOUND', errorMessage: `Key field: no ${counted} has ${key}` }
  }
  const shown = `${ids.join(', ')}${count > ids.length ? ' …' : ''}`
  return {
    errorCode: 'KEY_AMBIGUOUS',
    errorMessage: `Key field: ${count} ${object} records have ${key}: ${shown}`,
  }
}
