// The assignment rule that a sync names by its Id, compared with the org.
import type { Problem } from '../../packages/client/contract/issues.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'
import type { SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { soqlString } from '../salesforce/soql.ts'

/** @param object that the records are of, as Salesforce spells it */
export async function assignmentRuleProblems(
  salesforce: SalesforceConnection,
  { assignmentRule: id }: Pick<SyncSpec, 'assignmentRule'>,
  object: string,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  if (typeof id === 'boolean') return []
  const owner = await objectOf(salesforce, id, signal)
  if (owner === object) return []
  const words = owner === undefined ? 'is not an assignment rule of the org' : `is a rule of ${owner}, not of ${object}`
  const message = `${words}; find the Id of yours: SELECT Id, Name FROM AssignmentRule WHERE SobjectType = '${object}'`
  return [{ path: ['assignmentRule'], message: `${id} ${message}` }]
}

/** The object whose records the rule assigns; undefined when the org does not have the rule. */
async function objectOf(
  salesforce: SalesforceConnection,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const soql = `SELECT SobjectType FROM AssignmentRule WHERE Id = ${soqlString(id)}`
  for await (const { SobjectType: object } of salesforce.query(soql, signal)) return String(object)
  return undefined
}
