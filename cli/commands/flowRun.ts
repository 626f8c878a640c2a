// Commands that start a run of a flow, or continue one.
import { loadConfiguration } from '../../config/environment.ts'
import { type FlowRunName, flowRunNameOf, scheduledTimeOfRun } from '../../packages/client/contract/names.ts'
import type { RunFlowInput } from '../../packages/client/contract/runFlow.ts'
import { resumeRun } from '../../packages/client/controlRun.ts'
import { InputRejectedError } from '../../packages/client/errors.ts'
import { isMissing, missingWorkers } from '../../packages/client/missingWorkers.ts'
import { startedInput } from '../../packages/client/startOnce.ts'
import { CommandError } from '../commandError.ts'
import { type FlowToStart, type FoundFlow, findFlow, newFlowRun, startFlow } from '../flows/findFlow.ts'
import { type FlowOptions, flowInput, syncsOfFlow } from '../flows/flowSpecs.ts'
import { followFlow, printFlow } from '../flows/followFlow.ts'
import type { SharedOptions } from '../optionValues.ts'
import { missingWorkerLine, type TemporalAccess, withTemporal } from '../temporal.ts'
import { personHere } from './syncControl.ts'

type StartOptions = SharedOptions & FlowOptions & { readonly detach?: boolean }

export function flowRun(name: string, options: StartOptions): Promise<void> {
  return startNew('runFlow', name, options)
}

/** Plans each sync of a flow, and sends nothing. */
export function flowPlan(name: string, options: SharedOptions & FlowOptions): Promise<void> {
  return startNew('planFlow', name, options)
}

async function startNew(type: FlowToStart['type'], name: string, options: StartOptions): Promise<void> {
  const configuration = await loadConfiguration(options.config, { credentials: 'optional' })
  const toStart = {
    ...{ type, run: newFlowRun(name), syncs: syncsOfFlow(configuration, name) },
    input: flowInput(configuration, name, options),
    command: commandLine(type === 'planFlow' ? 'plan' : 'run', name, options.set),
  }
  await withTemporal(temporal => execute(temporal, toStart, options), options.config)
}

function commandLine(command: 'plan' | 'run', name: string, set: readonly string[]): string {
  return [`sflink flow ${command} ${name}`, ...set.map(setting => `--set ${setting}`)].join(' ')
}

type UndoOptions = SharedOptions & { readonly plan?: boolean; readonly detach?: boolean }

/** Takes back what a run of a flow has written, children before their parents, or shows what that would change. */
export async function flowUndo(either: string, options: UndoOptions): Promise<void> {
  const { plan = false, config } = options
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  await withTemporal(async temporal => {
    const { flow, runId } = await flowRunOf(temporal, either)
    const toStart: FlowToStart = {
      type: plan ? 'planFlow' : 'runFlow',
      run: newFlowRun(flow),
      input: { flow, undoOf: runId },
      syncs: syncsOfFlow(configuration, flow).toReversed(),
      command: `sflink flow undo ${runId}${plan ? ' --plan' : ''}`,
    }
    await execute(temporal, toStart, options)
  }, config)
}

/** A run that Temporal has deleted is still in the run store. */
async function flowRunOf(temporal: TemporalAccess, either: string): Promise<FlowRunName> {
  return flowRunNameOf(either) ?? (await findFlow(temporal, either)).run
}

async function execute(
  temporal: TemporalAccess,
  toStart: FlowToStart,
  { json = false, detach = false }: Pick<StartOptions, 'json' | 'detach'>,
): Promise<void> {
  const { runId } = toStart.run
  await startFlow(temporal, toStart)
  if (!detach) {
    if (!json) process.stderr.write(`${toStart.type === 'planFlow' ? 'Plan' : 'Run'} ${runId} of the flow\n`)
    return followFlow(temporal, toStart.run, json)
  }
  console.log(
    json
      ? JSON.stringify({ runId })
      : `Run ${runId} of the flow started. Check its progress: sflink flow status ${runId}`,
  )
  const missing = await missingWorkers(temporal.client)
  if (isMissing(missing)) console.error(missingWorkerLine(temporal, missing, ', so the run waits'))
}

/**
 * Resumes a run of a flow. One in progress is followed, and its sync continues if it is paused. One that failed or was cancelled starts
 * again with the same input: syncs that have completed do not run again.
 */
export async function flowResume(either: string, { json = false, config }: SharedOptions): Promise<void> {
  const configuration = await loadConfiguration(config, { credentials: 'optional' })
  await withTemporal(async temporal => {
    const found = await findFlow(temporal, either)
    const { run, runId, plans, description } = found
    if (plans) {
      throw new CommandError(
        `The run ${runId} is a plan of a flow, which sends nothing, so there is nothing to resume. Plan again: sflink flow plan ${run.flow}`,
      )
    }
    switch (description.status.name) {
      case 'COMPLETED':
        return printFlow(temporal, await found.handle.result(), json)
      case 'RUNNING':
        await releasePaused(temporal, found, json)
        return followFlow(temporal, run, json)
      default:
    }
    const input = await inputOf(temporal, run)
    const syncs = syncsOfFlow(configuration, run.flow)
    await startFlow(temporal, { type: 'runFlow', run, input, syncs, command: `sflink flow resume ${runId}` })
    await followFlow(temporal, run, json)
  }, config)
}

/** The pause of a run holds its flow. Temporal knows the run, also when no worker answers for the flow. */
async function releasePaused(temporal: TemporalAccess, { description }: FoundFlow, json: boolean): Promise<void> {
  const [child] = description.raw.pendingChildren ?? []
  if (!child?.workflowId) return
  try {
    const { message } = await resumeRun(temporal.client, child.workflowId, { by: personHere() })
    if (!json) console.error(message)
  } catch (error) {
    // The run has ended since, and the flow continues with the next one.
    if (!(error instanceof InputRejectedError)) throw error
  }
}

/** A run that a schedule started finds its time in its name; the schedule's input may be gone. */
async function inputOf({ client }: TemporalAccess, { flow, runId, workflowId }: FlowRunName): Promise<RunFlowInput> {
  const given = await startedInput<RunFlowInput>(client, workflowId)
  const time = scheduledTimeOfRun(runId)
  const scheduled = time === undefined ? {} : { scheduledTime: new Date(time).toISOString() }
  return { ...scheduled, ...given, flow }
}
