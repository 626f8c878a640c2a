import type { Dependencies } from '../loader/dependencies.ts'
import { listObjects as runListObjects } from '../loader/inspect/listObjects.ts'
import type { ConnectionInput, ObjectsAnswer } from '../packages/client/contract/inspection.ts'

/**
 * Lists the objects that the integration user may create or update.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm
 */
export function listObjects(dependencies: Dependencies) {
  return (input: ConnectionInput): Promise<ObjectsAnswer> => runListObjects(dependencies, input)
}
