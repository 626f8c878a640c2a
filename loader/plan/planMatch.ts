// The conditions of `match.where`, compared with the object as the integration user sees it.
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { ObjectDescribe } from '../salesforce/describe.ts'
import { RequestRejectedError } from '../salesforce/errors.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { apiName } from '../salesforce/soql.ts'
import { readWhereClause } from '../salesforce/whereClause.ts'
import { filterProblem, findField, unknownField } from './findField.ts'

/** Whether the object has the fields of the conditions, and can filter on them. Of fields of a parent the org decides. */
export function matchProblems({ match }: SyncSpec, describe: ObjectDescribe): Problem[] {
  return match === undefined ? [] : clauseProblems(match.where, ['match', 'where'], describe)
}

/** The same for conditions at any place of the spec. */
export function clauseProblems(where: string, path: Problem['path'], describe: ObjectDescribe): Problem[] {
  const read = readWhereClause(where)
  // parseSyncSpec has reported a clause that is not read whole.
  const names = read.ok ? read.fields.filter(name => !name.includes('.')) : []
  return names.flatMap(name => {
    const field = findField(describe, name)
    const message = field ? filterProblem(field, describe) : unknownField(name, { describe, suggests: true })
    return message === undefined ? [] : [{ path, message }]
  })
}

/** Whether the org accepts the conditions: they are read by a query of one record. */
export async function conditionProblems(
  salesforce: SalesforceConnection,
  { object, where, path }: { readonly object: string; readonly where: string; readonly path: Problem['path'] },
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  try {
    for await (const _ of salesforce.query(`SELECT Id FROM ${apiName(object)} WHERE (${where}) LIMIT 1`, signal)) break
    return []
  } catch (error) {
    if (!(error instanceof RequestRejectedError)) throw error
    return [{ path, message: `Salesforce rejects the conditions: ${error.errorCode}: ${error.detail}` }]
  }
}
