import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { SEARCH_ATTRIBUTES, type SearchAttribute, type SearchValues } from '../sync/searchAttributes.ts'

const KEYS = new Map(SEARCH_ATTRIBUTES.map(name => [name, defineSearchAttributeKey(name, SearchAttributeType.KEYWORD)]))

/** Sets those that the namespace has and that don't have this value yet: one it does not have would stop the workflow. */
export function setSearchAttributes(registered: readonly SearchAttribute[], values: SearchValues): void {
  const known = workflowInfo().typedSearchAttributes
  const pairs = [...KEYS].flatMap(([name, key]) => {
    const value = values[name]
    return value === undefined || !registered.includes(name) || known.get(key) === value ? [] : [{ key, value }]
  })
  if (pairs.length > 0) upsertSearchAttributes(pairs)
}
