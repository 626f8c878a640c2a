import type { Dependencies } from '../loader/dependencies.ts'
import { validateConnection as runValidateConnection } from '../loader/inspect/validateConnection.ts'
import type { ConnectionIdentity } from '../loader/salesforce/salesforceConnection.ts'
import type { ConnectionInput } from '../packages/client/contract/inspection.ts'
import { runStep } from './runStep.ts'

/**
 * Logs in, determines the API version and proves with a query that the org answers.
 * Retry: safe because it only reads.
 */
export function validateConnection(dependencies: Dependencies) {
  return (input: ConnectionInput): Promise<ConnectionIdentity> =>
    runStep(step => runValidateConnection(dependencies, input, step))
}
