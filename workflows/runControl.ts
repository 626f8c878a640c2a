// The updates by which a person or a program pauses and resumes a run. Temporal's UI shows their descriptions beside the names.
import { condition, defineUpdate, setHandler } from '@temporalio/workflow'
import { inputProblem } from '../packages/client/contract/issues.ts'
import { PAUSE_UPDATE, RESUME_UPDATE } from '../packages/client/contract/names.ts'
import { type ControlAnswer, type ControlInput, controlInputSchema } from '../packages/client/contract/runControl.ts'
import { advance } from './advance.ts'
import { finalFailure } from './failures.ts'
import { pausedText, resumeCommand } from './page/pausedText.ts'
import { type RunState, utcSeconds } from './runState.ts'

/** Temporal's UI, and a program that has nothing to say, send no input, or null. */
type GivenInput = ControlInput | null | undefined

const pauseUpdate = defineUpdate<ControlAnswer, [GivenInput]>(PAUSE_UPDATE)
const resumeUpdate = defineUpdate<ControlAnswer, [GivenInput]>(RESUME_UPDATE)

const EXAMPLE = { by: 'anna@acme.com', reason: 'storage is full' }
const INPUT = `Input: none, or ${JSON.stringify(EXAMPLE)}.`

/** Takes the updates from here on. They change the state at once and wait for nothing, so no continue-as-new loses one. */
export function takeControl(state: RunState): void {
  setHandler(pauseUpdate, input => pause(state, input ?? {}), {
    description: `Starts and commits no more chunks until the update resume; chunks in progress are settled. ${INPUT}`,
    validator: input => {
      requireControlInput(PAUSE_UPDATE, input)
      requireChunksLeft(state)
    },
  })
  setHandler(resumeUpdate, () => resume(state), {
    description: `Continues a run that the update pause has paused. ${INPUT}`,
    validator: input => requireControlInput(RESUME_UPDATE, input),
  })
}

/** What a chunk of a paused run waits for. */
export const UNTIL_RESUMED = 'waits until the run is resumed'

/** Resolves at once, or when the run is resumed. Throws CancelledFailure when it is cancelled meanwhile. @param wait called before a wait */
export async function whileNotPaused(state: RunState, wait: () => void): Promise<void> {
  if (state.paused === undefined) return
  wait()
  await condition(() => state.paused === undefined)
}

function pause(state: RunState, { by, reason }: ControlInput): ControlAnswer {
  const { runId, paused: before } = state
  const paused = before ?? {
    since: utcSeconds(Date.now()),
    ...(by == null ? {} : { by }),
    ...(reason == null ? {} : { reason }),
  }
  advance(state, { paused })
  const already = before === undefined ? '' : 'already '
  const message = `Run ${runId} is ${already}paused ${pausedText(paused)}: chunks in progress are settled, no other chunk is sent. Resume it: ${resumeCommand(runId)}`
  return { runId, changed: before === undefined, paused, message }
}

function resume(state: RunState): ControlAnswer {
  const { runId, paused } = state
  if (paused === undefined) return { runId, changed: false, message: `Run ${runId} is running; it was not paused` }
  advance(state, { paused: undefined })
  return { runId, changed: true, message: `Run ${runId} continues; it was paused ${pausedText(paused)}` }
}

function requireControlInput(update: string, input: GivenInput): void {
  const problem = inputProblem(controlInputSchema, input ?? {}, `The input of ${update}`, EXAMPLE)
  if (problem !== undefined) throw finalFailure('InputRejectedError', problem, 'usage')
}

function requireChunksLeft({ runId, stage }: RunState): void {
  if (stage !== 'aggregating' && stage !== 'done') return
  throw finalFailure(
    'NothingToPauseError',
    `Run ${runId} has sent all of its chunks; nothing is left to pause`,
    'usage',
  )
}
