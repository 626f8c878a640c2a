import type { Dependencies } from '../loader/dependencies.ts'
import { testConnection as runTestConnection } from '../loader/inspect/testConnection.ts'
import type { ConnectionInput, ConnectionTest } from '../packages/client/contract/inspection.ts'

/**
 * Proves with a query that the org can be reached and the parameters are valid.
 * Retry: safe because it only reads.
 */
export function testConnection(dependencies: Dependencies) {
  return (input: ConnectionInput): Promise<ConnectionTest> => runTestConnection(dependencies, input)
}
