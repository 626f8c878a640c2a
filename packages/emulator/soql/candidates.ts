import { toId18 } from '../records/recordId.ts'
import type { FieldSchema, ObjectSchema } from '../schema/types.ts'
import { literalsOf } from './comparison.ts'
import type { Comparison, ConditionTree } from './conditionTree.ts'
import { type ParentStep, type QueryContext, resolvePath } from './fieldPath.ts'
import { valueKind } from './operand.ts'
import { stringValue } from './stringLiteral.ts'
import type { StoredRecord } from './types.ts'

type Found = ReadonlyMap<string, StoredRecord>

type Source = { readonly context: QueryContext; readonly object: ObjectSchema; readonly alias: string | undefined }

function recordsWith({ context, object }: Source, field: FieldSchema, value: string) {
  if (valueKind(field.type) !== 'id') return context.reader.lookup(object.name, field.name, value)
  const id = toId18(value) ?? value
  if (field.type === 'reference') return context.reader.lookup(object.name, field.name, id)
  const record = context.reader.byId(object.name, id)
  return record === undefined ? [] : [record]
}

/** The records whose parent has this value, for `Account.Ext_Id__c = 'A-1'`. */
function childrenByParent({ context, object }: Source, step: ParentStep, parentField: FieldSchema, value: string) {
  const children: StoredRecord[] = []
  for (const target of step.targets) {
    const parents = recordsWith({ context, object: target, alias: undefined }, parentField, value)
    if (parents === undefined) return undefined
    for (const parent of parents) {
      const found = context.reader.lookup(object.name, step.lookup.name, String(parent.get('Id')))
      if (found === undefined) return undefined
      children.push(...found)
    }
  }
  return children
}

function ofComparison(source: Source, comparison: Comparison): Found | undefined {
  if (!('field' in comparison) || (comparison.operator !== '=' && comparison.operator !== 'IN')) return undefined
  const literals = literalsOf(comparison)
  const { steps, field } = resolvePath(source.context, source.object, comparison.field, { alias: source.alias })
  // Without literals the right side is a sub-query, and empty fields are in no index.
  if (steps.length > 1 || literals.length === 0) return undefined
  const [step] = steps
  const found = new Map<string, StoredRecord>()
  for (const [literal, type] of literals) {
    const value = type === 'STRING' ? stringValue(literal) : ''
    if (value === '') return undefined
    const records =
      step === undefined ? recordsWith(source, field, value) : childrenByParent(source, step, field, value)
    if (records === undefined) return undefined
    for (const record of records) found.set(String(record.get('Id')), record)
  }
  return found
}

function ofAll(source: Source, parts: readonly ConditionTree[]): Found | undefined {
  const found = new Map<string, StoredRecord>()
  for (const part of parts) {
    const records = candidates(source, part)
    if (records === undefined) return undefined
    for (const [id, record] of records) found.set(id, record)
  }
  return found
}

function ofSmallest(source: Source, parts: readonly ConditionTree[]): Found | undefined {
  let smallest: Found | undefined
  for (const part of parts) {
    const found = candidates(source, part)
    if (found !== undefined && (smallest === undefined || found.size < smallest.size)) smallest = found
  }
  return smallest
}

/**
 * The records that may match a condition, found through indexes, by id; undefined when a scan is necessary.
 * Not all of them match: each is tested afterwards.
 */
export function candidates(source: Source, tree: ConditionTree): Found | undefined {
  switch (tree.kind) {
    case 'not':
      return undefined
    case 'and':
      return ofSmallest(source, tree.parts)
    case 'or':
      return ofAll(source, tree.parts)
    case 'comparison':
      return ofComparison(source, tree.comparison)
  }
}
