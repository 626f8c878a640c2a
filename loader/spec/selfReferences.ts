// Fields whose parents are rows of the same source: `sync: self`.
import { SELF, type SyncMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/** The spec with `self` for fields that name the sync itself. */
export function selfReferring(spec: SyncSpec, name: string | undefined): SyncSpec {
  if (name === undefined || !Object.values(spec.fields).some(field => 'sync' in field && field.sync === name))
    return spec
  const fields = Object.entries(spec.fields).map(([key, field]) => {
    return [key, 'sync' in field && field.sync === name ? { ...field, sync: SELF } : field] as const
  })
  return { ...spec, fields: Object.fromEntries(fields) }
}

export function selfReferenceProblems(spec: SyncSpec): readonly Problem[] {
  return Object.entries(spec.fields).flatMap(([name, field]) => {
    if (!('sync' in field) || field.sync !== SELF) return []
    const problems = [operationProblem(spec, field), keyProblem(spec, name), columnsProblem(spec, field)]
    return problems.flatMap(problem =>
      problem === undefined ? [] : [{ ...problem, path: ['fields', name, ...problem.path] }],
    )
  })
}

/** Only a create gives an Id to each row, in the order of the waves. */
function operationProblem({ operation }: SyncSpec, { from }: SyncMapping): Problem | undefined {
  if (operation === 'create') return undefined
  const given = typeof operation === 'string' ? operation : 'an operation that may differ by row'
  return {
    path: ['sync'],
    message: `${SELF} needs operation: create, and this sync has ${given}; with an External ID map Relationship.ExternalIdField to column ${from.join(', ')}, such as Parent.Ext_Id__c`,
  }
}

/** Records are searched for before the Ids of their parents are known. */
function keyProblem({ keyField = [] }: SyncSpec, name: string): Problem | undefined {
  if (![keyField].flat().some(key => key.toLowerCase() === name.toLowerCase())) return undefined
  return {
    path: ['sync'],
    message: `${SELF} gives the Id of a parent after the records were searched for by their keys; leave ${name} out of keyField`,
  }
}

/** Without `by`. That it names as many columns as `from` is a rule for all parents. */
function columnsProblem({ identityFields }: SyncSpec, { by, from }: SyncMapping): Problem | undefined {
  if (by !== undefined) return undefined
  const [own, ...others] = identityFields
  if (own === undefined || others.length > 0) {
    return {
      path: ['by'],
      message:
        'is missing: name the column by which the rows of the source name each other; only a sync with one identity field may leave it out',
    }
  }
  if (from.length === 1) return undefined
  return {
    path: ['from'],
    message: `has ${from.length} columns, and rows are named by the identity field ${own}; give one column, or by`,
  }
}
