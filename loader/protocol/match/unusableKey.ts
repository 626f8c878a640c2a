import type { KeyMatches } from '../../matching/keyMatches.ts'
import type { SyncPlan } from '../../plan/syncPlan.ts'

export type UnusableKey = {
  readonly errorCode: 'KEY_NOT_FOUND' | 'KEY_AMBIGUOUS' | 'KEY_NOT_SEARCHABLE'
  readonly errorMessage: string
}

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

/** Why a record is not created whose key no search finds, although a record may have it: a number that the org gives only rounded. */
export function unsearchableKey({ object }: Pick<SyncPlan, 'object'>, key: string): UnusableKey {
  return {
    errorCode: 'KEY_NOT_SEARCHABLE',
    errorMessage: `Key field: ${object} records cannot be searched for ${key}, so the org may have this one already; use a text field for such keys`,
  }
}
