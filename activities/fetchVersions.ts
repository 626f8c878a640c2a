import type { Dependencies } from '../loader/dependencies.ts'
import type { ConnectionInput, VersionsAnswer } from '../packages/client/contract/messages.ts'

/**
 * Fetches the API versions that the org offers.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
 */
export function fetchVersions({ connection }: Dependencies) {
  return async (input: ConnectionInput): Promise<VersionsAnswer> => {
    const salesforce = connection(input.connection)
    const { instanceUrl } = await salesforce.identity()
    return { connection: input.connection, instanceUrl, versions: await salesforce.versions() }
  }
}
