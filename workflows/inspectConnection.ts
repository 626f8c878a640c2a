import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/createActivities.ts'
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
import { readably, requireInput } from './failures.ts'
import { asSummary } from './page/summaries.ts'
import { INSPECT } from './policies.ts'

const inspection = (summary: string) => proxyActivities<Activities>({ ...INSPECT, summary: asSummary(summary) })

const EXAMPLE = { connection: 'production' }

/** Verifies with a query that the server is reached and the parameters are valid. */
export async function testConnection(input: ConnectionInput): Promise<ConnectionTest> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  return readably(() =>
    inspection(`log in to connection ${input.connection} and run a test query`).testConnection(input),
  )
}

/** Fetches the API versions that the org offers. */
export async function fetchVersions(input: ConnectionInput): Promise<VersionsAnswer> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  return readably(() => inspection(`fetch the API versions that ${input.connection} offers`).fetchVersions(input))
}

/** Lists the objects that the integration user may create or update. */
export async function listObjects(input: ConnectionInput): Promise<ObjectsAnswer> {
  requireInput(connectionInputSchema, input, EXAMPLE)
  return readably(() =>
    inspection(`list the objects of ${input.connection} that the integration user may write`).listObjects(input),
  )
}

/** Describes one object as the integration user sees it. */
export async function describeObject(input: DescribeObjectInput): Promise<DescribeObjectAnswer> {
  requireInput(describeObjectInputSchema, input, { ...EXAMPLE, object: 'Contact' })
  return readably(() => inspection(`describe ${input.object} in ${input.connection}`).describeObject(input))
}
