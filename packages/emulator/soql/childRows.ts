import type { Subquery } from '@jetstreamapp/soql-parser-js'
import type { ObjectSchema } from '../schema/types.ts'
import type { QueryContext } from './fieldPath.ts'
import { readableObject } from './matchingRecords.ts'
import { noSuchChildren } from './soqlErrors.ts'
import type { StoredRecord } from './types.ts'

/** The records that refer to a parent, by the parent's id. */
type ChildFinder = (parentId: string) => Iterable<StoredRecord>

/** The children of a parent-to-child relationship, for a sub-query in a SELECT list. */
export type Children = { readonly object: ObjectSchema; readonly name: string; readonly of: ChildFinder }

// Without an index the children are sorted by parent once for the whole query.
function byScan(context: QueryContext, objectName: string, field: string): ChildFinder {
  let groups: Map<unknown, StoredRecord[]> | undefined
  return parentId => {
    groups ??= Map.groupBy(context.reader.scan(objectName), record => record.get(field))
    return groups.get(parentId) ?? []
  }
}

/**
 * Finds the children for a sub-query such as `(SELECT Id FROM Contacts)`.
 * Throws INVALID_TYPE when the parent has no such relationship, or the user may not read its records.
 */
export function childrenOf(context: QueryContext, parent: ObjectSchema, subquery: Subquery): Children {
  const wanted = subquery.relationshipName.toLowerCase()
  const relationship = parent.childRelationships.find(child => child.relationshipName?.toLowerCase() === wanted)
  if (relationship === undefined || relationship.relationshipName === null)
    throw noSuchChildren(context.soql, subquery.relationshipName)
  const object = readableObject(context, relationship.childSObject)
  const scan = byScan(context, object.name, relationship.field)
  return {
    object,
    name: relationship.relationshipName,
    of: parentId => context.reader.lookup(object.name, relationship.field, parentId) ?? scan(parentId),
  }
}
