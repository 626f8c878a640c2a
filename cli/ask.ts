import { ask as askWorker, type Question } from '../packages/client/ask.ts'
import { NoWorkerError } from '../packages/client/errors.ts'
import { CommandError, EXIT } from './commandError.ts'
import { missingWorkerLine, withTemporal } from './temporal.ts'

export type QuestionOptions = { readonly json?: boolean; readonly config?: string }

/** Asks a worker through a short workflow. Throws CommandError without a worker, and what `ask` of the client throws. */
export function ask<Answer>(question: Question, { config }: QuestionOptions = {}): Promise<Answer> {
  return withTemporal(async temporal => {
    try {
      return await askWorker<Answer>(temporal.client, question)
    } catch (error) {
      if (!(error instanceof NoWorkerError)) throw error
      throw new CommandError(missingWorkerLine(temporal, error.missing), EXIT.runFailed)
    }
  }, config)
}
