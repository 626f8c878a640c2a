import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
import { asSummary } from '../loader/spec/runTitle.ts'
import type {
  ConnectionInput,
  ConnectionTest,
  DescribeObjectAnswer,
  DescribeObjectInput,
  ObjectsAnswer,
  VersionsAnswer,
} from '../packages/client/contract/messages.ts'
import { readably } from './readableFailure.ts'
import { requireInput } from './requireInput.ts'

// A person waits for the answer: a few tries, then the reason.
const READS = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const
const reads = (summary: string) => proxyActivities<Activities>({ ...READS, summary: asSummary(summary) })

const CONNECTION_INPUT = { connection: 'production' }

/** Proves by a query that the server is reached and the parameters are valid. */
export async function testConnection(input: ConnectionInput): Promise<ConnectionTest> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() =>
    reads(`log in to the connection ${input.connection} and prove it by a query`).testConnection(input),
  )
}

/** Fetches the API versions that the org offers. */
export async function fetchVersions(input: ConnectionInput): Promise<VersionsAnswer> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() => reads(`fetch the API versions that ${input.connection} offers`).fetchVersions(input))
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(input: ConnectionInput): Promise<ObjectsAnswer> {
  requireInput(input, CONNECTION_INPUT)
  return readably(() => reads(`list the objects of ${input.connection} that its user may write`).listObjects(input))
}

/** Describes one object as the integration user sees it. */
export async function describeObject(input: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  requireInput(input, { ...CONNECTION_INPUT, object: 'Contact' })
  return readably(() => reads(`describe ${input.object} in ${input.connection}`).describeObject(input))
}
