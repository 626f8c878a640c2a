import {
  type ConnectionInput,
  type ConnectionTest,
  type DescribedField,
  type DescribeObjectAnswer,
  type DescribeObjectInput,
  MAX_VALUES,
  type ObjectsAnswer,
  type VersionsAnswer,
} from '../../packages/client/contract/inspection.ts'
import { didYouMean } from '../../packages/client/contract/nearestName.ts'
import type { FieldDescribe, ObjectDescribe } from '../salesforce/describe.ts'
import type { ConnectionIdentity, QueriedRecord, SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { soqlString } from '../salesforce/soql.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'

/** Proves with a query that the server can be reached and the parameters are valid. */
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

/** Logs in, determines the API version and proves with a query that the org answers. */
export async function validateConnection(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
  step: Step,
): Promise<ConnectionIdentity> {
  const salesforce = connection(input.connection)
  step.heartbeat(input)
  const identity = await salesforce.identity()
  for await (const _ of salesforce.query('SELECT Id FROM Organization')) break
  return identity
}

/** Fetches the API versions that the org offers. */
export async function fetchVersions(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
): Promise<VersionsAnswer> {
  const salesforce = connection(input.connection)
  const { instanceUrl } = await salesforce.identity()
  return { connection: input.connection, instanceUrl, versions: await salesforce.versions() }
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
): Promise<ObjectsAnswer> {
  return { connection: input.connection, objects: await connection(input.connection).objects() }
}

/** Describes an object as the integration user sees it. Throws RunRejectedError for an unknown field. */
export async function describeObject(
  { connection }: Pick<Dependencies, 'connection'>,
  input: DescribeObjectInput,
): Promise<DescribeObjectAnswer> {
  const described = await connection(input.connection).describe(input.object)
  const { name: object, label, createable, updateable } = described
  return {
    ...{ connection: input.connection, object, label, createable, updateable },
    recordTypes: described.recordTypes
      .filter(({ active, master }) => active && !master)
      .map(({ recordTypeId: id, developerName, name }) => ({ id, developerName, name })),
    fields:
      input.field == null
        ? described.fields.map(field => describedField(field, MAX_VALUES))
        : [describedField(fieldNamed(described, input.field), Number.POSITIVE_INFINITY)],
  }
}

function fieldNamed({ name: object, fields }: ObjectDescribe, given: string): FieldDescribe {
  const field = fields.find(({ name }) => name.toLowerCase() === given.toLowerCase())
  if (field !== undefined) return field
  const names = fields.map(({ name }) => name)
  throw new RunRejectedError(`The field ${object}.${given}`, [
    `is unknown, or hidden from the integration user by field-level security${didYouMean(given, names)}`,
  ])
}

function describedField(field: FieldDescribe, maxValues: number): DescribedField {
  const { name, label, type, length, createable, updateable, externalId, unique, referenceTo } = field
  const required = createable && !field.nillable && !field.defaultedOnCreate
  const values = field.picklistValues.filter(({ active }) => active).map(({ active: _, ...value }) => value)
  const isPicklist = type === 'picklist' || type === 'multipicklist' || values.length > 0
  return {
    ...{ name, label, type, length, required, createable, updateable, externalId, unique, referenceTo },
    ...(field.relationshipName === null ? {} : { relationshipName: field.relationshipName }),
    ...(isPicklist
      ? {
          picklist: {
            restricted: field.restrictedPicklist,
            values: values.slice(0, maxValues),
            count: values.length,
          },
        }
      : {}),
  }
}
