import type { Dependencies } from '../loader/dependencies.ts'
import type { ConnectionIdentity } from '../loader/salesforce/salesforceConnection.ts'
import type { ConnectionInput } from '../packages/client/contract/messages.ts'
import { whileBeating } from './heartbeat.ts'

/**
 * Logs in, settles the API version and proves by a query that the org answers.
 * Retry: safe because it only reads.
 */
export function validateConnection({ connection }: Dependencies) {
  return async (input: ConnectionInput): Promise<ConnectionIdentity> => {
    const salesforce = connection(input.connection)
    return whileBeating(input, async () => {
      const identity = await salesforce.identity()
      for await (const _ of salesforce.query('SELECT Id FROM Organization')) break
      return identity
    })
  }
}
