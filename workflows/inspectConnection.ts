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

// A person waits for the answer: a few tries, then the reason.
const reads = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
})

/** Proves by a query that the server is reached and the parameters are valid. */
export function testConnection(input: ConnectionInput): Promise<ConnectionTest> {
  return readably(() => reads.testConnection(input))
}

/** Fetches the API versions that the org offers. */
export function fetchVersions(input: ConnectionInput): Promise<VersionsAnswer> {
  return readably(() => reads.fetchVersions(input))
}

/** Lists the objects that the integration user may create or update. */
export function listObjects(input: ConnectionInput): Promise<ObjectsAnswer> {
  return readably(() => reads.listObjects(input))
}

/** Describes one object as the integration user sees it. */
export function describeObject(input: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  return readably(() => reads.describeObject(input))
}
