// What Temporal still has of a run, for the UI.
import { WorkflowNotFoundError } from '@temporalio/client'
import { LinkError } from '../packages/client/contract/linkError.ts'
import { withTemporal } from './temporal.ts'

/** One line, also when Temporal can't be reached. */
export async function temporalKnows(
  workflowIds: readonly string[],
  { config, temporalUi }: { readonly config?: string | undefined; readonly temporalUi?: string | undefined },
): Promise<string> {
  const [workflowId] = workflowIds.slice(-1)
  if (workflowId === undefined) return 'its workflow is not known'
  try {
    return await withTemporal(async ({ client, namespace, address }) => {
      try {
        const { status, runId } = await client.workflow.getHandle(workflowId).describe()
        const page = `/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}`
        return `${status.name} in Temporal: ${uiAddress(address, temporalUi)}${page}`
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        return `Temporal at ${address}, namespace ${namespace}, has no workflow ${workflowId} any more: its retention has passed`
      }
    }, config)
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    return error.message
  }
}

/** As configured, or the default address of the UI; otherwise only the path. */
function uiAddress(address: string, temporalUi: string | undefined): string {
  if (temporalUi !== undefined) return temporalUi.replace(/\/+$/, '')
  if (/^(localhost|127\.0\.0\.1):7233$/.test(address)) return 'http://localhost:8233'
  return address.endsWith('.tmprl.cloud:7233') ? 'https://cloud.temporal.io' : ''
}
