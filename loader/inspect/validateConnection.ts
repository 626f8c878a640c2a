import type { ConnectionInput } from '../../packages/client/contract/inspection.ts'
import type { ConnectionIdentity } from '../salesforce/salesforceConnection.ts'
import type { Dependencies, Step } from '../step.ts'

/**
 * Logs in, settles the API version and proves by a query that the org answers.
 */
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
