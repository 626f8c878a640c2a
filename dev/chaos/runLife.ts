// One run, from its start to its report, with the commands that a person gives when the one before was killed or the run ended early.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError } from '@temporalio/client'
import { flowRunNameOf, runNameOf, workflowIdOfRun } from '../../packages/client/contract/names.ts'
import { startedInput } from '../../packages/client/startOnce.ts'
import type { Running } from '../processes/processes.ts'
import type { Draw } from './draw.ts'
import type { Scene } from './scene.ts'
import { FLOW, syncsOf } from './shapes.ts'
import type { Site } from './sites.ts'

export type RunLife = {
  readonly scene: Scene
  readonly site: Site
  readonly draw: Draw
  /** Commands that may be killed. */
  readonly commands: Set<Running>
  /** How the runs of the load are found. */
  readonly runs: RunFinder
  /** Arguments of the command that starts a run. */
  readonly args: readonly string[]
  /** Runs of the load that are followed already. */
  readonly taken: Set<string>
  /** Names the logs. */
  readonly name: string
  readonly cancelAfter?: number
  readonly signal: AbortSignal
  readonly onEarlyEnd: (reason: string) => void
}

export type RunFinder = {
  readonly command: 'sync' | 'flow'
  /** The runs that load the sources of a load, in order: those of a flow, or the run itself. */
  partsOf(runId: string): readonly string[]
  /** The run of a command with this output; undefined while it is not known. */
  of(output: string): Promise<string | undefined>
  /** All runs of the load. Rejects while Temporal is away. */
  list(): Promise<readonly string[]>
}

/** @param source URI that only the runs of one load have */
export const runsFrom = ({ client }: Site, source: string): RunFinder => ({
  ...{ command: 'sync', partsOf: runId => [runId] },
  of: async output => /^Run (\S+)$/m.exec(output)?.[1],
  list: async () => {
    const runs = new Set<string>()
    for await (const { workflowId, memo } of client.workflow.list({ query: `WorkflowType = 'syncRecords'` })) {
      const options = memo?.['options'] as { readonly source?: string } | undefined
      if (options?.source === source) runs.add(runNameOf(workflowId).runId)
    }
    return [...runs]
  },
})

/** Of several that are started, one undoes the run: the one that the run names. The others end. */
export function undoOf(site: Site, runId: string): RunFinder {
  const claim = async () => {
    const text = await site.read(runId, 'undone.json')
    return text === undefined ? undefined : (JSON.parse(text) as { readonly runId: string }).runId
  }
  return {
    ...{ command: 'sync', partsOf: id => [id] },
    ...{ of: claim, list: async () => [(await claim()) ?? []].flat() },
  }
}

const flowParts = (runId: string): readonly string[] => syncsOf(FLOW).map(sync => `${sync}.${runId}`)

/** @param source URI in the input of the flows of one load only */
export const flowsFrom = ({ client }: Site, source: string): RunFinder => ({
  ...{ command: 'flow', partsOf: flowParts },
  of: async output => /^Run (\S+) of the flow$/m.exec(output)?.[1],
  list: async () => {
    const runs = new Set<string>()
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = 'runFlow'` })) {
      const input = JSON.stringify(await startedInput(client, workflowId))
      if (input.includes(source)) runs.add(runNameOf(workflowId).runId)
    }
    return [...runs]
  },
})

/** The undo of the last sync is the first one. */
export function flowUndoOf(site: Site, runId: string): RunFinder {
  const [last = ''] = flowParts(runId).toReversed()
  const { of, list } = undoOf(site, last)
  const flowOf = (undo: string) => undo.slice(undo.indexOf('.') + 1)
  return {
    ...{ command: 'flow', partsOf: flowParts },
    of: async output => {
      const undo = await of(output)
      return undo && flowOf(undo)
    },
    list: async () => (await list()).map(flowOf),
  }
}

const SUCCEEDED = 0
const RUN_FAILED = 1
const USAGE = 2
const SOME_REJECTED = 3

const PAUSE_MS = 300
/** From the end of a killed command until Temporal lists the run that it may have started. */
const LISTED_MS = 3_000
/** Between two looks at what a command has printed. */
const LOOK_MS = 100

/** Resolves to the run id when the run has its report; throws the reason of the signal. */
export async function runToReport(life: RunLife): Promise<string> {
  let runId: string | undefined
  let args = life.args
  for (let number = 1; ; number += 1) {
    life.signal.throwIfAborted()
    const log = join(life.scene.folder, 'logs', `${life.name}.${number}.log`)
    const code = await execute(life, args, log, number === 1)
    const output = await readFile(log, 'utf8')
    runId ??= await takenName(life, output)
    if (code === SUCCEEDED || code === SOME_REJECTED) return runId ?? raise(`${log} names no run`)
    runId ??= await startedRun(life)
    if (runId === undefined) continue
    const missing = code === USAGE && /There is no run|has no run/.test(output)
    if ((code === RUN_FAILED || code === USAGE) && !missing) life.onEarlyEnd(lastLine(output))
    // A run that was cancelled before its first step has left nothing to resume.
    if (output.includes('start the run again; nothing was sent')) {
      runId = undefined
      args = life.args
      continue
    }
    args = nextArgs(life, { runId, code, missing })
    await sleep(PAUSE_MS)
  }
}

/** Adopts the runs of the source that no command has named: each is followed to its report. */
export async function adoptOthers(life: RunLife): Promise<readonly string[]> {
  const adopted: string[] = []
  for (let runId = await startedRun(life); runId !== undefined; runId = await startedRun(life)) {
    adopted.push(
      await runToReport({ ...life, args: [life.runs.command, 'resume', runId], name: `${life.name}.adopted` }),
    )
  }
  return adopted
}

async function execute(
  life: RunLife,
  args: readonly string[],
  log: string,
  first: boolean,
): Promise<number | undefined> {
  const command = await life.scene.startCommand(life.site, args, log)
  life.commands.add(command)
  const over = new AbortController()
  void takeName(life, log, over.signal)
  if (first && life.cancelAfter !== undefined) void cancelLater(life, log, life.cancelAfter, over.signal)
  const stop = () => void command.end('SIGKILL')
  life.signal.addEventListener('abort', stop)
  try {
    return await command.ended
  } finally {
    over.abort()
    life.signal.removeEventListener('abort', stop)
    life.commands.delete(command)
  }
}

/** A command beside this one of the same load must not take its run for its own. */
async function takeName(life: RunLife, log: string, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const output = await readFile(log, 'utf8').catch(() => '')
    if ((await takenName(life, output).catch(() => undefined)) !== undefined) return
    await sleep(LOOK_MS)
  }
}

async function cancelLater(life: RunLife, log: string, after: number, ended: AbortSignal): Promise<void> {
  await sleep(after)
  const runId = await life.runs.of(await readFile(log, 'utf8'))
  if (ended.aborted || life.signal.aborted || runId === undefined) return
  const cancelLog = join(life.scene.folder, 'logs', `${life.name}.cancel.log`)
  await life.scene.startCommand(life.site, [life.runs.command, 'cancel', runId], cancelLog)
}

/** A killed command, or one without Temporal, says nothing of its run: a person follows or resumes it. */
function nextArgs(
  { draw, runs: { command } }: RunLife,
  { runId, code, missing }: { readonly runId: string; readonly code: number | undefined; readonly missing: boolean },
): readonly string[] {
  const follow = [command, 'status', runId, '--follow']
  if (missing) return follow
  return code === RUN_FAILED || code === USAGE || draw.chance(0.5) ? [command, 'resume', runId] : follow
}

/** Takes the run that a command started before it was killed; undefined if it started none. */
async function startedRun({ scene, runs, taken, signal }: RunLife): Promise<string | undefined> {
  for (;;) {
    await scene.temporal.serving()
    await sleep(LISTED_MS)
    signal.throwIfAborted()
    const listed = await runs.list().catch(() => undefined)
    if (listed === undefined) continue
    const runId = listed.find(listedId => !taken.has(listedId))
    if (runId !== undefined) taken.add(runId)
    return runId
  }
}

/** Changes while the run makes progress. Rejects while Temporal is away. */
export async function progressOf({ client }: Site, runs: RunFinder, runId: string): Promise<string> {
  const states = workflowsOf(runs, runId).map(async workflowId => {
    try {
      const { status, historyLength, runId: execution } = await client.workflow.getHandle(workflowId).describe()
      return `${execution} ${status.name} ${historyLength}`
    } catch (error) {
      // A sync of a flow that has not begun.
      if (error instanceof WorkflowNotFoundError) return 'none'
      throw error
    }
  })
  return (await Promise.all(states)).join()
}

/** The workflows of a run. */
export function workflowsOf({ command, partsOf }: RunFinder, runId: string): readonly string[] {
  const flow = command === 'flow' ? flowRunNameOf(runId)?.workflowId : undefined
  return [...(flow === undefined ? [] : [flow]), ...partsOf(runId).map(workflowIdOfRun)]
}

/** Steps of the last execution of a workflow that started again after missing heartbeats. Empty while Temporal is away. */
export async function takenOverIn(
  { temporal }: Scene,
  { client }: Site,
  workflowId: string,
): Promise<readonly string[]> {
  await temporal.serving()
  const history = await client.workflow
    .getHandle(workflowId)
    .fetchHistory()
    .catch(() => undefined)
  const events = history?.events ?? []
  const names = new Map(
    events.map(({ eventId, activityTaskScheduledEventAttributes: step }) => [
      String(eventId),
      step?.activityType?.name ?? '',
    ]),
  )
  return events
    .flatMap(({ activityTaskStartedEventAttributes: started }) => started ?? [])
    .filter(({ lastFailure }) => lastFailure?.timeoutFailureInfo)
    .map(({ scheduledEventId }) => names.get(String(scheduledEventId)) ?? '')
}

/** The run that the command names, as one that is followed. */
async function takenName({ taken, runs }: RunLife, output: string): Promise<string | undefined> {
  const runId = await runs.of(output)
  if (runId !== undefined) taken.add(runId)
  return runId
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? ''

function raise(message: string): never {
  throw new Error(message)
}
