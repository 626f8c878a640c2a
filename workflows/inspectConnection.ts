import {
  type ConnectionInput,
  type ConnectionTest,
  connectionInputSchema,
  type DescribeObjectAnswer,
  type DescribeObjectInput,
  describeObjectInputSchema,
  type ObjectsAnswer,
  type VersionsAnswer,
} from '../packages/client/contract/inspection.ts'
import { withReadableFailure } from './failures.ts'
import { INSPECT, stepsUnder } from './policies.ts'
import { requireInput } from './requireInput.ts'

const EXAMPLE = { connection: 'production' }

/** Proves with a query that the org can be reached and the parameters are valid. */
export async function testConnection(input: ConnectionInput): Promise<ConnectionTest> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  const steps = stepsUnder(INSPECT, `log in to the connection ${input.connection} and run a test query`)
  return withReadableFailure(() => steps.testConnection(input))
}

/** Fetches the API versions that the org offers. */
export async function fetchVersions(input: ConnectionInput): Promise<VersionsAnswer> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  const steps = stepsUnder(INSPECT, `fetch the API versions of ${input.connection}`)
  return withReadableFailure(() => steps.fetchVersions(input))
}

/** Lists the objects that the integration user can create or update. */
export async function listObjects(input: ConnectionInput): Promise<ObjectsAnswer> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  const steps = stepsUnder(INSPECT, `list the objects of ${input.connection} that its user can write`)
  return withReadableFailure(() => steps.listObjects(input))
}

/** Describes one object as the integration user sees it. */
export async function describeObject(input: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  requireInput(describeObjectInputSchema, input, { ...EXAMPLE, object: 'Contact' })
  const steps = stepsUnder(INSPECT, `describe ${input.object} in ${input.connection}`)
  return withReadableFailure(() => steps.describeObject(input))
}
