// Columns whose values are the key of a record that another sync of the same file loads.
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import type { ColumnFacts } from './columnFacts.ts'
import { formsOf, isSameName, shareOne, wordsOf } from './columnName.ts'
import { type Target, writable } from './lookups.ts'

/** A sync of the same file. */
export type OtherSync = Pick<SyncSpec, 'object' | 'identityFields'> & { readonly name: string }

/** Lookups to the records of another sync, by its only identity field. A name does not prove it, so they are proposed. */
export function syncParentTargets(
  { name: column, kind }: ColumnFacts,
  syncs: readonly OtherSync[],
  object: ObjectDescribe,
): readonly Target[] {
  if (kind === undefined || kind === 'recordId') return []
  return syncs.flatMap(({ name, object: parent, identityFields: [by, ...others] }): readonly Target[] => {
    const lookup = writable(object).find(field => field.type === 'reference' && field.name === `${parent}Id`)
    if (lookup === undefined || by === undefined || others.length > 0 || !isKeyOfParent(column, by, parent)) return []
    const reason = `the sync ${name} loads ${parent}; put both into one flow`
    const { name: sets } = lookup
    return [{ key: sets, sets, certainty: 'doubtful', reason, parent: { sync: name, by } }]
  })
}

/** `account_ref` for the column ref of a sync that loads accounts; the same name if it has the word itself. */
function isKeyOfParent(column: string, by: string, parent: string): boolean {
  if (shareOne(formsOf(column), formsOf(`${parent} ${by}`))) return true
  return isSameName(column, by) && wordsOf(by).includes(parent.toLowerCase())
}
