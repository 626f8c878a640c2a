import { hostname, userInfo } from 'node:os'
import type { WorkflowType } from '../../packages/client/contract/names.ts'
import { pauseRun } from '../../packages/client/controlRun.ts'
import { printJson } from '../columns.ts'
import { CommandError } from '../commandError.ts'
import { endState } from '../endOfRun.ts'
import { type FoundRun, findRun, runNotFound } from '../findRun.ts'
import type { SharedOptions } from '../optionValues.ts'
import { withTemporal } from '../temporal.ts'

/** The person at this machine, as a paused run shows it. */
export function personHere(): string {
  return `${userInfo().username}@${hostname()}`
}

type PauseOptions = SharedOptions & { readonly reason?: string }

/** Does nothing to a run that has ended. */
export async function syncPause(either: string, { json = false, reason, config }: PauseOptions): Promise<void> {
  await withTemporal(async temporal => {
    const found = await findRun(temporal, either)
    if (isOver(found)) return tellOver(found, 'pause')
    if (found.description.type === ('planRecords' satisfies WorkflowType)) throw isPlan(found)
    const input = { by: personHere(), ...(reason === undefined ? {} : { reason }) }
    const answer = await pauseRun(temporal.client, found.handle.workflowId, input)
    if (json) printJson(answer)
    else console.log(answer.message)
  }, config)
}

function isPlan({ runId }: FoundRun): CommandError {
  return new CommandError(
    `The run ${runId} is a plan, which sends nothing, so there is nothing to pause. Stop it: sflink sync cancel ${runId}`,
  )
}

/** Does nothing to a run that has ended. Temporal's own cancellation needs no worker and no encryption key. */
export async function syncCancel(either: string, { config }: { readonly config?: string }): Promise<void> {
  await withTemporal(async temporal => {
    const found = await findRun(temporal, either)
    if (isOver(found)) return tellOver(found, 'stop')
    const { runId, handle } = found
    await handle.cancel().catch((error: unknown) => {
      throw runNotFound(error, runId, temporal)
    })
    console.log(
      `Run ${runId} was asked to stop. Records already sent are still accounted for: sflink sync status ${runId} --follow`,
    )
  }, config)
}

const isOver = ({ description }: FoundRun): boolean => description.status.name !== 'RUNNING'

function tellOver({ runId, description }: FoundRun, what: string): void {
  console.log(`The run ${runId} has ended: ${endState(description)}; nothing to ${what}`)
}
