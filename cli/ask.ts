// Asks a worker something through a short workflow.
import { randomUUID } from 'node:crypto'
import { TASK_QUEUE, type WorkflowType } from '../packages/client/contract/names.ts'
import { CommandError } from './commandError.ts'
import { EXIT } from './exitCodes.ts'
import { readableFailure } from './failure.ts'
import { type TemporalAccess, withTemporal } from './temporal.ts'
import { isMissing, missingWorkerLine, missingWorkers } from './workerWatch.ts'

const LONGEST_ANSWER = '10 minutes'

export type QuestionOptions = { readonly json?: boolean; readonly config?: string }

/**
 * @param about what the question is about, for the workflow's id
 * Throws CommandError when there is no worker, or with the words of the failure.
 */
export function ask<Answer>(
  type: WorkflowType,
  input: object,
  about: string,
  { config }: QuestionOptions = {},
): Promise<Answer> {
  return withTemporal(async temporal => {
    const handle = await temporal.client.workflow.start(type, {
      taskQueue: TASK_QUEUE,
      workflowId: `${type}-${about}-${randomUUID().slice(0, 8)}`,
      args: [input],
      workflowExecutionTimeout: LONGEST_ANSWER,
    })
    const answered = new AbortController()
    const answer = handle.result() as Promise<Answer>
    try {
      return await Promise.race([answer, nobody(temporal, answered.signal)])
    } catch (error) {
      if (!(error instanceof CommandError)) throw readableFailure(error, `The question ${type}`)
      // Nobody waits for the answer any more.
      answer.catch(() => {})
      await handle.terminate('No worker').catch(() => {})
      throw error
    } finally {
      answered.abort()
    }
  }, config)
}

/** Rejects when there is no worker, else never settles. */
async function nobody(temporal: TemporalAccess, signal: AbortSignal): Promise<never> {
  const missing = await missingWorkers(temporal, signal)
  if (isMissing(missing)) throw new CommandError(missingWorkerLine(temporal, missing), EXIT.runFailed)
  return new Promise<never>(() => {})
}
