// What cannot be meant in the mapping of a parent, whatever the org has.
import type { ParentMapping } from '../../packages/client/contract/fieldMapping.ts'
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { readWhereClause } from '../salesforce/whereClause.ts'

export function lookupProblems({ fields }: Pick<SyncSpec, 'fields'>): Problem[] {
  return Object.entries(fields).flatMap(([name, mapping]) =>
    'from' in mapping ? parentProblems(['fields', name], mapping) : [],
  )
}

function parentProblems(path: Problem['path'], mapping: ParentMapping): Problem[] {
  const { by, from } = mapping
  const problems = [...repeated([...path, 'from'], from), ...countProblems(path, by, from)]
  if (!('lookup' in mapping)) return problems
  for (const key of ['lookup', 'by'] as const) {
    // Letter case does not count in names of Salesforce.
    const names = mapping[key].map(name => name.toLowerCase())
    problems.push(...repeated([...path, key], names))
  }
  const read = mapping.where === undefined ? undefined : readWhereClause(mapping.where)
  if (read?.ok === false) problems.push({ path: [...path, 'where'], message: read.problem })
  return problems
}

function countProblems(path: Problem['path'], by: readonly string[] | undefined, from: readonly string[]): Problem[] {
  if (by === undefined || by.length === from.length) return []
  const counts = `names ${counted(by.length)}, and from ${counted(from.length)}`
  return [{ path: [...path, 'by'], message: `${counts}; give each of by its column, in the same order` }]
}

const counted = (number: number): string => (number === 1 ? 'one' : String(number))

const repeated = (path: Problem['path'], names: readonly string[]): Problem[] =>
  names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{ path: [...path, index], message: 'is listed twice; leave it out' }] : [],
  )
