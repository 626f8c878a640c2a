import type { ConnectionInput, ConnectionTest } from '../../packages/client/contract/inspection.ts'
import type { QueriedRecord, SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { soqlString } from '../salesforce/soql.ts'
import type { Dependencies } from '../step.ts'

/**
 * Proves by a query that the server is reached and the parameters are valid.
 */
export async function testConnection(
  { connection, connectionWarnings }: Pick<Dependencies, 'connection' | 'connectionWarnings'>,
  input: ConnectionInput,
): Promise<ConnectionTest> {
  const salesforce = connection(input.connection)
  const identity = await salesforce.identity()
  const started = Date.now()
  const organization = await first(salesforce, 'SELECT Id, Name, IsSandbox FROM Organization')
  const latency = Date.now() - started
  const user = await first(salesforce, `SELECT Id, Name, Username FROM User WHERE Id = ${soqlString(identity.userId)}`)
  const usage = salesforce.apiUsage()
  return {
    connection: input.connection,
    instanceUrl: identity.instanceUrl,
    apiVersion: identity.apiVersion,
    organization: {
      id: identity.organizationId,
      name: String(organization['Name'] ?? ''),
      isSandbox: organization['IsSandbox'] === true,
    },
    user: { id: identity.userId, name: String(user['Name'] ?? ''), username: String(user['Username'] ?? '') },
    latency,
    clockOffset: salesforce.clockOffset(),
    ...(usage === undefined ? {} : { apiCalls: { ...usage, left: usage.limit - usage.used } }),
    warnings: connectionWarnings(input.connection),
  }
}

async function first(salesforce: SalesforceConnection, soql: string): Promise<QueriedRecord> {
  for await (const record of salesforce.query(soql)) return record
  return {}
}
