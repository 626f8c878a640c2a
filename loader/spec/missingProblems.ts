// What a sync needs to find the records of the org that its source does not have.
import type { Problem } from '../../packages/client/contract/issues.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import { readWhereClause } from '../salesforce/whereClause.ts'

const EXAMPLE = "such as Region__c = 'EMEA'"

export function missingProblems(spec: SyncSpec): Problem[] {
  const { missing, operation, limit } = spec
  const problems = [...scopeProblems(spec), ...fieldProblems(spec)]
  if (missing !== 'ignore' && operation !== 'update' && operation !== 'upsert') {
    const message = `${missing} needs the operation update or upsert, which finds the records that the source has by a key`
    problems.push({ path: ['missing'], message })
  }
  if (missing !== 'ignore' && limit !== undefined) {
    const message = `leaves out records that would count as missing, and missing is ${missing}; leave limit out, or set missing: ignore`
    problems.push({ path: ['limit'], message })
  }
  return problems
}

function scopeProblems({ missing, scope }: SyncSpec): Problem[] {
  const path = ['scope']
  if (scope === undefined) {
    if (missing === 'ignore') return []
    const message = `is missing: missing: ${missing} needs the conditions of the records that the source is to have, ${EXAMPLE}`
    return [{ path, message }]
  }
  const read = readWhereClause(scope)
  if (!read.ok) return [{ path, message: read.problem }]
  if (missing !== 'ignore') return []
  return [{ path, message: 'is for missing records: set missing to report, delete or update, or leave scope out' }]
}

function fieldProblems({ missing, missingFields, fields }: SyncSpec): Problem[] {
  const path = ['missingFields']
  const names = Object.keys(missingFields ?? {})
  if (missing !== 'update') {
    return names.length === 0 ? [] : [{ path, message: 'is for missing: update; set that, or leave missingFields out' }]
  }
  if (names.length === 0) {
    return [{ path, message: 'is missing: missing: update needs values, such as { Active__c: { value: false } }' }]
  }
  const mapped = Object.keys(fields)
  return names
    .filter(name => !mapped.some(one => one.toLowerCase() === name.toLowerCase()))
    .map(name => ({
      path: [...path, name],
      message: `is not mapped under fields; map it too, so that a record that comes back gets its value again${didYouMean(name, mapped)}`,
    }))
}
