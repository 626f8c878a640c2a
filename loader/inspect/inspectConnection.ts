import type {
  ConnectionInput,
  ConnectionTest,
  DescribedField,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  VersionsAnswer,
} from '../../packages/client/contract/inspection.ts'
import type { FieldDescribe } from '../salesforce/describe.ts'
import type { ConnectionIdentity, QueriedRecord, SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { soqlString } from '../salesforce/soql.ts'
import type { Dependencies, Step } from '../step.ts'

/** Proves with a query that the server can be reached and the parameters are valid. */
export async function testConnection(
  { connection, connectionWarnings }: Pick<Dependencies, 'connection' | 'connectionWarnings'>,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<ConnectionTest> {
  const salesforce = connection(input.connection)
  const identity = await salesforce.identity(signal)
  const started = Date.now()
  const organization = await first(salesforce, 'SELECT Id, Name, IsSandbox FROM Organization', signal)
  const latency = Date.now() - started
  const ownUser = `SELECT Id, Name, Username FROM User WHERE Id = ${soqlString(identity.userId)}`
  const user = await first(salesforce, ownUser, signal)
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

async function first(salesforce: SalesforceConnection, soql: string, signal: AbortSignal): Promise<QueriedRecord> {
  for await (const record of salesforce.query(soql, signal)) return record
  return {}
}

/** Logs in, determines the API version and proves with a query that the org answers. */
export async function validateConnection(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
  step: Step,
): Promise<ConnectionIdentity> {
  const salesforce = connection(input.connection)
  step.heartbeat(input)
  const identity = await salesforce.identity(step.signal)
  for await (const _ of salesforce.query('SELECT Id FROM Organization', step.signal)) break
  return identity
}

/** Fetches the API versions that the org offers, also when the configured one is not among them. */
export async function fetchVersions(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<VersionsAnswer> {
  return { connection: input.connection, ...(await connection(input.connection).versions(signal)) }
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<ObjectsAnswer> {
  return { connection: input.connection, objects: await connection(input.connection).objects(signal) }
}

/** Describes an object as the integration user sees it. */
export async function describeObject(
  { connection }: Pick<Dependencies, 'connection'>,
  input: DescribeObjectInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<DescribeObjectAnswer> {
  const {
    name: object,
    label,
    createable,
    updateable,
    fields,
  } = await connection(input.connection).describe(input.object, signal)
  return { connection: input.connection, object, label, createable, updateable, fields: fields.map(describedField) }
}

function describedField(field: FieldDescribe): DescribedField {
  const { name, label, type, length, createable, updateable, externalId, unique } = field
  const required = createable && !field.nillable && !field.defaultedOnCreate
  return { name, label, type, length, required, createable, updateable, externalId, unique }
}
