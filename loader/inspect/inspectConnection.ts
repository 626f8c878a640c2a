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
import type { QueriedRecord, SalesforceConnection } from '../salesforce/salesforceConnection.ts'
import { soqlString } from '../salesforce/soql.ts'
import { objectsOfCallers, rejectForbiddenObject } from '../spec/callerRules.ts'
import { RunRejectedError } from '../spec/runRejectedError.ts'
import type { Dependencies, Step } from '../step.ts'

/** Proves with a query that the server can be reached and the parameters are valid. */
export async function testConnection(
  dependencies: Asked & Pick<Dependencies, 'connectionWarnings'>,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<ConnectionTest> {
  const salesforce = allowed(dependencies, input)
  const identity = await salesforce.identity(signal)
  const started = Date.now()
  const organization = await first(salesforce, 'SELECT Id, Name, IsSandbox FROM Organization', signal)
  const latency = Date.now() - started
  const whose = `SELECT Id, Name, Username FROM User WHERE Id = ${soqlString(identity.userId)}`
  const user = await first(salesforce, whose, signal)
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
    warnings: dependencies.connectionWarnings(input.connection),
  }
}

type Asked = Pick<Dependencies, 'connection' | 'allow' | 'sync'>

/** The connection, if callers may use it for this object. Throws RunRejectedError when they may not. */
function allowed({ connection, allow, sync }: Asked, asked: ConnectionInput & { readonly object?: string }) {
  rejectForbiddenObject(allow, sync, asked)
  return connection(asked.connection)
}

async function first(salesforce: SalesforceConnection, soql: string, signal: AbortSignal): Promise<QueriedRecord> {
  for await (const record of salesforce.query(soql, signal)) return record
  return {}
}

/** Fetches the API versions that the org offers, also when the configured one is not among them. */
export async function fetchVersions(
  dependencies: Asked,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<VersionsAnswer> {
  return { connection: input.connection, ...(await allowed(dependencies, input).versions(signal)) }
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(
  dependencies: Asked,
  input: ConnectionInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<ObjectsAnswer> {
  const { allow, sync } = dependencies
  const objects = await allowed(dependencies, input).objects(signal)
  const names = allow && objectsOfCallers(allow, sync).get(input.connection)
  const shown = names === undefined ? objects : objects.filter(({ name }) => names.has(name.toLowerCase()))
  return { connection: input.connection, objects: shown }
}

/** Describes an object as the integration user sees it. Throws RunRejectedError for an unknown field. */
export async function describeObject(
  dependencies: Asked,
  input: DescribeObjectInput,
  { signal }: Pick<Step, 'signal'>,
): Promise<DescribeObjectAnswer> {
  const described = await allowed(dependencies, input).describe(input.object, signal)
  const { name: object, label, createable, updateable, deletable } = described
  return {
    ...{ connection: input.connection, object, label, createable, updateable, deletable },
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
  throw new RunRejectedError(`The object ${object}`, [
    `field ${given} is unknown, or hidden from the integration user by field-level security${didYouMean(given, names)}`,
  ])
}

function describedField(field: FieldDescribe, maxValues: number): DescribedField {
  const { name, label, type, length, createable, updateable, externalId, unique, referenceTo } = field
  const required = createable && !field.nillable && !field.defaultedOnCreate
  const values = field.picklistValues
    .filter(({ active }) => active)
    .map(({ active: _, validFor: _validFor, ...value }) => value)
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
