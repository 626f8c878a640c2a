import { workflowInfo } from '@temporalio/workflow'
import type { z } from 'zod'
import { inputProblem } from '../packages/client/contract/issues.ts'
import { finalFailure } from './failures.ts'

/**
 * Rejects a start whose input does not match the contract. Any program may start a workflow with any input, and an error of
 * another kind would be retried forever.
 * @param example a valid input, for the message
 */
export function requireInput(schema: z.ZodType, input: unknown, example: object): void {
  const problem = inputProblem(schema, input, `The input of ${workflowInfo().workflowType}`, example)
  if (problem !== undefined) throw finalFailure('InputRejectedError', problem, 'usage')
}
