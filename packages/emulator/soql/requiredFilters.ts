import type { ObjectSchema } from '../schema/types.ts'
import type { Comparison, ConditionTree } from './conditionTree.ts'
import { malformed } from './soqlErrors.ts'

/** Objects whose queries name the records of one of these fields. */
const REQUIRED_FILTERS: Readonly<Record<string, readonly string[]>> = {
  ContentDocumentLink: ['id', 'contentdocumentid', 'linkedentityid'],
}

/** The comparisons that every match fulfils. */
function requiredBy(tree: ConditionTree): readonly Comparison[] {
  if (tree.kind === 'comparison') return [tree.comparison]
  return tree.kind === 'and' ? tree.parts.flatMap(requiredBy) : []
}

function fieldOf(comparison: Comparison): string {
  return 'field' in comparison ? (comparison.field.split('.').at(-1) ?? '').toLowerCase() : ''
}

/**
 * Throws MALFORMED_QUERY for a query on links of files without a filter by Id, as for users without the permission "Query All Files".
 * Words: https://github.com/SFDO-Community/declarative-lookup-rollup-summaries/issues/433.
 */
export function checkRequiredFilter({ name }: ObjectSchema, tree: ConditionTree | undefined): void {
  const ids = REQUIRED_FILTERS[name]
  if (ids === undefined) return
  const required = tree === undefined ? [] : requiredBy(tree)
  const isById = required.some(
    comparison => ids.includes(fieldOf(comparison)) && (comparison.operator === '=' || comparison.operator === 'IN'),
  )
  if (isById) return
  throw malformed(
    `Implementation restriction: ${name} requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals ` +
      "operator or multiple Id's using the IN operator.",
  )
}
