import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import type {
  ConnectionInput,
  ConnectionTest,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  VersionsAnswer,
} from './contract.ts'
import { readably } from './readableFailure.ts'
import { requireInput } from './requireInput.ts'

// A person waits for the answer: a few tries, then the reason.
const reads = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
})

const CONNECTION_INPUT = { connection: 'production' }

/** Proves by a query that the server is reached and the parameters are valid. */
export async function testConnection(input: ConnectionInput): Promise<ConnectionTest> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() => reads.testConnection(input))
}

/** Fetches the API versions that the org offers. */
export async function fetchVersions(input: ConnectionInput): Promise<VersionsAnswer> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() => reads.fetchVersions(input))
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(input: ConnectionInput): Promise<ObjectsAnswer> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() => reads.listObjects(input))
}

/** Describes one object as the integration user sees it. */
export async function describeObject(input: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  requireInput(input, { ...CONNECTION_INPUT, object: 'Contact' })
  return readably(() => reads.describeObject(input))
}
