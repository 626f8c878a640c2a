// The workflow `receiveRecords` and its update `addRecords`: records that services add call by call.
import { z } from 'zod'
import { strictShape } from './issues.ts'
import { MAX_INLINE_BYTES } from './operations.ts'
import { recordResultSchema } from './runReport.ts'
import { type DeepReadonly, name, optional, plainText, tableProblem } from './scalars.ts'

/** Milliseconds. */
const MAX_GATHER = 10_000
const MAX_IDLE = 7 * 24 * 3_600_000
const DEFAULT_GATHER = 0
const DEFAULT_IDLE = 600_000

/** Input of `receiveRecords`. Each sync has one running receiver, whose workflow id is `receive/` and the name of the sync. */
export const receiveRecordsInputSchema = strictShape({
  sync: name.describe("Name of a sync in the worker's configuration; its source and maxRejected do not apply"),
  gatherFor: optional(z.int().min(0).max(MAX_GATHER)).describe(
    `Milliseconds that calls are gathered after the first one, up to 200 records. Default: ${DEFAULT_GATHER}`,
  ),
  idleFor: optional(z.int().min(1).max(MAX_IDLE)).describe(
    `Milliseconds without a call after which the receiver ends. Default: ${DEFAULT_IDLE}`,
  ),
})
export type ReceiveRecordsInput = Readonly<z.output<typeof receiveRecordsInputSchema>>

/** Maximum of records in a call, and in the run of several calls: that many results fit into an answer. */
export const MAX_CALL_RECORDS = 200

/** Maximum length of the id of a call, in characters. */
const MAX_CALL_ID = 200

const ID = `expected text of 1 to ${MAX_CALL_ID} characters that names the call, so that it can be repeated`

const givenRecordSchema = z
  .record(
    plainText,
    z.union([plainText, z.number(), z.boolean(), z.null()], { error: 'expected text, a number, true, false or null' }),
  )
  .refine(record => Object.keys(record).length > 0, 'has no columns')
/** A record as a program gives it: column to value; null is a blank value. */
export type GivenRecord = Readonly<z.output<typeof givenRecordSchema>>

/** Input of the update `addRecords`. */
export const addRecordsInputSchema = strictShape({
  id: z
    .string(ID)
    .min(1, ID)
    .max(MAX_CALL_ID, ID)
    .refine(id => id.trim() !== '' && id.isWellFormed(), ID)
    .describe('The same id again gets the first answer and loads nothing'),
  records: z
    .array(givenRecordSchema)
    .min(1, 'expected at least one record')
    .max(MAX_CALL_RECORDS, {
      error: ({ input }) =>
        `has ${(input as readonly unknown[]).length} records, allowed are ${MAX_CALL_RECORDS}; make several calls, or start syncRecords`,
    })
    .superRefine((records, context) => {
      const problem = tableProblem(
        records,
        bytes => `has ${bytes} bytes as JSON, allowed are ${MAX_INLINE_BYTES}; make several calls, or load a file`,
      )
      if (problem !== undefined) context.addIssue(problem)
    })
    .describe('Column to value; together at most 1 MB'),
})
export type AddRecordsInput = DeepReadonly<z.output<typeof addRecordsInputSchema>>

export const addRecordsAnswerSchema = z.object({
  runId: z.string().describe('The run that loaded the records, possibly with those of other calls'),
  results: z.array(recordResultSchema).describe('One for each record, in the order of the call'),
})
export type AddRecordsAnswer = DeepReadonly<z.output<typeof addRecordsAnswerSchema>>
