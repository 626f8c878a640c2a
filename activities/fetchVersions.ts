import type { Dependencies } from '../loader/dependencies.ts'
import { fetchVersions as runFetchVersions } from '../loader/inspect/fetchVersions.ts'
import type { ConnectionInput, VersionsAnswer } from '../packages/client/contract/inspection.ts'

/**
 * Fetches the API versions that the org offers.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
 */
export function fetchVersions(dependencies: Dependencies) {
  return (input: ConnectionInput): Promise<VersionsAnswer> => runFetchVersions(dependencies, input)
}
