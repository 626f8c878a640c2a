// Pages of Temporal's UI, as links for the terminal.
import type { TemporalAccess } from './temporal.ts'
import { localUi } from './up/temporalServer.ts'

type Page = Pick<TemporalAccess, 'address' | 'namespace'> & {
  readonly workflowId: string
  /** Id of the execution in Temporal: without it the UI has no page. */
  readonly runId: string
  /** `temporalUi` of the configuration. */
  readonly temporalUi?: string | undefined
}

/** The page that shows what a run loads, how far it is and what to do; the command that shows it where no UI is known. */
export function pageOfRun({ address, namespace, workflowId, runId, temporalUi }: Page): string {
  const ui = uiAddress(address, temporalUi)
  if (ui === undefined) {
    return `temporal workflow describe --address ${address} --namespace ${namespace} --workflow-id ${workflowId} (set notifications.temporalUi for a link)`
  }
  return `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/user-metadata`
}

/** As configured, or where Temporal puts it; undefined when it is not known. */
function uiAddress(address: string, temporalUi: string | undefined): string | undefined {
  if (temporalUi !== undefined) return temporalUi.replace(/\/+$/, '')
  return address.endsWith('.tmprl.cloud:7233') ? 'https://cloud.temporal.io' : localUi(address)
}
