import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import {
  type SearchAttribute,
  type SearchValues,
  searchPairs,
} from '../../packages/client/contract/searchAttributes.ts'

/** Sets those that the namespace has and that don't have this value yet. */
export function setSearchAttributes(registered: readonly SearchAttribute[], values: SearchValues): void {
  const known = workflowInfo().typedSearchAttributes
  const pairs = searchPairs(registered, values).filter(({ key, value }) => known.get(key) !== value)
  if (pairs.length > 0) upsertSearchAttributes(pairs)
}
