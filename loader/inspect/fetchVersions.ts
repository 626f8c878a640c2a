import type { ConnectionInput, VersionsAnswer } from '../../packages/client/contract/inspection.ts'
import type { Dependencies } from '../step.ts'

/**
 * Fetches the API versions that the org offers.
 */
export async function fetchVersions(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
): Promise<VersionsAnswer> {
  const salesforce = connection(input.connection)
  const { instanceUrl } = await salesforce.identity()
  return { connection: input.connection, instanceUrl, versions: await salesforce.versions() }
}
